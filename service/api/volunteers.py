"""Volunteers over HTTP: one's own profile, and for a centre those of its volunteers."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from models import Volunteer
from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.erasure import erase_volunteer
from service.operations.volunteers import add_volunteer, change_volunteer
from service.queries.volunteers import get_volunteer, get_volunteer_for_change, list_volunteers
from service.schemas.volunteers import (
    VolunteerChanged,
    VolunteerList,
    VolunteerNew,
    VolunteersAsked,
    VolunteerShown,
    show_volunteer,
)

blueprint = ApiBlueprint(
    "volunteers", __name__, url_prefix="/v1", description="Volunteers and their profiles"
)


def _tag(volunteer: Volunteer) -> list[Any]:
    return [str(volunteer.id), volunteer.version]


@blueprint.route("/volunteers", methods=["GET"])
@door("volunteers.list")
@blueprint.arguments(VolunteersAsked, location="query")
@blueprint.response(200, VolunteerList)
def list_volunteers_(session: Session, actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """List one's centre's volunteers."""
    found = list_volunteers(session, actor, **asked)
    return {"items": [show_volunteer(one) for one in found.items], "next_cursor": found.next_cursor}


@blueprint.route("/volunteers", methods=["POST"])
@door("volunteers.add", writes=True)
@blueprint.etag
@blueprint.arguments(VolunteerNew)
@blueprint.response(201, VolunteerShown)
def add_volunteer_(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Bring a volunteer; where there is an address, they are invited to take over their account."""
    volunteer = add_volunteer(session, actor, body, at=session.info["at"])
    blueprint.set_etag(_tag(volunteer))
    return show_volunteer(volunteer)


@blueprint.route("/volunteers/<uuid:volunteer_id>", methods=["GET"])
@door("volunteers.read")
@blueprint.etag
@blueprint.response(200, VolunteerShown)
def read_volunteer(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> dict[str, Any]:
    """Read a profile: one's own, or as a centre that of one of its volunteers."""
    volunteer = get_volunteer(session, actor, volunteer_id)
    blueprint.set_etag(_tag(volunteer))
    return show_volunteer(volunteer)


@blueprint.route("/volunteers/<uuid:volunteer_id>", methods=["PATCH"])
@door("volunteers.change", writes=True)
@blueprint.etag
@blueprint.arguments(VolunteerChanged)
@blueprint.response(200, VolunteerShown)
def change_volunteer_(
    session: Session, actor: Actor, body: dict[str, Any], volunteer_id: uuid.UUID
) -> dict[str, Any]:
    """Change a profile; one's own brings new proposals at once."""
    blueprint.check_etag(_tag(get_volunteer_for_change(session, actor, volunteer_id)))
    volunteer = change_volunteer(session, actor, volunteer_id, body, at=session.info["at"])
    blueprint.set_etag(_tag(volunteer))
    return show_volunteer(volunteer)


@blueprint.route("/volunteers/<uuid:volunteer_id>", methods=["DELETE"])
@door("volunteers.erase", writes=True)
@blueprint.response(204)
def erase_volunteer_(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> None:
    """Leave: what one has begun is ended, and all that is about oneself is forgotten, for good."""
    erase_volunteer(session, actor, volunteer_id, at=session.info["at"])
