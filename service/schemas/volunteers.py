"""Volunteers as they look outside: the whole profile, what a centre brings, what may be changed."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from models import Volunteer
from models.needs import LocationType
from models.vocabularies import slot_codes
from service.i18n import LANGUAGES
from service.schemas.fields import (
    Day,
    Email,
    Id,
    LocationSchema,
    Moment,
    Number,
    OneOf,
    Part,
    Schema,
    Several,
    Text,
    vocabulary,
)
from service.schemas.lists import PageAsked, list_of
from service.schemas.locations import show_location

SKILL_LEVELS = ("beginner", "intermediate", "expert")
LANGUAGE_LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
LONGEST_INTERESTS = 4000
MOST_CAUSES = 30


class SkillHad(Schema):
    """A skill, and how well."""

    code = vocabulary("skills", required=True)
    level = OneOf(SKILL_LEVELS, allow_none=True)


class LanguageSpoken(Schema):
    """A language, and how well: a level of the Common European Framework, or native."""

    code = vocabulary("languages", required=True)
    level = OneOf(LANGUAGE_LEVELS, allow_none=True)


class VolunteerChanged(Schema):
    """What may be changed of a profile: what is not named stays as it is."""

    name = Text(least=1, most=200)
    language = OneOf(LANGUAGES, metadata={"description": "The language in which they read the service"})
    interests = Text(most=LONGEST_INTERESTS, metadata={"description": "In their own words"})
    causes = Several(vocabulary("causes"), most=MOST_CAUSES)
    skills = Several(Part(SkillHad), most=100)
    languages = Several(Part(LanguageSpoken), most=50)
    availability = Several(vocabulary("slots"), most=21)
    location = Part(LocationSchema, allow_none=True)
    radius_km = Number(least=1, most=1000)
    location_types = Several(
        OneOf(LocationType), most=3, metadata={"description": "None named means any of them"}
    )
    birth_date = Day(allow_none=True, metadata={"description": "Only needed where a need asks for an age"})


class VolunteerNew(VolunteerChanged):
    """A volunteer whom a centre brings; what is not known may be left out."""

    external_id = Text(
        least=1, most=200, allow_none=True, metadata={"description": "Unique within the centre"}
    )
    name = Text(least=1, most=200, required=True)
    email = Email(
        allow_none=True, metadata={"description": "Where the invitation to take over the account goes"}
    )


class VolunteerShown(VolunteerChanged):
    """A volunteer's whole profile."""

    id = Id()
    centre_id = Id(allow_none=True)
    external_id = Text(most=200, allow_none=True)
    email = Text(most=254, allow_none=True)
    created_at = Moment()
    updated_at = Moment()

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say of every field that it is always there, also of those that may be left out when changing."""
        field_obj.required = True


VolunteerList = list_of("VolunteerList", VolunteerShown)


class VolunteersAsked(PageAsked):
    """How a centre pages through its volunteers."""

    updated_since = Moment()


def show_volunteer(volunteer: Volunteer) -> dict[str, Any]:
    """Show a profile, with its slots as codes and its place in one."""
    return {
        **{one.key: getattr(volunteer, one.key) for one in volunteer.__table__.columns},
        "availability": slot_codes(volunteer.slots),
        "location": show_location(volunteer),
    }
