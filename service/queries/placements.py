"""Reading placements: the volunteer's own, and those of an organisation's needs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Need, Organisation, Placement, Proposal, Shift, ShiftPlace, Volunteer
from models.placements import IN_SHIFTS, LIVE
from service.access.actors import Actor, ActorKind
from service.errors import NotAllowed, NotFound
from service.queries.contacts import Contact, list_contacts
from service.queries.no_shows import NoShowSeen, list_no_shows_of
from service.queries.paging import Page, by_id, by_time, take_page
from service.queries.proposals import ForAnswer, lock_for_answer
from service.queries.shifts import ShiftSeen, list_shifts_of_placements


@dataclass(frozen=True, slots=True)
class Held:
    """A placement with all that its end depends on, each row locked in the house's order."""

    answer: ForAnswer
    placement: Placement


def get_placement_for_coordinator(session: Session, actor: Actor, placement_id: uuid.UUID) -> Held:
    """Get a placement at one of the coordinator's organisations, locked with all it depends on."""
    found = session.execute(
        select(Placement.proposal_id, Need.id, Need.organisation_id)
        .join(Need, Need.id == Placement.need_id)
        .where(
            Placement.id == placement_id,
            Need.organisation_id.in_(actor.organisation_ids),
        )
    ).one_or_none()
    if found is None or actor.kind is not ActorKind.COORDINATOR:
        raise NotFound
    answer = lock_for_answer(session, actor, *found)
    placement = session.get_one(
        Placement, placement_id, with_for_update=True, execution_options={"populate_existing": True}
    )
    return Held(answer, placement)


def lock_placement(session: Session, actor: Actor, placement_id: uuid.UUID) -> tuple[Proposal, Placement]:
    """Lock a placement and its proposal as they are now, in this order; the caller holds the need's lock."""
    now_: dict[str, Any] = {"with_for_update": True, "execution_options": {"populate_existing": True}}
    proposal_id = session.scalars(select(Placement.proposal_id).where(Placement.id == placement_id)).one()
    proposal = session.get_one(Proposal, proposal_id, **now_)
    return proposal, session.get_one(Placement, placement_id, **now_)


