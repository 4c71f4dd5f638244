"""Organisations as they look outside."""

from __future__ import annotations

from typing import Any

from models import Organisation
from models.organisations import OrganisationStatus
from service.schemas.fields import (
    Id,
    LocationSchema,
    Moment,
    OneOf,
    Part,
    Schema,
    Several,
    Text,
    WebAddress,
    codes,
    vocabulary,
)
from service.schemas.lists import PageAsked, list_of
from service.schemas.locations import show_location


class Registration(Schema):
    """A number under which a registrar knows the organisation."""

    registrar = Text(least=1, most=200, required=True)
    number = Text(least=1, most=100, required=True)


class OrganisationChange(Schema):
    """What those who write for an organisation can change."""

    external_id = Text(
        least=1,
        most=200,
        allow_none=True,
        metadata={"description": "The id in the centre's own systems, which alone can set it"},
    )
    name = Text(least=1, most=300)
    description = Text(most=10_000)
    mission = Text(most=10_000, allow_none=True)
    causes = codes("causes")
    website = WebAddress(allow_none=True)
    registrations = Several(Part(Registration), most=20)
    location = Part(LocationSchema, allow_none=True)
    language = vocabulary("languages", metadata={"description": "The language of its words"})


class OrganisationNew(OrganisationChange):
    """What is said about a new organisation."""

    name = Text(least=1, most=300, required=True)
    centre = Text(
        least=1,
        most=200,
        metadata={"description": "The name or id of the centre that is to verify it; one's own if not named"},
    )


class OrganisationShown(Schema):
    """An organisation's public page."""

    id = Id(required=True)
    centre_id = Id(required=True)
    external_id = Text(most=200, allow_none=True, required=True)
    status = OneOf(OrganisationStatus, required=True)
    name = Text(most=300, required=True)
    description = Text(most=10_000, required=True)
    mission = Text(most=10_000, allow_none=True, required=True)
    causes = codes("causes", required=True)
    website = WebAddress(allow_none=True, required=True)
    registrations = Several(Part(Registration), most=20, required=True)
    location = Part(LocationSchema, allow_none=True, required=True)
    language = vocabulary("languages", required=True)
    verified_at = Moment(allow_none=True, required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


OrganisationList = list_of("OrganisationList", OrganisationShown)


class OrganisationsAsked(PageAsked):
    """Which organisations a caller wants to see."""

    q = Text(most=300, metadata={"description": "A part of the name"})
    cause = codes("causes", metadata={"description": "One of these is enough"})
    status = Several(OneOf(OrganisationStatus), most=3)
    updated_since = Moment(metadata={"description": "In the order of change, for keeping in step"})


class Verification(Schema):
    """What a centre says of an organisation, and why."""

    status = OneOf((OrganisationStatus.VERIFIED, OrganisationStatus.SUSPENDED), required=True)
    note = Text(most=2000, load_default="")


def show_organisation(row: Organisation) -> dict[str, Any]:
    """Show an organisation."""
    return {
        **{one.key: getattr(row, one.key) for one in row.__table__.columns},
        "location": show_location(row),
    }
