"""Hours as each side sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models import Hours, Need, Organisation, Placement, Volunteer
from models.hours import MOST_MINUTES_A_DAY, WAITING, HoursStatus
from service.schemas.fields import Day, Id, Moment, OneOf, Part, Schema, Several, Text, Whole
from service.schemas.lists import PageAsked, list_of
from service.schemas.notices import TimeOfDay

LONGEST_NOTE = 1000
IN_THE_ZONE = {"description": "By the clocks of the need's time zone, such as 21:30"}


class HoursNew(Schema):
    """A day, and how long or from when to when: over midnight if `ends` is earlier."""

    date = Day(required=True, metadata={"description": "The day on which it began"})
    minutes = Whole(least=1, most=MOST_MINUTES_A_DAY, allow_none=True)
    starts = TimeOfDay(allow_none=True, metadata=IN_THE_ZONE)
    ends = TimeOfDay(allow_none=True, metadata=IN_THE_ZONE)
    note = Text(most=LONGEST_NOTE, allow_none=True)


class HoursChange(HoursNew):
    """What a volunteer mends, as long as nobody has answered."""

    date = Day()


class Correction(Schema):
    """How long it was as the organisation says, and why it thinks so; 0 if it was not at all."""

    minutes = Whole(least=0, most=MOST_MINUTES_A_DAY, required=True)
    reason = Text(least=1, most=LONGEST_NOTE, required=True)


class Dispute(Schema):
    """What the volunteer says to a correction."""

    text = Text(least=1, most=LONGEST_NOTE, required=True)


class GivenTo(Schema):
    """The need, or the organisation, to which hours were given."""

    id = Id(required=True)
    name = Text(most=300, required=True)


class HoursShown(Schema):
    """An entry, as the one who reads it may see it."""

    id = Id(required=True)
    placement_id = Id(required=True)
    need = Part(GivenTo, required=True)
    organisation = Part(GivenTo, required=True)
    place_number = Whole(least=1, most=1_000_000, allow_none=True, required=True)
    first_name = Text(
        most=200,
        allow_none=True,
        required=True,
        metadata={"description": "For the organisation: whose it is, while they hold the place"},
    )
    date = Day(required=True)
    minutes = Whole(least=1, most=MOST_MINUTES_A_DAY, required=True)
    starts_at = Moment(allow_none=True, required=True)
    ends_at = Moment(allow_none=True, required=True)
    timezone = Text(most=64, required=True)
    note = Text(
        most=LONGEST_NOTE,
        allow_none=True,
        required=True,
        metadata={"description": "For the organisation while the entry waits, or the place is held"},
    )
    status = OneOf(HoursStatus, required=True)
    corrected_minutes = Whole(least=0, most=MOST_MINUTES_A_DAY, allow_none=True, required=True)
    correction_reason = Text(most=LONGEST_NOTE, allow_none=True, required=True)
    dispute = Text(most=LONGEST_NOTE, allow_none=True, required=True)
    counted_minutes = Whole(
        least=0,
        most=MOST_MINUTES_A_DAY,
        required=True,
        metadata={"description": "What the organisation vouches for, and a record says"},
    )
    created_at = Moment(required=True)
    decided_at = Moment(allow_none=True, required=True)


HoursList = list_of("HoursList", HoursShown)


class HoursAsked(PageAsked):
    """Which entries somebody wants to see."""

    status = Several(OneOf(HoursStatus), most=len(HoursStatus))


class SumsAsked(Schema):
    """Of which days; both ends are included."""

    first = Day()
    last = Day()


class SumShown(Schema):
    """How much was given to one need or organisation."""

    id = Id(required=True)
    name = Text(most=300, required=True)
    entries = Whole(least=0, most=2**31, required=True)
    counted_minutes = Whole(least=0, most=2**53, required=True)
    waiting_minutes = Whole(least=0, most=2**53, required=True)


class SumsShown(Schema):
    """Sums of hours: what counts, and what waits for the organisation; together, and for each."""

    counted_minutes = Whole(least=0, most=2**53, required=True)
    waiting_minutes = Whole(least=0, most=2**53, required=True)
    parts = Several(Part(SumShown), most=100_000, required=True)


def show_hours(
    row: Hours,
    placement: Placement,
    need: Need,
    organisation: Organisation,
    volunteer: Volunteer | None,
    *,
    own: bool,
) -> dict[str, Any]:
    """Show an entry to its volunteer, or to the organisation, which sees whose it is while it may."""
    names = ("id", "placement_id", "date", "minutes", "starts_at", "ends_at", "status", "counted_minutes")
    more = ("corrected_minutes", "correction_reason", "dispute", "created_at", "decided_at")
    readable = own or volunteer is not None or row.status in WAITING
    return {
        **{name: getattr(row, name) for name in (*names, *more)},
        "need": {"id": need.id, "name": need.title},
        "organisation": {"id": organisation.id, "name": organisation.name},
        "place_number": placement.place_number or None,
        "first_name": volunteer.name.split()[0] if volunteer is not None and not own else None,
        "timezone": need.timezone,
        "note": row.note if readable else None,
    }


def show_sums(parts: Sequence[Any]) -> dict[str, Any]:
    """Show sums, each part and all together."""
    return {
        "counted_minutes": sum(one.counted_minutes for one in parts),
        "waiting_minutes": sum(one.waiting_minutes for one in parts),
        "parts": parts,
    }
