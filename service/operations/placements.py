"""Placements: how a place is held, confirmed, and given back exactly once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import Need, Place, Placement, Proposal, Shift, Volunteer
from models.errors import NotPossible
from models.introductions import Side
from models.placements import IN_SHIFTS, PlacementStatus
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.introduction_ends import end_visits
from service.operations.need_changes import record_step
from service.operations.offers import offer_free_places
from service.operations.placement_reminders import order_completion_reminders
from service.operations.shift_places import give_back_shifts, hold_shifts
from service.queries.placements import (
    PlacementSeen,
    get_placement_for_coordinator,
    see_placements,
)
from service.queries.places import find_free_place, find_offered_place, find_place_of


def hold_place(
    session: Session,
    actor: Actor,
    need: Need,
    proposal: Proposal,
    *,
    shifts: Sequence[Shift] = (),
    at: datetime,
) -> Placement:
    """Take a place of a need whose lock is held: what is kept for the proposal, else the first free one.

    Of a need with shifts, one in each of these. Refused with `need_full` where there is none.
    """
    before, place = need.status, None
    if not need.shift_count:
        place = find_offered_place(session, actor, proposal.id) or _take_place(session, actor, need)
    placement = Placement(
        id=uuid.uuid4(),
        proposal_id=proposal.id,
        volunteer_id=proposal.volunteer_id,
        need_id=need.id,
        place_number=place.number if place else IN_SHIFTS,
        status=PlacementStatus.HELD,
        message=proposal.message,
    )
    session.add(placement)
    session.flush()  # the place points to the placement, which must be there first
    if place:
        place.offered_to, place.placement_id = None, placement.id
    shift_ids = " ".join(str(one.id) for one in shifts) or None
    record_placement(session, actor, need, placement, None, at, shift_ids=shift_ids)
    order_completion_reminders(session, actor, need, at=at)
    if place:
        record_step(session, actor, need, before, at=at)
    else:
        hold_shifts(session, actor, need, placement, shifts, at=at)
    return placement


def _take_place(session: Session, actor: Actor, need: Need) -> Place:
    need.take_place()
    place = find_free_place(session, actor, need.id)
    if place is None:
        raise NotPossible("need_full", need.status)
    return place


def confirm_placement(
    session: Session, actor: Actor, placement_id: uuid.UUID, *, at: datetime
) -> PlacementSeen:
    """The organisation says that it counts on the volunteer."""
    held = get_placement_for_coordinator(session, actor, placement_id)
    before = held.placement.status
    held.placement.confirm(at)
    record_placement(session, actor, held.answer.need, held.placement, before, at)
    return see_placements(session, actor, [held.placement])[0]


def release_placement(
    session: Session, actor: Actor, placement_id: uuid.UUID, reason: str, *, at: datetime
) -> PlacementSeen:
    """The organisation lets a volunteer go, with a reason; the place is free, or offered to the next."""
    held = get_placement_for_coordinator(session, actor, placement_id)
    end_placement(session, actor, held.answer.need, held.answer.proposal, held.placement, reason, at=at)
    return see_placements(session, actor, [held.placement])[0]


def end_placement(
    session: Session,
    actor: Actor,
    need: Need,
    proposal: Proposal,
    placement: Placement,
    reason: str | None,
    *,
    at: datetime,
) -> None:
    """Release a placement whose locks are held; without a reason where all its shifts are cancelled."""
    before, proposal_before = placement.status, proposal.status
    placement.release(reason, at)
    proposal.release(at)
    record_event(
        session, actor, "proposal.released", proposal.id, at=at,
        centre_id=session.get_one(Volunteer, proposal.volunteer_id).centre_id,
        from_state=proposal_before, to_state=proposal.status, need_id=proposal.need_id,
    )  # fmt: skip
    end_visits(session, actor, proposal, Side.ORGANISATION, at=at)
    _give_back(session, actor, need, placement, before, at, cause=None if reason else "shifts_cancelled")


def withdraw_placement(
    session: Session, actor: Actor, need: Need, placement: Placement, *, at: datetime
) -> None:
    """The volunteer gives the place back."""
    before = placement.status
    placement.withdraw(at)
    _give_back(session, actor, need, placement, before, at)


def _give_back(
    session: Session,
    actor: Actor,
    need: Need,
    placement: Placement,
    before: PlacementStatus,
    at: datetime,
    *,
    cause: str | None = None,
) -> None:
    place, need_before = find_place_of(session, actor, placement.id), need.status
    if placement.place_number == IN_SHIFTS:
        give_back_shifts(session, actor, need, placement, at=at)
    elif place is not None:
        place.placement_id = None
        need.free_place()
        session.flush()
        offer_free_places(session, actor, need, at=at)
        record_step(session, actor, need, need_before, at=at)
    record_placement(session, actor, need, placement, before, at, cause=cause)


def record_placement(
    session: Session,
    actor: Actor,
    need: Need,
    placement: Placement,
    before: PlacementStatus | None,
    at: datetime,
    **body: str | None,
) -> None:
    """Put the new state of a placement on record."""
    record_event(
        session, actor, f"placement.{placement.status}", placement.id, at=at,
        centre_id=need.centre_id, from_state=before, to_state=placement.status, need_id=need.id, **body,
    )  # fmt: skip
