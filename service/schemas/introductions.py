"""Introductions as each side sees them; an organisation sees a label, and nothing of the person."""

from __future__ import annotations

from typing import Any

from models import Introduction, IntroductionSlot, Need, Organisation
from models.introductions import MOST_AT_ONCE, IntroductionKind, IntroductionStatus, Side
from service.schemas.fields import Flag, Id, Moment, OneOf, Part, Schema, Several, Text, Whole
from service.schemas.lists import PageAsked, list_of
from service.schemas.need_fields import TimeZone

OFFERED = (IntroductionKind.VISIT, IntroductionKind.CALL)


class SlotNew(Schema):
    """A time that an organisation offers."""

    kind = OneOf(OFFERED, required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    timezone = TimeZone(required=True)
    place = Text(
        least=1,
        most=300,
        allow_none=True,
        metadata={"description": "Where to come, or how the call is made; those who may see it are many"},
    )
    places = Whole(least=1, most=MOST_AT_ONCE, load_default=1)


class SlotShown(Schema):
    """An offered time; who has taken it, and how many, is nobody else's business."""

    id = Id(required=True)
    organisation_id = Id(required=True)
    kind = OneOf(OFFERED, required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    timezone = Text(most=64, required=True)
    place = Text(most=300, allow_none=True, required=True)
    full = Flag(required=True)
    cancelled_at = Moment(allow_none=True, required=True)


SlotList = list_of("SlotList", SlotShown)


class IntroductionNew(Schema):
    """What a volunteer asks for: a question in their words, or a visit or a call at an offered time."""

    kind = OneOf(IntroductionKind, required=True)
    text = Text(most=2000, allow_none=True, metadata={"description": "Needed for a question"})
    slot_id = Id(allow_none=True, metadata={"description": "Needed for a visit or a call"})


class Reply(Schema):
    """What an organisation answers."""

    text = Text(least=1, most=2000, required=True)


class AskedAbout(Schema):
    """The need, or the organisation, that an introduction is about."""

    id = Id(required=True)
    name = Text(most=300, required=True)


class IntroductionShown(Schema):
    """A question, a visit or a call, as the one who reads it may see it."""

    id = Id(required=True)
    proposal_id = Id(allow_none=True, required=True, metadata={"description": "For its volunteer only"})
    need = Part(AskedAbout, required=True)
    organisation = Part(AskedAbout, required=True)
    kind = OneOf(IntroductionKind, required=True)
    status = OneOf(IntroductionStatus, required=True)
    label = Text(
        most=8,
        required=True,
        metadata={"description": "Tells volunteers apart; the same for all that one asks about a need"},
    )
    text = Text(most=2000, allow_none=True, required=True)
    reply = Text(most=2000, allow_none=True, required=True)
    slot = Part(SlotShown, allow_none=True, required=True)
    created_at = Moment(required=True)
    answered_at = Moment(allow_none=True, required=True)
    cancelled_at = Moment(allow_none=True, required=True)
    cancelled_by = OneOf(Side, allow_none=True, required=True)


IntroductionList = list_of("IntroductionList", IntroductionShown)


class IntroductionsAsked(PageAsked):
    """Which introductions a coordinator wants to see."""

    status = Several(OneOf(IntroductionStatus), most=len(IntroductionStatus))


class AnswerTime(Schema):
    """How fast an organisation answers."""

    median_hours = Whole(
        least=1,
        most=1_000_000,
        allow_none=True,
        required=True,
        metadata={"description": "Half of its latest 100 answers came within; null below 5 answers"},
    )


def show_introduction(
    row: Introduction, need: Need, organisation: Organisation, slot: IntroductionSlot | None, *, own: bool
) -> dict[str, Any]:
    """Show an introduction to its volunteer, or to a coordinator without a way to the volunteer."""
    names = ("id", "kind", "status", "label", "text", "reply")
    times = ("created_at", "answered_at", "cancelled_at", "cancelled_by")
    return {
        **{name: getattr(row, name) for name in (*names, *times)},
        "proposal_id": row.proposal_id if own else None,
        "need": {"id": need.id, "name": need.title},
        "organisation": {"id": organisation.id, "name": organisation.name},
        "slot": None if slot is None else show_slot(slot, full=False),
    }


def show_slot(slot: IntroductionSlot, *, full: bool) -> dict[str, Any]:
    """Show an offered time."""
    names = ("id", "organisation_id", "kind", "starts_at", "ends_at", "timezone", "place", "cancelled_at")
    return {**{name: getattr(slot, name) for name in names}, "full": full}
