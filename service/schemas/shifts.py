"""Shifts as they look outside."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

from marshmallow import post_load

from models import Need, Shift
from models.shift_dates import MOST_AT_ONCE
from models.shifts import MOST_SHIFT_PLACES, ShiftStatus
from service.schemas.fields import (
    Flag,
    Id,
    Moment,
    OneOf,
    Part,
    Schema,
    Several,
    Text,
    Whole,
)
from service.schemas.lists import PageAsked, list_of
from service.schemas.need_fields import RepeatRule

# So many shifts can be accepted, and held, at once.
MOST_CHOSEN = 100


class ShiftChange(Schema):
    """What those who write for an organisation can change about a shift."""

    starts_at = Moment()
    ends_at = Moment()
    places = Whole(least=1, most=MOST_SHIFT_PLACES)


class ShiftsNew(Schema):
    """A shift, or with a rule all that it gives: as long as the first, at the same time by the clocks."""

    starts_at = Moment(required=True)
    ends_at = Moment(required=True, metadata={"description": "Of the first, where there are several"})
    places = Whole(
        least=1,
        most=MOST_SHIFT_PLACES,
        allow_none=True,
        metadata={"description": "Of each; as many as the need says where left out"},
    )
    rrule = RepeatRule(
        allow_none=True,
        metadata={
            "description": "An RFC 5545 rule that ends, in the need's time zone: 366 shifts at most,"
            " within two years. Sent again, it adds only what is not there yet"
        },
    )

    @post_load
    def fill(self, body: dict[str, Any], **_: object) -> dict[str, Any]:
        """Take a null like what was left out."""
        return {name: value for name, value in body.items() if value is not None}


class ShiftShown(Schema):
    """A shift; whoever sees its need sees it."""

    id = Id(required=True)
    need_id = Id(required=True)
    status = OneOf(ShiftStatus, required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    timezone = Text(most=64, required=True, metadata={"description": "The need's: of its clocks"})
    places = Whole(least=1, most=MOST_SHIFT_PLACES, required=True)
    places_left = Whole(least=0, most=MOST_SHIFT_PLACES, required=True)
    cancelled_at = Moment(allow_none=True, required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


ShiftList = list_of("ShiftList", ShiftShown)


class ShiftsAdded(Schema):
    """What came of a request for shifts."""

    items = Several(
        Part(ShiftShown), most=MOST_AT_ONCE, required=True, metadata={"description": "Those that are new"}
    )
    known = Whole(
        least=0,
        most=MOST_AT_ONCE,
        required=True,
        metadata={"description": "How many of the rule's were there already"},
    )


class ShiftsAsked(PageAsked):
    """Which shifts of a need a caller wants to see."""

    past = Flag(
        load_default=False,
        metadata={"from_text": True, "description": "Those that are over or cancelled, too"},
    )


class ShiftsChosen(Schema):
    """The upcoming shifts that a placement shall hold."""

    shift_ids = Several(Id(), most=MOST_CHOSEN, required=True)
    confirm_overlap = Flag(
        allow_none=True, metadata={"description": "They may meet something else that one holds"}
    )


class ShiftOfNeed(Protocol):
    """A shift with its need (`queries.shifts.ShiftSeen`)."""

    @property
    def shift(self) -> Shift:
        """The shift."""

    @property
    def need(self) -> Need:
        """Its need."""


def show_shift(shift: Shift, timezone: str) -> dict[str, Any]:
    """Show a shift beside the time zone of its need."""
    columns = {one.key: getattr(shift, one.key) for one in shift.__table__.columns}
    return {**columns, "timezone": timezone, "places_left": shift.places_left}


def show_shifts(need: Need, shifts: Iterable[Shift]) -> list[dict[str, Any]]:
    """Show shifts of one need."""
    return [show_shift(one, need.timezone) for one in shifts]


def write_shifts(timezone: str, shifts: Iterable[Shift]) -> list[dict[str, Any]]:
    """Show shifts of one need in their final form, as the hottest list wants them."""
    names = ("id", "need_id", "status", "places")
    times = ("starts_at", "ends_at", "cancelled_at", "created_at", "updated_at")
    return [
        {
            **{name: getattr(one, name) for name in names},
            **{name: _moment(getattr(one, name)) for name in times},
            "timezone": timezone,
            "places_left": one.places_left,
        }
        for one in shifts
    ]


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
