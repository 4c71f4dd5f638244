"""How a placement ends when its time has come: completed, or a no-show that the volunteer may answer.

Either way the place stays used until the need ends, and the two sides no longer see each other's contact.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import Need, NoShow, Placement
from models.errors import NotPossible
from models.placements import IN_SHIFTS, PlacementStatus
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.placements import record_placement
from service.operations.shift_places import give_back_shifts
from service.queries.hours import has_counted_hours
from service.queries.no_shows import find_no_show, get_own_placement_for_change
from service.queries.placements import (
    Held,
    PlacementSeen,
    find_first_shift_start,
    get_placement_for_coordinator,
    see_placements,
)
from service.queries.shifts import list_held_places


def complete_placement(
    session: Session, actor: Actor, placement_id: uuid.UUID, *, thanks: str | None = None, at: datetime
) -> PlacementSeen:
    """The organisation says that what was promised has been done, and thanks the volunteer if it likes.

    One that was never confirmed is confirmed first, so that both steps are on record. A no-show that was
    said by mistake is taken back by this, with all that was said about it. Refused with `shifts_ahead` while
    the volunteer holds a shift that is still to come.
    """
    held = get_placement_for_coordinator(session, actor, placement_id)
    placement, before = held.placement, held.placement.status
    if any(shift.is_upcoming(at) for shift, _ in list_held_places(session, actor, placement_id)):
        raise NotPossible("shifts_ahead", before)
    if before is PlacementStatus.HELD:
        placement.confirm(at)
        _record(session, actor, held, before, at, **{"with": "completion"})
        before = placement.status
    placement.complete(thanks, at)
    if before is PlacementStatus.NO_SHOW and (said := find_no_show(session, actor, placement_id)):
        session.delete(said)
    _record(session, actor, held, before, at)
    return _seen(session, actor, placement)


def record_no_show(
    session: Session, actor: Actor, placement_id: uuid.UUID, *, note: str | None = None, at: datetime
) -> PlacementSeen:
    """The organisation says that the volunteer did not come; who said so is kept, and the volunteer is told.

    Refused before the need has begun, and where the organisation has vouched for hours.
    """
    held = get_placement_for_coordinator(session, actor, placement_id)
    placement, before, need = held.placement, held.placement.status, held.answer.need
    placement.miss(at)
    begins = find_first_shift_start(session, actor, placement_id) or need.starts_at
    if begins is not None and begins > at:
        raise NotPossible("need_not_begun")
    if has_counted_hours(session, actor, placement_id):
        raise NotPossible("hours_confirmed")
    session.add(
        NoShow(id=uuid.uuid4(), placement_id=placement_id, said_by=actor.account_id, said_at=at, note=note)
    )
    if placement.place_number == IN_SHIFTS:  # what is still to come is free for others
        give_back_shifts(session, actor, need, placement, at=at)
    _record(session, actor, held, before, at)
    return _seen(session, actor, placement)


def answer_no_show(
    session: Session, actor: Actor, placement_id: uuid.UUID, text: str, *, at: datetime
) -> Placement:
    """The volunteer says how it was; the organisation and its centre's staff read it beside what was said."""
    placement = get_own_placement_for_change(session, actor, placement_id)
    said = find_no_show(session, actor, placement_id)
    if said is None:
        raise NotPossible("no_show_not_said")
    said.reply(text, at)
    need = session.get_one(Need, placement.need_id)
    record_event(
        session, actor, "placement.no_show_answered", placement.id, at=at,
        centre_id=need.centre_id, need_id=need.id,
    )  # fmt: skip
    session.flush()
    return placement


def _seen(session: Session, actor: Actor, placement: Placement) -> PlacementSeen:
    session.flush()
    return see_placements(session, actor, [placement])[0]


def _record(
    session: Session, actor: Actor, held: Held, before: PlacementStatus, at: datetime, **body: str
) -> None:
    record_placement(session, actor, held.answer.need, held.placement, before, at, **body)
