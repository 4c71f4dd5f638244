"""Needs as they look outside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import post_load

from models import Need, Shift, vocabularies
from models.needs import MOST_PLACES, LocationType, NeedStatus
from models.organisations import OrganisationStatus
from service.schemas.fields import (
    Id,
    LocationSchema,
    Moment,
    Number,
    OneOf,
    Part,
    Schema,
    Several,
    Text,
    Whole,
    codes,
    vocabulary,
)
from service.schemas.lists import PageAsked, list_of
from service.schemas.locations import show_location
from service.schemas.need_fields import POINT, MomentOrDay, Point, RepeatRule, TimeZone
from service.schemas.shifts import ShiftShown, show_shifts

HOURS_OF_A_WEEK = 168
OLDEST = 120
# So many shifts stand beside a need (`queries.shifts.MOST_BESIDE`); and all its shifts have so many places.
MOST_BESIDE, MOST_ALL = 10, 20_000
FARTHEST_KM = 20_100


class NeedChange(Schema):
    """What those who write for an organisation can change about its need."""

    external_id = Text(
        least=1,
        most=200,
        allow_none=True,
        metadata={"description": "The id in the centre's own systems, unique there"},
    )
    title = Text(least=1, most=300)
    description = Text(most=10_000)
    language = vocabulary("languages", metadata={"description": "The language of these words"})
    causes = codes("causes")
    skills = codes("skills")
    languages = codes("languages", metadata={"description": "What a volunteer should speak"})
    requirements = codes("requirements")
    rewards = codes("rewards")
    accessibility = codes("accessibility")
    location_type = OneOf(LocationType)
    location = Part(LocationSchema, allow_none=True)
    timezone = TimeZone()
    starts_at = Moment(allow_none=True)
    ends_at = Moment(allow_none=True)
    rrule = RepeatRule(
        allow_none=True, metadata={"description": "How it repeats after its first date, by RFC 5545"}
    )
    availability = codes("slots", metadata={"description": "The weekly times at which it is done"})
    commitment_hours_per_week = Number(least=0, most=HOURS_OF_A_WEEK, allow_none=True)
    minimum_age = Whole(least=0, most=OLDEST, allow_none=True)
    maximum_age = Whole(least=0, most=OLDEST, allow_none=True)
    places = Whole(least=1, most=MOST_PLACES)
    publish_at = Moment(allow_none=True, metadata={"description": "Nobody else sees it before"})
    expires_at = Moment(allow_none=True, metadata={"description": "Nobody is asked any more from then on"})


class NeedNew(NeedChange):
    """What is said about a new need.

    What is left out is empty, but for: the language of the organisation, the time zone of its centre,
    `onsite`, and one place.
    """

    organisation_id = Id(required=True)
    title = Text(least=1, most=300, required=True)
    description = Text(most=10_000, required=True)
    availability = codes(
        "slots", allow_none=True, metadata={"description": "The weekly times at which it is done"}
    )

    @post_load
    def fill(self, body: dict[str, Any], **_: object) -> dict[str, Any]:
        """Take a null like what was left out."""
        if body.get("availability") is None:
            body.pop("availability", None)
        return body


class OrganisationBeside(Schema):
    """What is shown of an organisation beside its need."""

    id = Id(required=True)
    name = Text(most=300, required=True)
    status = OneOf(OrganisationStatus, required=True)


class NeedShown(Schema):
    """A need as everyone who may see it sees it."""

    id = Id(required=True)
    organisation_id = Id(required=True)
    organisation = Part(OrganisationBeside, required=True)
    external_id = Text(most=200, allow_none=True, required=True)
    status = OneOf(NeedStatus, required=True)
    title = Text(most=300, required=True)
    description = Text(most=10_000, required=True)
    language = vocabulary("languages", required=True)
    causes = codes("causes", required=True)
    skills = codes("skills", required=True)
    languages = codes("languages", required=True)
    requirements = codes("requirements", required=True)
    rewards = codes("rewards", required=True)
    accessibility = codes("accessibility", required=True)
    location_type = OneOf(LocationType, required=True)
    location = Part(LocationSchema, allow_none=True, required=True)
    timezone = Text(most=64, required=True)
    starts_at = Moment(allow_none=True, required=True)
    ends_at = Moment(allow_none=True, required=True)
    rrule = Text(most=500, allow_none=True, required=True)
    availability = codes("slots", required=True)
    commitment_hours_per_week = Number(least=0, most=HOURS_OF_A_WEEK, allow_none=True, required=True)
    minimum_age = Whole(least=0, most=OLDEST, allow_none=True, required=True)
    maximum_age = Whole(least=0, most=OLDEST, allow_none=True, required=True)
    places = Whole(
        least=0,
        most=MOST_ALL,
        required=True,
        metadata={"description": "Its own, or those of its shifts to come"},
    )
    places_left = Whole(least=0, most=MOST_ALL, required=True)
    shift_count = Whole(
        least=0,
        most=MOST_ALL,
        required=True,
        metadata={"description": "Past and cancelled ones too; above 0, an acceptance names some"},
    )
    shifts = Several(
        Part(ShiftShown),
        most=MOST_BESIDE,
        required=True,
        metadata={"description": "The next ones; `/v1/needs/{id}/shifts` lists all"},
    )
    publish_at = Moment(allow_none=True, required=True)
    published_at = Moment(allow_none=True, required=True)
    expires_at = Moment(allow_none=True, required=True)
    closed_at = Moment(allow_none=True, required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


NeedList = list_of("NeedList", NeedShown)


class NeedsAsked(PageAsked):
    """Which needs a caller wants to see; of several codes of one kind, one is enough."""

    q = Text(most=300, metadata={"description": "Words; the needs that suit them best come first"})
    cause = codes("causes")
    skill = codes("skills")
    language = codes("languages")
    location_type = Several(OneOf(LocationType), most=3)
    status = Several(
        OneOf(NeedStatus),
        most=5,
        metadata={
            "description": "Without it open ones, and all of one's own; drafts are seen by their writers"
        },
    )
    organisation = Several(Id(), most=100)
    slot = codes("slots")
    near = Point(metadata={"description": "latitude,longitude", "pattern": POINT.pattern})
    radius_km = Number(least=0, most=FARTHEST_KM, metadata={"from_text": True})
    ends_after = MomentOrDay(data_key="from")
    starts_before = MomentOrDay(ends=True, data_key="to")
    updated_since = Moment(metadata={"description": "In the order of change, for keeping in step"})

    @post_load
    def part(self, asked: dict[str, Any], **_: object) -> dict[str, Any]:
        """Part the page that is asked for from the filters."""
        page: dict[str, Any] = {name: asked.pop(name) for name in ("limit", "cursor") if name in asked}
        asked["slots"] = vocabularies.slots_mask(asked.pop("slot", ()))
        if not asked.get("q", "").strip():
            asked.pop("q", None)
        return {"filters": asked, **page}


def show_need(need: Need, organisation: dict[str, Any], shifts: Iterable[Shift] = ()) -> dict[str, Any]:
    """Show a need beside its organisation's id, name and status, with its next shifts."""
    columns = {one.key: getattr(need, one.key) for one in need.__table__.columns}
    return {
        **columns,
        "organisation": organisation,
        "location": show_location(need),
        "availability": vocabularies.slot_codes(need.slots),
        "places": need.all_places,
        "places_left": need.places_left,
        "shifts": show_shifts(need, shifts),
    }
