"""Placements over HTTP: who accepted, for the coordinator; what I hold, for the volunteer."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.placement_ends import answer_no_show, complete_placement, record_no_show
from service.operations.placements import confirm_placement, release_placement
from service.operations.reconfirming import reconfirm_placement
from service.queries.no_shows import list_no_shows
from service.queries.placements import (
    OwnPlacement,
    PlacementSeen,
    list_own_placements,
    list_placements_of_need,
    see_own_placements,
)
from service.schemas.lists import PageAsked
from service.schemas.placements import (
    Completion,
    NoShowAnswer,
    NoShowNew,
    NoShowReportList,
    OwnPlacementList,
    OwnPlacementShown,
    PlacementList,
    PlacementsAsked,
    PlacementShown,
    Reconfirmation,
    Release,
    as_coordinator_sees,
    as_volunteer_sees,
    show_no_show,
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
    items = [
        as_coordinator_sees(one.placement, one.volunteer, one.no_show, one.shifts, at=at)
        for one in found.items
    ]
    return {"items": items, "next_cursor": found.next_cursor}


@blueprint.route("/volunteers/<uuid:volunteer_id>/placements", methods=["GET"])
@door("placements.list_own")
@blueprint.arguments(PlacementsAsked, location="query")
@blueprint.response(200, OwnPlacementList)
def list_own_placements_(
    session: Session, actor: Actor, page: dict[str, Any], volunteer_id: uuid.UUID
) -> dict[str, Any]:
    """List one's own placements, newest first."""
    actor.must_be_volunteer(volunteer_id)
    found = list_own_placements(session, actor, **page)
    items = [_own(one) for one in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@blueprint.route("/placements/<uuid:placement_id>/reconfirm", methods=["POST"])
@door("placements.reconfirm", writes=True)
@blueprint.arguments(Reconfirmation)
@blueprint.response(200, OwnPlacementShown)
def reconfirm_placement_(
    session: Session, actor: Actor, body: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """Say that one stays, though date, place or task have changed; who does not withdraws."""
    asked_at = body.get("asked_at")
    return _own(reconfirm_placement(session, actor, placement_id, asked_at=asked_at, at=session.info["at"]))


@blueprint.route("/placements/<uuid:placement_id>/confirm", methods=["POST"])
@door("placements.confirm", writes=True)
@blueprint.response(200, PlacementShown)
def confirm_placement_(session: Session, actor: Actor, placement_id: uuid.UUID) -> dict[str, Any]:
    """Say that the organisation counts on the volunteer."""
    seen = confirm_placement(session, actor, placement_id, at=session.info["at"])
    return _shown(session, seen)


@blueprint.route("/placements/<uuid:placement_id>/release", methods=["POST"])
@door("placements.release", writes=True)
@blueprint.arguments(Release)
@blueprint.response(200, PlacementShown)
def release_placement_(
    session: Session, actor: Actor, body: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """Let a volunteer go, with the reason; the place is free again."""
    seen = release_placement(session, actor, placement_id, body["reason"], at=session.info["at"])
    return _shown(session, seen)


@blueprint.route("/placements/<uuid:placement_id>/complete", methods=["POST"])
@door("placements.complete", writes=True)
@blueprint.arguments(Completion)
@blueprint.response(200, PlacementShown)
def complete_placement_(
    session: Session, actor: Actor, body: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """Say that what was promised has been done, with thanks if one likes; takes back a no-show, too."""
    at = session.info["at"]
    seen = complete_placement(session, actor, placement_id, thanks=body.get("thanks"), at=at)
    return _shown(session, seen)


@blueprint.route("/placements/<uuid:placement_id>/no-show", methods=["POST"])
@door("placements.no_show", writes=True)
@blueprint.arguments(NoShowNew)
@blueprint.response(200, PlacementShown)
def record_no_show_(
    session: Session, actor: Actor, body: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """Say that the volunteer did not come; they are told, and may answer."""
    at = session.info["at"]
    return _shown(session, record_no_show(session, actor, placement_id, note=body.get("note"), at=at))


@blueprint.route("/placements/<uuid:placement_id>/no-show/answer", methods=["POST"])
@door("placements.answer_no_show", writes=True)
@blueprint.arguments(NoShowAnswer)
@blueprint.response(200, OwnPlacementShown)
def answer_no_show_(
    session: Session, actor: Actor, body: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """Say how it was; the organisation and its centre's staff read it beside what was said."""
    found = answer_no_show(session, actor, placement_id, body["text"], at=session.info["at"])
    return _own(see_own_placements(session, actor, [found])[0])


@blueprint.route("/no-shows", methods=["GET"])
@door("placements.list_no_shows")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, NoShowReportList)
def list_no_shows_(session: Session, actor: Actor, page: dict[str, Any]) -> dict[str, Any]:
    """List what the centre's organisations say of those who did not come, and the answers; newest first."""
    found = list_no_shows(session, actor, **page)
    items = [
        {
            "placement_id": one.placement.id,
            "need": one.need,
            "organisation": one.organisation,
            "volunteer_name": one.volunteer.name if one.volunteer else None,
            "no_show": show_no_show(one.no_show),
        }
        for one in found.items
    ]
    return {"items": items, "next_cursor": found.next_cursor}


def _shown(session: Session, seen: PlacementSeen) -> dict[str, Any]:
    return as_coordinator_sees(
        seen.placement, seen.volunteer, seen.no_show, seen.shifts, at=session.info["at"]
    )


def _own(seen: OwnPlacement) -> dict[str, Any]:
    return as_volunteer_sees(
        seen.placement, seen.need, seen.organisation, seen.no_show, seen.shifts, seen.contacts
    )
