"""Placements over HTTP: who accepted, for the coordinator; what I hold, for the volunteer."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.placements import confirm_placement, release_placement
from service.queries.placements import list_own_placements, list_placements_of_need
from service.schemas.lists import PageAsked
from service.schemas.placements import (
    OwnPlacementList,
    PlacementList,
    PlacementShown,
    Release,
    as_coordinator_sees,
    as_volunteer_sees,
)

blueprint = ApiBlueprint("placements", __name__, url_prefix="/v1", description="Places that volunteers hold")


@blueprint.route("/needs/<uuid:need_id>/placements", methods=["GET"])
@door("placements.list")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, PlacementList)
def list_placements_(
    session: Session, actor: Actor, page: dict[str, Any], need_id: uuid.UUID
) -> dict[str, Any]:
    """List who accepted a need of one's organisation, first come first."""
    found = list_placements_of_need(session, actor, need_id, **page)
    at = session.info["at"]
    items = [as_coordinator_sees(one.placement, one.volunteer, at=at) for one in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@blueprint.route("/volunteers/<uuid:volunteer_id>/placements", methods=["GET"])
@door("placements.list_own")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, OwnPlacementList)
def list_own_placements_(
    session: Session, actor: Actor, page: dict[str, Any], volunteer_id: uuid.UUID
) -> dict[str, Any]:
    """List one's own placements, newest first."""
    actor.must_be_volunteer(volunteer_id)
    found = list_own_placements(session, actor, **page)
    items = [as_volunteer_sees(one.placement, one.need, one.organisation) for one in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@blueprint.route("/placements/<uuid:placement_id>/confirm", methods=["POST"])
@door("placements.confirm", writes=True)
@blueprint.response(200, PlacementShown)
def confirm_placement_(session: Session, actor: Actor, placement_id: uuid.UUID) -> dict[str, Any]:
    """Say that the organisation counts on the volunteer."""
    seen = confirm_placement(session, actor, placement_id, at=session.info["at"])
    return as_coordinator_sees(seen.placement, seen.volunteer, at=session.info["at"])


@blueprint.route("/placements/<uuid:placement_id>/release", methods=["POST"])
@door("placements.release", writes=True)
@blueprint.arguments(Release)
@blueprint.response(200, PlacementShown)
def release_placement_(
    session: Session, actor: Actor, body: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """Let a volunteer go, with the reason; the place is free again."""
    seen = release_placement(session, actor, placement_id, body["reason"], at=session.info["at"])
    return as_coordinator_sees(seen.placement, seen.volunteer, at=session.info["at"])
