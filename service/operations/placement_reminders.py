"""Reminding coordinators, after a need's dates have passed, to complete what was done and confirm hours."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Need
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.jobs import Order, order_jobs
from service.queries.placements import has_live_placements

REMINDED_AFTER = (1, 7)  # days


def order_completion_reminders(session: Session, actor: Actor, need: Need, *, at: datetime) -> None:
    """Order that the coordinators be reminded after the need's end; one that goes on has none."""
    for days in REMINDED_AFTER:
        _order(session, actor, need, days, at)


def remind_of_completion(
    session: Session, actor: Actor, need_id: uuid.UUID, days: int, *, at: datetime
) -> None:
    """Remind them, if somebody's placement still waits; where the dates moved on, later. A job does."""
    need = session.get(Need, need_id)
    if need is None or not has_live_placements(session, actor, need_id):
        return
    ends_at = _end_of(need)
    if ends_at is not None and ends_at + timedelta(days=days) > at:
        _order(session, actor, need, days, at)
    elif need.is_over(at):
        record_event(
            session, actor, "need.completion_due", need.id, at=at, centre_id=need.centre_id, days=days
        )


def _order(session: Session, actor: Actor, need: Need, days: int, at: datetime) -> None:
    ends_at = _end_of(need)
    if ends_at is not None:
        payload = {"need_id": str(need.id), "days": days}
        due = max(at, ends_at + timedelta(days=days))
        order = Order(payload, f"placements.remind:{need.id}:{days}", due)
        order_jobs(session, actor, "placements.remind", [order], at=at)


def _end_of(need: Need) -> datetime | None:
    if need.shift_count:
        return need.shifts_until
    return None if need.rrule else need.ends_at or need.starts_at
