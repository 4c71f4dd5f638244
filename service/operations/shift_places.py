"""Places in shifts: held by one placement, in each shift once, and given back exactly once.

Whoever calls holds the need's lock, and with it all its shifts: what is counted here cannot change meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from matching.times import slots_between
from models import Need, Placement, Shift
from models.errors import NotPossible
from models.placements import IN_SHIFTS
from service.access.actors import Actor
from service.errors import N_, FieldError, Invalid, Refusal
from service.i18n import say
from service.operations.changes import set_columns
from service.operations.jobs import Order, order_jobs
from service.operations.need_changes import order_passing, record_shift_step, record_step, tell_matching
from service.operations.shift_offers import offer_free_shifts
from service.queries.shifts import (
    find_free_shift_place,
    list_held_places,
    list_upcoming_times,
    lock_shifts,
    sum_up_shifts,
)
from service.queries.waitlists import list_offered_shift_places
from service.schemas.dates import say_time

CANNOT_BE_HAD = {
    "shift_over": N_("This shift is over or cancelled: %(when)s."),
    "need_full": N_("This shift is full: %(when)s."),
}
NOT_OURS = N_("This is no shift of this need.")


def hold_shifts(
    session: Session, actor: Actor, need: Need, placement: Placement, shifts: Iterable[Shift], *, at: datetime
) -> None:
    """Take in each shift the place that is kept for the proposal, else the first free one.

    Refused with `need_full` where there is none, and then nothing is held.
    """
    kept = {one.id: place for one, place in list_offered_shift_places(session, actor, placement.proposal_id)}
    for shift in shifts:
        before = shift.status
        place = kept.get(shift.id)
        if place is None:
            shift.take_place()
            place = find_free_shift_place(session, actor, shift.id)
        if place is None:
            raise NotPossible("need_full", shift.status)
        place.offered_to, place.placement_id = None, placement.id
        record_shift_step(session, actor, need, shift, before, at=at)
    follow_shifts(session, actor, need, at=at)


def give_back_shifts(
    session: Session,
    actor: Actor,
    need: Need,
    placement: Placement,
    *,
    but: Collection[uuid.UUID] = (),
    at: datetime,
) -> list[uuid.UUID]:
    """Free what a placement holds in each upcoming shift, `but` for some; what is over stays on record.

    Say which shifts they were.
    """
    freed = []
    for shift, place in list_held_places(session, actor, placement.id):
        if shift.is_upcoming(at) and shift.id not in but:
            before = shift.status
            place.placement_id = None
            shift.free_place()
            record_shift_step(session, actor, need, shift, before, at=at)
            freed.append(shift.id)
    follow_shifts(session, actor, need, at=at)
    return freed


def must_hold_upcoming(session: Session, actor: Actor, placement: Placement, *, at: datetime) -> None:
    """Refuse with `shift_over` where all that a placement holds in shifts is over, and stays."""
    held = list_held_places(session, actor, placement.id)
    if placement.place_number == IN_SHIFTS and not any(shift.is_upcoming(at) for shift, _ in held):
        raise NotPossible("shift_over", placement.status)


def follow_shifts(
    session: Session, actor: Actor, need: Need, *, at: datetime, dates_changed: bool = False
) -> None:
    """Bring what a need knows of its shifts up to date: open while one to come has a free place, else full.

    Where shifts came, went or moved, all who look for the need look again, and the job that follows the
    passing of time is ordered for the next that ends. What came free is offered to those who wait for it.
    """
    session.flush()
    offer_free_shifts(session, actor, need, at=at)
    now_ = sum_up_shifts(session, actor, need.id, at=at)
    before = need.status
    values: dict[str, Any] = {
        "shift_count": now_.count,
        "shifts_from": now_.begins,
        "shifts_until": now_.ends,
        "shift_places": now_.places,
        "shift_places_taken": now_.taken,
    }
    if dates_changed:
        times = list_upcoming_times(session, actor, need.id, at=at)
        values["shift_slots"] = reduce(or_, (slots_between(*one, need.timezone) for one in times), 0)
        # What is shown beside the need has changed, even where these are as they were: so does its tag.
        flag_modified(need, "shift_count")
    set_columns(need, values)
    need.follow_shifts()
    record_step(session, actor, need, before, at=at)
    session.flush()
    if dates_changed:
        if now_.next_end is not None:
            order = Order({"need_id": str(need.id)}, f"shifts.pass:{need.id}", now_.next_end)
            order_jobs(session, actor, "shifts.pass", [order], at=at)
        order_passing(session, actor, need, at=at)
        tell_matching(session, actor, need.id, at=at, due_at=need.publish_at)


def choose_shifts(
    session: Session,
    actor: Actor,
    need: Need,
    shift_ids: Sequence[uuid.UUID],
    *,
    kept: Collection[uuid.UUID] = (),
    waits: bool = False,
    at: datetime,
) -> list[Shift]:
    """Find the shifts that a volunteer wants, all of which must be this need's, upcoming and open.

    A full one will do where a place in it is `kept` for them, or where they would wait for one.

    Refused field by field where one is no shift of the need, with `shift_over`, and with `need_full`, which
    names the full ones. A need without shifts takes none by name.
    """
    wanted = list(dict.fromkeys(shift_ids))
    if need.shift_count and not wanted:
        raise Invalid(FieldError("shift_ids", "required", N_("Choose at least one shift.")))
    known = lock_shifts(session, actor, need.id, wanted) if wanted else {}
    unknown = [FieldError("shift_ids", "unknown", NOT_OURS) for one in wanted if one not in known]
    if unknown:
        raise Invalid(unknown[0])
    shifts = sorted(known.values(), key=lambda one: (one.starts_at, one.id))
    gone = [one for one in shifts if not one.is_upcoming(at)]
    full = [one for one in shifts if not one.places_left and one.id not in kept and not waits]
    for code, those in (("shift_over", gone), ("need_full", full)):
        if those:
            raise Refusal(code, errors=tuple(_named(actor, need, code, one) for one in those))
    return shifts


def _named(actor: Actor, need: Need, code: str, shift: Shift) -> FieldError:
    when = say_time(actor.language, shift.starts_at, shift.ends_at, need.timezone)
    return FieldError(f"shift_ids.{shift.id}", code, say(actor.language, CANNOT_BE_HAD[code], when=when))
