"""Placements as each side sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Need, Organisation, Placement, Volunteer
from models.needs import NeedStatus
from models.placements import PlacementStatus
from service.schemas.fields import Id, Moment, OneOf, Part, Schema, Text, Whole
from service.schemas.lists import list_of


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


class PlacementShown(Schema):
    """A placement as the organisation sees it."""

    id = Id(required=True)
    need_id = Id(required=True)
    status = OneOf(PlacementStatus, required=True)
    place_number = Whole(least=1, most=1_000_000, required=True)
    message = Text(most=2000, allow_none=True, required=True)
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


PlacementList = list_of("PlacementList", PlacementShown)


class Release(Schema):
    """Why an organisation lets a volunteer go."""

    reason = Text(least=1, most=2000, required=True)


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


class OwnPlacementShown(Schema):
    """A placement as its volunteer sees it."""

    id = Id(required=True)
    proposal_id = Id(required=True)
    status = OneOf(PlacementStatus, required=True)
    need = Part(PlacedAt, required=True)
    organisation = Part(PlacedWith, required=True)
    message = Text(most=2000, allow_none=True, required=True)
    created_at = Moment(required=True)
    confirmed_at = Moment(allow_none=True, required=True)
    ended_at = Moment(allow_none=True, required=True)
    release_reason = Text(most=2000, allow_none=True, required=True)


OwnPlacementList = list_of("OwnPlacementList", OwnPlacementShown)


def as_coordinator_sees(placement: Placement, volunteer: Volunteer | None, *, at: datetime) -> dict[str, Any]:
    """Show a placement to its organisation: first name and contact, a minor's through the centre."""
    met = None
    if volunteer is not None:
        minor = volunteer.is_minor(at.date())
        met = {
            "first_name": volunteer.name.split()[0],
            "email": None if minor else volunteer.email,
            "contact": "centre" if minor else "direct",
        }
    return {**_columns(placement), "volunteer": met}


def as_volunteer_sees(placement: Placement, need: Need, organisation: Organisation) -> dict[str, Any]:
    """Show a placement to the volunteer who holds it."""
    return {**_columns(placement), "need": need, "organisation": organisation}


def _columns(placement: Placement) -> dict[str, Any]:
    return {one.key: getattr(placement, one.key) for one in placement.__table__.columns}
