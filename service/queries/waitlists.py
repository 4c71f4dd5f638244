"""Reading waitlists: who is next, and how many wait; never to others than those who may know."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from models import Need, Place, Proposal, Shift, ShiftPlace, Volunteer, Wait
from models.proposals import ProposalStatus
from models.shifts import ShiftStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotFound

# A smaller number would tell an organisation of persons.
FEWEST_TOLD = 5


def find_first_waiting(session: Session, actor: Actor, need_id: uuid.UUID) -> tuple[Wait, Proposal] | None:
    """Find whose turn it is, with their proposal locked; the caller holds the need's lock."""
    first = session.scalar(select(Wait).where(Wait.need_id == need_id).order_by(Wait.number).limit(1))
    if first is None:
        return None
    proposal = session.get_one(Proposal, first.proposal_id, with_for_update=True, populate_existing=True)
    return first, proposal


def find_first_waiting_for_shifts(
    session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime
) -> tuple[Proposal, list[Shift]] | None:
    """Find whose turn it is of those who wait for a shift with room, with all such shifts that they wait for.

    The caller holds the need's lock.
    """
    with_room = (Shift.status == ShiftStatus.OPEN, Shift.ends_at > at)
    first = session.scalar(
        select(Wait)
        .join(Shift, Shift.id == Wait.shift_id)
        .where(Wait.need_id == need_id, *with_room)
        .order_by(Wait.number)
        .limit(1)
    )
    if first is None:
        return None
    proposal = session.get_one(Proposal, first.proposal_id, with_for_update=True, populate_existing=True)
    shifts = session.scalars(
        select(Shift)
        .join(Wait, Wait.shift_id == Shift.id)
        .where(Wait.proposal_id == proposal.id, *with_room)
        .order_by(Shift.id)
        .with_for_update(of=Shift)
        .execution_options(populate_existing=True)
    ).all()
    return proposal, list(shifts)


def list_offered_shift_places(
    session: Session, actor: Actor, proposal_id: uuid.UUID
) -> list[tuple[Shift, ShiftPlace]]:
    """List what is kept in shifts for a proposal, locked; the caller holds the need's lock."""
    rows = session.execute(
        select(Shift, ShiftPlace)
        .join(ShiftPlace, ShiftPlace.shift_id == Shift.id)
        .where(ShiftPlace.offered_to == proposal_id)
        .order_by(Shift.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in rows]


def list_places_kept_in(
    session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime | None = None
) -> list[tuple[Shift, ShiftPlace]]:
    """List what is kept for somebody in the shifts of a need, or in those of them that are gone by now."""
    wanted = select(Shift, ShiftPlace).join(ShiftPlace, ShiftPlace.shift_id == Shift.id)
    wanted = wanted.where(Shift.need_id == need_id, ShiftPlace.offered_to.is_not(None))
    if at is not None:
        wanted = wanted.where(_is_gone(at))
    rows = session.execute(wanted.order_by(Shift.id, ShiftPlace.number).with_for_update())
    return [(row[0], row[1]) for row in rows]


def list_waits_for_gone_shifts(
    session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime
) -> Sequence[Wait]:
    """List who waits for a shift of a need that is cancelled or over."""
    wanted = select(Wait).join(Shift, Shift.id == Wait.shift_id).where(Wait.need_id == need_id, _is_gone(at))
    return session.scalars(wanted.order_by(Wait.number)).all()


def _is_gone(at: datetime) -> ColumnElement[bool]:
    return or_(Shift.status == ShiftStatus.CANCELLED, Shift.ends_at <= at)


def lock_proposal(session: Session, actor: Actor, proposal_id: uuid.UUID) -> tuple[Proposal, bool]:
    """Lock a proposal, and say whether it still waits for anything, or has anything kept for it."""
    proposal = session.get_one(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    waits = select(Wait.number).where(Wait.proposal_id == proposal_id)
    kept = select(ShiftPlace.number).where(ShiftPlace.offered_to == proposal_id)
    return proposal, any(session.scalar(one.limit(1)) is not None for one in (waits, kept))


def list_shifts_of_waiting(
    session: Session, actor: Actor, proposal_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[Shift]]:
    """List for the volunteer's own proposals which shifts they wait for, or are offered; earliest first."""
    found: dict[uuid.UUID, list[Shift]] = defaultdict(list)
    if not proposal_ids:
        return found
    of: Any = (Wait.proposal_id, Wait.shift_id), (ShiftPlace.offered_to, ShiftPlace.shift_id)
    for owner, shift_id in of:
        rows = session.execute(
            select(owner, Shift)
            .join(Shift, Shift.id == shift_id)
            .where(owner.in_(proposal_ids))
            .order_by(Shift.starts_at, Shift.id)
        )
        for proposal_id, one in rows:
            found[proposal_id].append(one)
    return found


def remove_waits_of(session: Session, actor: Actor, proposal_id: uuid.UUID) -> None:
    """Let a proposal wait for nothing more; the caller holds its lock."""
    session.execute(delete(Wait).where(Wait.proposal_id == proposal_id))


def list_waiting(session: Session, actor: Actor, need_id: uuid.UUID) -> list[tuple[Proposal, Volunteer]]:
    """List who waits for a need, and then to whom a place of it is offered, their proposals locked.

    The caller holds the need's lock.
    """
    rows = session.execute(
        select(Proposal, Volunteer)
        .join(Volunteer, Volunteer.id == Proposal.volunteer_id)
        .where(
            Proposal.need_id == need_id,
            Proposal.status.in_((ProposalStatus.WAITLISTED, ProposalStatus.OFFERED)),
        )
        .order_by(Proposal.id)
        .with_for_update(of=Proposal)
        .execution_options(populate_existing=True)
    ).all()
    return sorted(((one[0], one[1]) for one in rows), key=lambda one: one[0].status is ProposalStatus.OFFERED)


def remove_waits(session: Session, actor: Actor, need_id: uuid.UUID) -> None:
    """Let nobody wait for a need any more; the caller holds its lock."""
    session.execute(delete(Wait).where(Wait.need_id == need_id))


def lock_needs_waited_for(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Sequence[Need]:
    """Lock those of an organisation's needs for which somebody waits, or is offered a place.

    The caller holds the organisation's lock, so that nobody joins meanwhile.
    """
    waited = select(Wait.need_id)
    offered = select(Place.need_id).where(Place.offered_to.is_not(None))
    shift_ids = select(ShiftPlace.shift_id).where(ShiftPlace.offered_to.is_not(None))
    in_shifts = select(Shift.need_id).where(Shift.id.in_(shift_ids))
    return session.scalars(
        select(Need)
        .where(
            Need.organisation_id == organisation_id,
            or_(Need.id.in_(waited), Need.id.in_(offered), Need.id.in_(in_shifts)),
        )
        .order_by(Need.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def count_waiting(session: Session, actor: Actor, need_id: uuid.UUID) -> int | None:
    """Count who waits for a need of the coordinator's organisation; None below `FEWEST_TOLD`."""
    need = session.get(Need, need_id)
    if (
        need is None
        or actor.kind is not ActorKind.COORDINATOR
        or need.organisation_id not in actor.organisation_ids
    ):
        raise NotFound
    people = select(func.count(Wait.proposal_id.distinct())).where(Wait.need_id == need_id)
    count = session.scalar(people) or 0
    return count if count >= FEWEST_TOLD else None