def get_own_placement_for_change(session: Session, actor: Actor, placement_id: uuid.UUID) -> Held:
    """Get one of the volunteer's own placements, locked with all it depends on."""
    if actor.kind is not ActorKind.VOLUNTEER:
        raise NotAllowed
    found = session.execute(
        select(Placement.proposal_id, Need.id, Need.organisation_id)
        .join(Need, Need.id == Placement.need_id)
        .where(Placement.id == placement_id, Placement.volunteer_id == actor.volunteer_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    answer = lock_for_answer(session, actor, *found)
    return Held(answer, lock_placement(session, actor, placement_id)[1])


def was_let_go(session: Session, actor: Actor, proposal_id: uuid.UUID) -> bool:
    """Say whether an organisation released the volunteer with a reason, not by cancelling their shifts."""
    latest = session.scalar(
        select(Placement)
        .where(Placement.proposal_id == proposal_id)
        .order_by(Placement.created_at.desc(), Placement.id)
        .limit(1)
    )
    return latest is None or latest.release_reason is not None or latest.place_number != IN_SHIFTS


def list_live_placements(session: Session, actor: Actor, need_id: uuid.UUID) -> Sequence[Placement]:
    """List the placements that hold a place of a need, locked; the caller holds the need's lock."""
    return session.scalars(
        select(Placement)
        .where(Placement.need_id == need_id, Placement.status.in_(LIVE))
        .order_by(Placement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def find_live_placement(
    session: Session,
    actor: Actor,
    proposal_id: uuid.UUID,
) -> Placement | None:
    """Find the placement that holds a place for this proposal; the caller holds the locks."""
    return session.scalar(
        select(Placement)
        .where(Placement.proposal_id == proposal_id, Placement.status.in_(LIVE))
        .with_for_update()
    )


@dataclass(frozen=True, slots=True)
class PlacementSeen:
    """A placement as its coordinator sees it; the volunteer is seen only while it lasts."""

    placement: Placement
    volunteer: Volunteer | None
    no_show: NoShowSeen | None = None
    shifts: Sequence[ShiftSeen] = ()


def find_first_shift_start(session: Session, actor: Actor, placement_id: uuid.UUID) -> datetime | None:
    """Find when the first of the shifts begins that a placement holds; None where it holds none."""
    held = select(func.min(Shift.starts_at)).join(ShiftPlace, ShiftPlace.shift_id == Shift.id)
    return session.scalar(held.where(ShiftPlace.placement_id == placement_id))


def list_placements_of_need(
    session: Session, actor: Actor, need_id: uuid.UUID, *, cursor: str | None = None, limit: int = 20
) -> Page[PlacementSeen]:
    """List who accepted a need of the coordinator's organisation, first come first.

    Only volunteers who hold a place are seen; of those who ended, that there was somebody.
    """
    need = session.get(Need, need_id)
    if (
        need is None
        or actor.kind is not ActorKind.COORDINATOR
        or need.organisation_id not in actor.organisation_ids
    ):
        raise NotFound
    page = take_page(
        session,
        select(Placement).where(Placement.need_id == need_id),
        [by_time(Placement.created_at), by_id(Placement.id)],
        cursor,
        limit,
    )
    return Page(see_placements(session, actor, page.items), page.next_cursor)


def see_placements(
    session: Session,
    actor: Actor,
    placements: Sequence[Placement],
) -> list[PlacementSeen]:
    """Put beside each placement its volunteer, where the organisation may still see them."""
    live = {one.volunteer_id for one in placements if one.is_live()}
    known = {one.id: one for one in session.scalars(select(Volunteer).where(Volunteer.id.in_(live)))}
    said = list_no_shows_of(session, actor, [one.id for one in placements])
    shifts = list_shifts_of_placements(session, actor, _in_shifts(placements))
    return [
        PlacementSeen(
            one,
            known.get(one.volunteer_id) if one.is_live() else None,
            said.get(one.id),
            shifts.get(one.id, ()),
        )
        for one in placements
    ]


def has_live_placements(session: Session, actor: Actor, need_id: uuid.UUID) -> bool:
    """Say whether somebody still holds a place of a need."""
    live = select(Placement.id).where(Placement.need_id == need_id, Placement.status.in_(LIVE))
    return session.scalar(live.limit(1)) is not None


def _in_shifts(placements: Sequence[Placement]) -> list[uuid.UUID]:
    return [one.id for one in placements if one.place_number == IN_SHIFTS]


@dataclass(frozen=True, slots=True)
class OwnPlacement:
    """A placement as its volunteer sees it."""

    placement: Placement
    proposal: Proposal
    need: Need
    organisation: Organisation
    no_show: NoShowSeen | None = None
    shifts: Sequence[ShiftSeen] = ()
    # Whom to reach there, while the place is held (I-10 holds both ways).
    contacts: Sequence[Contact] = ()


def list_own_placements(
    session: Session,
    actor: Actor,
    *,
    asked_again: bool | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[OwnPlacement]:
    """List the volunteer's own placements, newest first; or those that ask, or do not ask, again."""
    if actor.kind is not ActorKind.VOLUNTEER or actor.volunteer_id is None:
        raise NotFound
    statement = select(Placement).where(Placement.volunteer_id == actor.volunteer_id)
    if asked_again is not None:
        asked = Placement.asked_again_at
        statement = statement.where(asked.is_not(None) if asked_again else asked.is_(None))
    page = take_page(
        session,
        statement,
        [by_time(Placement.created_at, descending=True), by_id(Placement.id)],
        cursor,
        limit,
    )
    return Page(see_own_placements(session, actor, page.items), page.next_cursor)


def get_own_placement(session: Session, actor: Actor, placement_id: uuid.UUID) -> OwnPlacement:
    """Get one of the volunteer's own placements."""
    found = session.get(Placement, placement_id)
    if found is None or actor.kind is not ActorKind.VOLUNTEER or found.volunteer_id != actor.volunteer_id:
        raise NotFound
    return see_own_placements(session, actor, [found])[0]


def see_own_placements(session: Session, actor: Actor, placements: Sequence[Placement]) -> list[OwnPlacement]:
    """Put beside each placement what its volunteer sees of it."""
    rows = session.execute(
        select(Placement.id, Proposal, Need, Organisation)
        .join(Proposal, Proposal.id == Placement.proposal_id)
        .join(Need, Need.id == Placement.need_id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .where(Placement.id.in_([one.id for one in placements]))
    ).all()
    known = {row[0]: row[1:] for row in rows}
    said = list_no_shows_of(session, actor, list(known))
    shifts = list_shifts_of_placements(session, actor, _in_shifts(placements))
    held = {one.id: known[one.id][2].id for one in placements if one.is_live()}
    contacts = list_contacts(session, actor, set(held.values()))
    return [
        OwnPlacement(
            one,
            *known[one.id],
            said.get(one.id),
            shifts.get(one.id, ()),
            contacts.get(held[one.id], ()) if one.id in held else (),
        )
        for one in placements
    ]
