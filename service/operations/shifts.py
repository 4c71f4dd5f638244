"""Shifts: added one by one or by a rule, moved, given more or fewer places, cancelled; and they pass."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Need, Shift
from models.errors import NotPossible
from models.needs import NeedStatus
from models.shifts import MOST_SHIFT_PLACES, ShiftStatus
from service.access.actors import Actor
from service.errors import N_, FieldError, Invalid
from service.operations.changes import set_columns
from service.operations.events import record_event
from service.operations.need_changes import record_shift_step
from service.operations.placements import end_placement
from service.operations.places import places_held
from service.operations.reconfirming import ask_again
from service.operations.shift_offers import drop_gone_shifts
from service.operations.shift_places import follow_shifts
from service.operations.shift_planning import Planned, must_be_possible, plan_shifts
from service.queries.needs import get_need_for_change
from service.queries.placements import lock_placement
from service.queries.shifts import (
    ShiftSeen,
    add_shift_places,
    get_shift_for_change,
    list_held_places,
    list_holding_places,
    list_known_starts,
    list_shift_place_numbers,
    remove_free_shift_places,
    sum_up_shifts,
)

Fields = Mapping[str, Any]
# More than this at one need is a slip; and places are rows.
MOST_SHIFTS, MOST_PLACES = 1000, 20_000
IS_TAKEN = N_("There is a shift at that time already.")


@dataclass(frozen=True, slots=True)
class Added:
    """What came of a request for shifts: those that are new, and how many of them were there already."""

    need: Need
    shifts: Sequence[Shift]
    known: int


def add_shifts(session: Session, actor: Actor, need_id: uuid.UUID, fields: Fields, *, at: datetime) -> Added:
    """Add a shift, or all that a rule gives; `fields` are those of `ShiftsNew`.

    The same rule sent again adds only what is not there yet; what was moved or cancelled stays so. Refused
    with `need_cancelled`, with `places_held` where volunteers hold places of the need itself, and field by
    field.
    """
    need = get_need_for_change(session, actor, need_id)
    if need.status is NeedStatus.CANCELLED:
        raise NotPossible("need_cancelled", need.status)
    planned = plan_shifts(need, fields, at=at)
    original, moments = list_known_starts(session, actor, need.id)
    new = [one for one in planned if one.original_start not in original and one.starts_at not in moments]
    if not new and "rrule" not in fields:
        raise Invalid(FieldError("starts_at", "taken", IS_TAKEN))
    if not need.shift_count and need.places_taken:
        raise places_held(actor, need.places_taken)
    places = fields.get("places") or min(need.places, MOST_SHIFT_PLACES)
    _must_not_be_too_many(session, actor, need, len(new), places, at)
    shifts = [_add(session, actor, need, one, places, at) for one in new]
    if shifts:
        session.flush()
        numbers = [(one.id, number + 1) for one in shifts for number in range(places)]
        add_shift_places(session, actor, numbers)
        follow_shifts(session, actor, need, at=at, dates_changed=True)
    return Added(need, shifts, len(planned) - len(new))


def change_shift(session: Session, actor: Actor, seen: ShiftSeen, fields: Fields, *, at: datetime) -> None:
    """Move a shift that `get_shift_for_change` gave, or give it more or fewer places.

    Refused with `shift_over`, with `places_held` where more are held than would remain, and field by field.
    """
    shift, need, before = seen.shift, seen.need, seen.shift.status
    shift.must_be_upcoming(at)
    starts_at, ends_at = fields.get("starts_at", shift.starts_at), fields.get("ends_at", shift.ends_at)
    was = {"was_starts_at": shift.starts_at.isoformat(), "was_ends_at": shift.ends_at.isoformat()}
    changed = []
    if (starts_at, ends_at) != (shift.starts_at, shift.ends_at):
        must_be_possible(starts_at, ends_at, at=at, begins=starts_at != shift.starts_at)
        changed = set_columns(shift, {"starts_at": starts_at, "ends_at": ends_at})
    if (places := fields.get("places", shift.places)) != shift.places:
        _change_places(session, actor, shift, places)
        changed.append("places")
    if changed:
        record_event(
            session, actor, "shift.changed", shift.id, at=at,
            centre_id=need.centre_id, fields=" ".join(changed), need_id=need.id,
            **(was if changed != ["places"] else {}),
        )  # fmt: skip
        record_shift_step(session, actor, need, shift, before, at=at)
        if changed != ["places"]:
            held = [one.placement_id for one in list_holding_places(session, actor, shift.id)]
            ask_again(session, actor, need, ["date"], placement_ids=set(held), at=at)
        follow_shifts(session, actor, need, at=at, dates_changed=True)


def cancel_shift(session: Session, actor: Actor, shift_id: uuid.UUID, *, at: datetime) -> ShiftSeen:
    """Say that a shift will not take place: its places are free, and those who held them are told.

    Whoever holds no other shift there, past ones too, is released without a reason of their own; they can
    choose the need anew.
    """
    seen = get_shift_for_change(session, actor, shift_id)
    shift, need, before = seen.shift, seen.need, seen.shift.status
    shift.cancel(at)
    # Those who hold a place are told while they do.
    record_event(
        session, actor, "shift.cancelled", shift.id, at=at,
        centre_id=need.centre_id, from_state=before, to_state=shift.status,
        need_id=need.id, places_taken=shift.places_taken,
    )  # fmt: skip
    for place in list_holding_places(session, actor, shift.id):
        placement_id, place.placement_id = place.placement_id, None
        shift.free_place()
        session.flush()
        if placement_id is None or list_held_places(session, actor, placement_id):
            continue
        proposal, placement = lock_placement(session, actor, placement_id)
        if placement.is_live():
            end_placement(session, actor, need, proposal, placement, None, at=at)
    drop_gone_shifts(session, actor, need, at=at)
    follow_shifts(session, actor, need, at=at, dates_changed=True)
    return seen


def pass_shifts(session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime) -> None:
    """Follow the passing of time: a need whose free shifts are over is full, or over itself; a job does."""
    need = get_need_for_change(session, actor, need_id)
    drop_gone_shifts(session, actor, need, at=at)
    follow_shifts(session, actor, need, at=at, dates_changed=True)


def _add(session: Session, actor: Actor, need: Need, one: Planned, places: int, at: datetime) -> Shift:
    shift = Shift(
        id=uuid.uuid4(),
        need_id=need.id,
        status=ShiftStatus.OPEN,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        original_start=one.original_start,
        places=places,
        places_taken=0,
    )
    session.add(shift)
    record_event(
        session, actor, "shift.added", shift.id, at=at,
        centre_id=need.centre_id, to_state=shift.status, need_id=need.id,
    )  # fmt: skip
    return shift


def _change_places(session: Session, actor: Actor, shift: Shift, places: int) -> None:
    """Add places, or take free ones away, those with high numbers first; held ones stay (I-03)."""
    if places < shift.places_taken:
        raise places_held(actor, shift.places_taken)
    if places > shift.places:
        used = set(list_shift_place_numbers(session, actor, shift.id))
        unused = [one for one in range(1, shift.places + places + 1) if one not in used]
        added = [(shift.id, number) for number in unused[: places - shift.places]]
        add_shift_places(session, actor, added)
    else:
        free = list_shift_place_numbers(session, actor, shift.id, free=True)
        remove_free_shift_places(session, actor, shift.id, free[places - shift.places :])
    shift.give_places(places)


def _must_not_be_too_many(
    session: Session, actor: Actor, need: Need, count: int, places: int, at: datetime
) -> None:
    there = sum_up_shifts(session, actor, need.id, at=at)
    if there.count + count > MOST_SHIFTS:
        raise Invalid(FieldError("rrule", "too_many", N_("A need cannot have so many shifts.")))
    if there.places + count * places > MOST_PLACES:
        raise Invalid(
            FieldError("places", "too_many", N_("The shifts of a need cannot have so many places."))
        )
