"""Feedback: each side says how it was, once a placement is completed, and neither answers the other."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import Feedback, Need, Placement
from models.errors import NotPossible
from models.feedback import WINDOW
from models.introductions import Side
from models.placements import PlacementStatus
from service.access.actors import Actor, ActorKind
from service.operations.events import record_event
from service.queries.feedback import list_both_sides
from service.queries.no_shows import get_own_placement_for_change
from service.queries.placements import get_placement_for_coordinator


def give_feedback(
    session: Session,
    actor: Actor,
    placement_id: uuid.UUID,
    *,
    rating: int,
    text: str | None = None,
    would_again: bool | None = None,
    at: datetime,
) -> Feedback:
    """Say how it was, or say it otherwise; for two weeks after the completion, until both have written.

    The centre reads it at once, the other side when it can no longer answer it: `feedback_closed` then.
    """
    placement = _lock_placement(session, actor, placement_id)
    if placement.status is not PlacementStatus.COMPLETED or placement.ended_at is None:
        raise NotPossible("placement_not_over", placement.status)
    closes_at = placement.ended_at + WINDOW
    if at >= closes_at:
        raise NotPossible("feedback_closed")
    side = Side.VOLUNTEER if actor.kind is ActorKind.VOLUNTEER else Side.ORGANISATION
    said = list_both_sides(session, actor, placement_id)
    own = said.get(side)
    if own is not None:
        own.change(rating, text, would_again=would_again, at=at)
        _record(session, actor, own, "feedback.changed", at)
        return own
    own = _begin(session, placement, side, closes_at)
    own.rating, own.text, own.would_again = rating, text, would_again
    for one in said.values():
        one.open(at)
        own.open(at)
    session.add(own)
    session.flush()
    _record(session, actor, own, "feedback.given", at)
    return own


def _lock_placement(session: Session, actor: Actor, placement_id: uuid.UUID) -> Placement:
    if actor.kind is ActorKind.VOLUNTEER:
        return get_own_placement_for_change(session, actor, placement_id)
    return get_placement_for_coordinator(session, actor, placement_id).placement


def _begin(session: Session, placement: Placement, side: Side, closes_at: datetime) -> Feedback:
    return Feedback(
        id=uuid.uuid4(),
        placement_id=placement.id,
        volunteer_id=placement.volunteer_id,
        organisation_id=session.get_one(Need, placement.need_id).organisation_id,
        side=side,
        opens_at=closes_at,
    )


def _record(session: Session, actor: Actor, feedback: Feedback, name: str, at: datetime) -> None:
    placement = session.get_one(Placement, feedback.placement_id)
    need = session.get_one(Need, placement.need_id)
    record_event(
        session, actor, name, feedback.id, at=at, centre_id=need.centre_id,
        need_id=need.id, placement_id=placement.id, side=feedback.side,
    )  # fmt: skip
    session.flush()
