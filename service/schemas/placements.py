"""Placements as each side sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Need, Organisation, Placement, Volunteer
from models.placements import PlacementStatus
from service.schemas.fields import Id, Moment, OneOf, Part, Schema, Text, Whole
from service.schemas.lists import list_of


class VolunteerMet(Schema):
    """What an organisation sees of a volunteer who holds a place there."""

    first_name = Text(most=200)
    email = Text(
        most=254,
        allow_none=True,
        metadata={"description": "Empty for a minor, whose contact goes through the centre"},
    )
    contact = OneOf(("direct", "centre"))


class PlacementShown(Schema):
    """A placement as the organisation sees it."""

    id = Id()
    need_id = Id()
    status = OneOf(PlacementStatus)
    place_number = Whole(least=1, most=1_000_000)
    message = Text(most=2000, allow_none=True)
    volunteer = Part(
        VolunteerMet,
        allow_none=True,
        metadata={"description": "Seen only while the volunteer holds the place"},
    )
    created_at = Moment()
    confirmed_at = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)
    release_reason = Text(most=2000, allow_none=True)


PlacementList = list_of("PlacementList", PlacementShown)


class Release(Schema):
    """Why an organisation lets a volunteer go."""

    reason = Text(least=1, most=2000, required=True)


class PlacedAt(Schema):
    """What a placement is for, in a few words."""

    id = Id()
    title = Text(most=300)
    status = Text(most=20)
    starts_at = Moment(allow_none=True)
    ends_at = Moment(allow_none=True)
    timezone = Text(most=64)
    place = Text(most=300, allow_none=True)


class PlacedWith(Schema):
    """The organisation a placement is with."""

    id = Id()
    name = Text(most=300)


class OwnPlacementShown(Schema):
    """A placement as its volunteer sees it."""

    id = Id()
    proposal_id = Id()
    status = OneOf(PlacementStatus)
    need = Part(PlacedAt)
    organisation = Part(PlacedWith)
    message = Text(most=2000, allow_none=True)
    created_at = Moment()
    confirmed_at = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)
    release_reason = Text(most=2000, allow_none=True)


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
