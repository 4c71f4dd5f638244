"""Organisations and their verification over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from models import Organisation
from models.organisations import OrganisationStatus
from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.organisations import change_organisation, create_organisation, verify_organisation
from service.queries.organisations import (
    get_organisation,
    get_organisation_for_change,
    list_organisations,
)
from service.schemas.organisations import (
    OrganisationChange,
    OrganisationList,
    OrganisationNew,
    OrganisationsAsked,
    OrganisationShown,
    Verification,
    show_organisation,
)

blueprint = ApiBlueprint(
    "organisations", __name__, url_prefix="/v1/organisations", description="Organisations that ask for help"
)


@blueprint.route("", methods=["GET"])
@door("organisations.list")
@blueprint.arguments(OrganisationsAsked, location="query")
@blueprint.response(200, OrganisationList)
def list_organisations_(session: Session, actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """List verified organisations, and all of one's own, newest first."""
    page = list_organisations(session, actor, **asked)
    return {"items": [show_organisation(one) for one in page.items], "next_cursor": page.next_cursor}


@blueprint.route("", methods=["POST"])
@door("organisations.create", writes=True)
@blueprint.etag
@blueprint.arguments(OrganisationNew)
@blueprint.response(201, OrganisationShown)
def create_organisation_(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Add an organisation; it is unverified until its centre has looked at it."""
    return _shown(create_organisation(session, actor, body, at=session.info["at"]))


@blueprint.route("/<uuid:organisation_id>", methods=["GET"])
@door("organisations.read")
@blueprint.etag
@blueprint.response(200, OrganisationShown)
def get_organisation_(session: Session, actor: Actor, organisation_id: uuid.UUID) -> dict[str, Any]:
    """Show an organisation."""
    return _shown(get_organisation(session, actor, organisation_id))


@blueprint.route("/<uuid:organisation_id>", methods=["PATCH"])
@door("organisations.change", writes=True)
@blueprint.etag
@blueprint.arguments(OrganisationChange)
@blueprint.response(200, OrganisationShown)
def change_organisation_(
    session: Session, actor: Actor, body: dict[str, Any], organisation_id: uuid.UUID
) -> dict[str, Any]:
    """Change what is said about one's organisation."""
    organisation = get_organisation_for_change(session, actor, organisation_id)
    blueprint.check_etag(_tag(organisation))
    return _shown(change_organisation(session, actor, organisation, body, at=session.info["at"]))


@blueprint.route("/<uuid:organisation_id>/verification", methods=["POST"])
@door("organisations.verify", writes=True)
@blueprint.etag
@blueprint.arguments(Verification)
@blueprint.response(200, OrganisationShown)
def verify_organisation_(
    session: Session, actor: Actor, body: dict[str, Any], organisation_id: uuid.UUID
) -> dict[str, Any]:
    """Vouch for an organisation of one's centre, or take it and its needs off everywhere."""
    status = OrganisationStatus(body["status"])
    at = session.info["at"]
    return _shown(verify_organisation(session, actor, organisation_id, status, body["note"], at=at))


def _shown(organisation: Organisation) -> dict[str, Any]:
    blueprint.set_etag(_tag(organisation))
    return show_organisation(organisation)


def _tag(organisation: Organisation) -> list[Any]:
    return [str(organisation.id), organisation.version]
