"""Placements as each side sees them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from models import Need, NoShow, Organisation, Placement, Volunteer
from models.needs import NeedStatus
from models.placements import PlacementStatus
from service.schemas.fields import Flag, Id, Moment, OneOf, Part, Schema, Several, Text, Whole
from service.schemas.lists import PageAsked, list_of
from service.schemas.notice_parts import ASPECTS
from service.schemas.shifts import MOST_CHOSEN, ShiftOfNeed, ShiftShown, show_shift


class VolunteerMet(Schema):
    """What an organisation sees of a volunteer who holds a place there."""

    first_name = Text(most=200, required=True)
    email = Text(
        most=254,
        allow_none=True,
        required=True,
        metadata={"description": "Empty for a minor, whose contact goes through the centre"},
    )
    contact = OneOf(("direct", "centre"), required=True)


class NoShowShown(Schema):
    """That a volunteer did not come, as the organisation says, and what they answer."""

    said_by = Text(
        most=200, allow_none=True, required=True, metadata={"description": "The coordinator who said so"}
    )
    said_at = Moment(required=True)
    note = Text(most=2000, allow_none=True, required=True)
    answer = Text(most=2000, allow_none=True, required=True)
    answered_at = Moment(allow_none=True, required=True)


class AskedAgain(Schema):
    """What both sides see of a change of date, place or task since the volunteer said yes."""

    asked_again_at = Moment(
        allow_none=True,
        required=True,
        metadata={"description": "Since when the volunteer is asked whether they stay; null: not at all"},
    )
    asked_aspects = Several(OneOf(tuple(ASPECTS)), most=len(ASPECTS), required=True)
    reconfirmed_at = Moment(
        allow_none=True, required=True, metadata={"description": "When they last said that they stay"}
    )


class PlacementShown(AskedAgain):
    """A placement as the organisation sees it."""

    id = Id(required=True)
    need_id = Id(required=True)
    status = OneOf(PlacementStatus, required=True)
    place_number = Whole(
        least=1,
        most=1_000_000,
        allow_none=True,
        required=True,
        metadata={"description": "Null where the need has shifts"},
    )
    shifts = Several(
        Part(ShiftShown),
        most=MOST_CHOSEN,
        required=True,
        metadata={"description": "Those it holds a place in, past ones too"},
    )
    message = Text(
        most=2000,
        allow_none=True,
        required=True,
        metadata={"description": "Seen only while the volunteer holds the place"},
    )
    volunteer = Part(
        VolunteerMet,
        allow_none=True,
        required=True,
        metadata={"description": "Seen only while the volunteer holds the place"},
    )
    created_at = Moment(required=True)
    confirmed_at = Moment(allow_none=True, required=True)
    ended_at = Moment(allow_none=True, required=True)
    release_reason = Text(most=2000, allow_none=True, required=True)
    thanks = Text(most=2000, allow_none=True, required=True)
    no_show = Part(NoShowShown, allow_none=True, required=True)


PlacementList = list_of("PlacementList", PlacementShown)


class PlacementsAsked(PageAsked):
    """Which of their placements a volunteer wants to see."""

    asked_again = Flag(metadata={"from_text": True, "description": "Only those that ask again, or do not"})


class Reconfirmation(Schema):
    """A yes to what has changed."""

    asked_at = Moment(
        allow_none=True,
        metadata={"description": "`asked_again_at` as it was read: 409 where it has changed once more since"},
    )


class Release(Schema):
    """Why an organisation lets a volunteer go."""

    reason = Text(least=1, most=2000, required=True)


class Completion(Schema):
    """What an organisation says when a placement is completed."""

    thanks = Text(
        most=2000,
        allow_none=True,
        metadata={"description": "A few words of thanks; the volunteer reads them"},
    )


class NoShowNew(Schema):
    """What an organisation says when a volunteer did not come."""

    note = Text(most=2000, allow_none=True, metadata={"description": "The volunteer reads it"})


class NoShowAnswer(Schema):
    """What the volunteer says to it."""

    text = Text(least=1, most=2000, required=True)


class PlacedAt(Schema):
    """What a placement is for, in a few words."""

    id = Id(required=True)
    title = Text(most=300, required=True)
    status = OneOf(NeedStatus, required=True)
    starts_at = Moment(allow_none=True, required=True)
    ends_at = Moment(allow_none=True, required=True)
    timezone = Text(most=64, required=True)
    place = Text(most=300, allow_none=True, required=True)


class PlacedWith(Schema):
    """The organisation a placement is with."""

    id = Id(required=True)
    name = Text(most=300, required=True)


class ContactShown(Schema):
    """A coordinator, as whoever holds a place there can reach them."""

    name = Text(most=200, required=True)
    email = Text(most=254, required=True)


class OwnPlacementShown(AskedAgain):
    """A placement as its volunteer sees it."""

    id = Id(required=True)
    proposal_id = Id(required=True)
    status = OneOf(PlacementStatus, required=True)
    need = Part(PlacedAt, required=True)
    organisation = Part(PlacedWith, required=True)
    shifts = Several(
        Part(ShiftShown),
        most=MOST_CHOSEN,
        required=True,
        metadata={"description": "Those it holds a place in; `/v1/placements/{id}/shifts` lists all"},
    )
    message = Text(most=2000, allow_none=True, required=True)
    created_at = Moment(required=True)
    confirmed_at = Moment(allow_none=True, required=True)
    ended_at = Moment(allow_none=True, required=True)
    release_reason = Text(most=2000, allow_none=True, required=True)
    thanks = Text(most=2000, allow_none=True, required=True)
    no_show = Part(NoShowShown, allow_none=True, required=True)
    contacts = Several(
        Part(ContactShown),
        most=1000,
        required=True,
        metadata={"description": "The organisation's coordinators, while the place is held"},
    )


OwnPlacementList = list_of("OwnPlacementList", OwnPlacementShown)


class NoShowReport(Schema):
    """A no-show as the staff of the organisation's centre see it."""

    placement_id = Id(required=True)
    need = Part(PlacedAt, required=True)
    organisation = Part(PlacedWith, required=True)
    volunteer_name = Text(
        most=200, allow_none=True, required=True, metadata={"description": "Of the centre's own volunteers"}
    )
    no_show = Part(NoShowShown, required=True)


