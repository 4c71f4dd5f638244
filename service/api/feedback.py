"""Feedback over HTTP: each side gives its own, reads the other's when it is open; some numbers are public."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.feedback import give_feedback
from service.queries.feedback import list_feedback, list_feedback_of_placement, rate_organisation
from service.queries.organisations import get_organisation
from service.schemas.feedback import (
    FeedbackList,
    FeedbackNew,
    FeedbackOnList,
    FeedbackShown,
    RatingShown,
    show_feedback,
    show_feedback_on,
)
from service.schemas.lists import PageAsked

blueprint = ApiBlueprint("feedback", __name__, url_prefix="/v1", description="How a placement was")


@blueprint.route("/placements/<uuid:placement_id>/feedback", methods=["POST"])
@door("feedback.give", writes=True)
@blueprint.arguments(FeedbackNew)
@blueprint.response(200, FeedbackShown)
def give_feedback_(
    session: Session, actor: Actor, body: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """Say how it was, or say it otherwise, within two weeks of the completion and until both have written."""
    return show_feedback(give_feedback(session, actor, placement_id, **body, at=session.info["at"]))


@blueprint.route("/placements/<uuid:placement_id>/feedback", methods=["GET"])
@door("feedback.list")
@blueprint.response(200, FeedbackList)
def list_feedback_of_placement_(session: Session, actor: Actor, placement_id: uuid.UUID) -> dict[str, Any]:
    """Read one's own feedback on a placement, and the other side's once it is open."""
    found = list_feedback_of_placement(session, actor, placement_id, at=session.info["at"])
    return {"items": [show_feedback(one) for one in found], "next_cursor": None}


@blueprint.route("/organisations/<uuid:organisation_id>/feedback", methods=["GET"])
@door("feedback.list_for")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, FeedbackOnList)
def list_feedback_of_organisation(
    session: Session, actor: Actor, page: dict[str, Any], organisation_id: uuid.UUID
) -> dict[str, Any]:
    """List the feedback on an organisation's placements, newest first: its own, and what is open of others'.

    The staff of its centre read all of it.
    """
    at = session.info["at"]
    found = list_feedback(session, actor, organisation_id=organisation_id, at=at, **page)
    items = [show_feedback_on(one.feedback, one.need, one.organisation) for one in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@blueprint.route("/organisations/<uuid:organisation_id>/rating", methods=["GET"])
@door("feedback.rate")
@blueprint.response(200, RatingShown)
def rate_organisation_(session: Session, actor: Actor, organisation_id: uuid.UUID) -> dict[str, Any]:
    """Say what volunteers said of an organisation, once five of them have."""
    organisation = get_organisation(session, actor, organisation_id)
    found = rate_organisation(session, actor, organisation.id, at=session.info["at"])
    return {"count": found and found.count, "mean": found and found.mean}
