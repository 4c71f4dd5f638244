"""How it was: each side's page of a completed placement, and all feedback for the centre's staff."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models import Need, Placement
from models.introductions import Side
from models.placements import PlacementStatus
from service.access.actors import Actor, ActorKind
from service.errors import N_
from service.operations.feedback import give_feedback
from service.queries.feedback import list_feedback, list_feedback_of_placement
from service.schemas.feedback import FeedbackNew
from service.web.door import page
from service.web.forms import posted, read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("feedback", __name__)
YES_OR_NO = {"yes": True, "no": False}


@blueprint.get("/placements/<uuid:placement_id>/feedback")
@page("feedback.give")
def show(session: Session, actor: Actor, placement_id: uuid.UUID) -> Response:
    """Show one's own feedback on a placement with the form for it, and the other side's when it is open."""
    at = session.info["at"]
    said = {one.side: one for one in list_feedback_of_placement(session, actor, placement_id, at=at)}
    volunteer = actor.kind is ActorKind.VOLUNTEER
    mine, theirs = (Side.VOLUNTEER, Side.ORGANISATION) if volunteer else (Side.ORGANISATION, Side.VOLUNTEER)
    placement = session.get_one(Placement, placement_id)
    return render(
        "feedback/of_placement.html",
        placement=placement,
        need=session.get_one(Need, placement.need_id),
        own=said.get(mine),
        other=said.get(theirs),
        closed=mine in said and said[mine].is_open(at),
        completed=placement.status is PlacementStatus.COMPLETED,
        volunteer=volunteer,
    )


@blueprint.post("/placements/<uuid:placement_id>/feedback")
@page("feedback.give", again=show)
def give(session: Session, actor: Actor, placement_id: uuid.UUID) -> Response:
    """Say how it was, or say it otherwise."""
    rating = posted("rating") or ""
    body: dict[str, Any] = {"text": posted("text"), "would_again": YES_OR_NO.get(posted("would_again") or "")}
    if rating.isascii() and rating.isdigit():
        body["rating"] = int(rating[:3])
    give_feedback(session, actor, placement_id, **read_form(FeedbackNew, body), at=session.info["at"])
    tell(N_("Thank you. The other side reads it when both have written, or two weeks after the completion."))
    return go(f"/placements/{placement_id}/feedback")


@blueprint.get("/staff/feedback")
@page("feedback.list_all")
def show_all(session: Session, actor: Actor) -> Response:
    """Show the centre's staff all feedback on placements at its organisations."""
    found = list_feedback(session, actor, at=session.info["at"], cursor=request.args.get("cursor"))
    return render("feedback/all.html", page=found)