NoShowReportList = list_of("NoShowReportList", NoShowReport)


class SaidOf(Protocol):
    """What was said of a placement, and by whom (`queries.no_shows.NoShowSeen`)."""

    @property
    def said(self) -> NoShow:
        """What was said."""

    @property
    def said_by(self) -> str | None:
        """Who said it, by name."""


def as_coordinator_sees(
    placement: Placement,
    volunteer: Volunteer | None,
    no_show: SaidOf | None = None,
    shifts: Iterable[ShiftOfNeed] = (),
    *,
    at: datetime,
) -> dict[str, Any]:
    """Show a placement to its organisation: first name and contact, a minor's through the centre."""
    met = None
    if volunteer is not None:
        minor = volunteer.is_minor(at.date())
        met = {
            "first_name": volunteer.name.split()[0],
            "email": None if minor else volunteer.email,
            "contact": "centre" if minor else "direct",
        }
    columns = _columns(placement)
    message = columns["message"] if met else None
    beside = {"no_show": show_no_show(no_show), "shifts": _shifts(shifts)}
    return {**columns, "message": message, "volunteer": met, **beside}


def as_volunteer_sees(
    placement: Placement,
    need: Need,
    organisation: Organisation,
    no_show: SaidOf | None = None,
    shifts: Iterable[ShiftOfNeed] = (),
    contacts: Iterable[object] = (),
) -> dict[str, Any]:
    """Show a placement to the volunteer who holds it."""
    seen = {
        "contacts": list(contacts),
        "need": need,
        "organisation": organisation,
        "no_show": show_no_show(no_show),
    }
    return {**_columns(placement), **seen, "shifts": _shifts(shifts)}


def show_no_show(seen: SaidOf | None) -> dict[str, Any] | None:
    """Show what was said of a placement, and what the volunteer answers."""
    if seen is None:
        return None
    names = ("said_at", "note", "answer", "answered_at")
    return {"said_by": seen.said_by, **{name: getattr(seen.said, name) for name in names}}


def _shifts(shifts: Iterable[ShiftOfNeed]) -> list[dict[str, Any]]:
    return [show_shift(one.shift, one.need.timezone) for one in shifts]


def _columns(placement: Placement) -> dict[str, Any]:
    columns = {one.key: getattr(placement, one.key) for one in placement.__table__.columns}
    return {**columns, "place_number": placement.place_number or None}
