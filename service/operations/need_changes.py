"""What a change of a need means for others: the event that says so, and the matching that looks again."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Need
from models.needs import NeedStatus
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.jobs import order_job
from service.queries.proposals import expire_open_proposals

NAMES = {
    (NeedStatus.OPEN, NeedStatus.FULL): "need.filled",
    (NeedStatus.FULL, NeedStatus.OPEN): "need.reopened",
}


def record_step(
    session: Session, actor: Actor, need: Need, before: NeedStatus, *, at: datetime, **body: Any
) -> None:
    """Record a need's change of state, if it changed (I-17)."""
    if need.status is before:
        return
    name = NAMES.get((before, need.status), f"need.{need.status}")
    record_event(
        session, actor, name, need.id, at=at,
        centre_id=need.centre_id, from_state=before, to_state=need.status, **body,
    )  # fmt: skip


def expire_proposals(session: Session, actor: Actor, need: Need, *, at: datetime) -> None:
    """Expire the proposals of a need that nobody can answer any more; its lock is held."""
    for one in expire_open_proposals(session, actor, need.id, at=at):
        record_event(
            session, actor, "proposal.expired", one.id, at=at,
            centre_id=one.centre_id, from_state=one.before, to_state="expired", need_id=need.id,
        )  # fmt: skip


def tell_matching(
    session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime, due_at: datetime | None = None
) -> None:
    """Order that a need be proposed to whom it suits now, or once its publish date has come."""
    job = order_job(
        session, actor, "proposals.need_changed", {"need_id": str(need_id)}, at=at, key=f"need:{need_id}"
    )
    job.due_at = max(at, due_at or at)
