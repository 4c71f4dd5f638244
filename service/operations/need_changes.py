"""What a change of a need means for others: the event that says so, and the matching that looks again."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Need, Shift
from models.needs import NeedStatus
from models.proposals import ProposalStatus
from models.shifts import ShiftStatus
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.introduction_ends import end_visits_of_need
from service.operations.jobs import order_job
from service.queries.places import free_offered_places
from service.queries.proposals import CAN_EXPIRE, expire_open_proposals
from service.queries.waitlists import list_places_kept_in, remove_waits

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


def record_shift_step(
    session: Session, actor: Actor, need: Need, shift: Shift, before: ShiftStatus, *, at: datetime
) -> None:
    """Record a shift's change of state, if it changed (I-17)."""
    if shift.status is before:
        return
    names = {ShiftStatus.FULL: "shift.filled", ShiftStatus.OPEN: "shift.reopened"}
    record_event(
        session, actor, names[shift.status], shift.id, at=at,
        centre_id=need.centre_id, from_state=before, to_state=shift.status, need_id=need.id,
    )  # fmt: skip


def free_offers(session: Session, actor: Actor, need: Need, *, at: datetime) -> None:
    """Free the places that are kept for those to whom they are offered; the need's lock is held."""
    session.flush()
    for _ in range(free_offered_places(session, actor, need.id)):
        need.free_place()
    for shift, place in list_places_kept_in(session, actor, need.id):
        before = shift.status
        place.offered_to = None
        shift.free_place()
        record_shift_step(session, actor, need, shift, before, at=at)
        if shift.is_upcoming(at):
            need.shift_places_taken -= 1
    if need.shift_count:
        need.follow_shifts()
    session.flush()


def expire_proposals(
    session: Session,
    actor: Actor,
    need: Need,
    *,
    among: Collection[ProposalStatus] = CAN_EXPIRE,
    at: datetime,
) -> None:
    """Expire the proposals of a need that nobody can answer any more, or those in some states.

    Nobody waits for it any more, what was offered is free, and nobody comes to look. The need's lock is
    held, and the caller records what becomes of it.
    """
    free_offers(session, actor, need, at=at)
    remove_waits(session, actor, need.id)
    for one in expire_open_proposals(session, actor, need.id, among=among, at=at):
        record_event(
            session, actor, "proposal.expired", one.id, at=at,
            centre_id=one.centre_id, from_state=one.before, to_state="expired", need_id=need.id, why="gone",
        )  # fmt: skip
    end_visits_of_need(session, actor, need, at=at)


def tell_matching(
    session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime, due_at: datetime | None = None
) -> None:
    """Order that a need be proposed to whom it suits now, or once its publish date has come."""
    job = order_job(
        session, actor, "proposals.need_changed", {"need_id": str(need_id)}, at=at, key=f"need:{need_id}"
    )
    job.due_at = max(at, due_at or at)


def order_passing(session: Session, actor: Actor, need: Need, *, at: datetime) -> None:
    """Order that the proposals of a need expire when its dates have passed, or its own expiry.

    One whose dates are moved later is looked at again then; one that never ends needs no order.
    """
    over_at = need.over_at
    if over_at is None or need.status not in (NeedStatus.OPEN, NeedStatus.FULL):
        return
    key = f"needs.pass:{need.id}"
    job = order_job(session, actor, "needs.pass", {"need_id": str(need.id)}, at=at, key=key)
    job.due_at = max(at, over_at)
