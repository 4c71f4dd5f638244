"""A need's public page."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.queries.needs import get_need
from service.web.door import page
from service.web.rendering import render

blueprint = Blueprint("needs", __name__)


@blueprint.get("/needs/<uuid:need_id>")
@page("pages.read")
def show(session: Session, actor: Actor, need_id: uuid.UUID) -> Response:
    """Show a need to anybody who may see it."""
    seen = get_need(session, actor, need_id, at=session.info["at"])
    return render("needs/public.html", need=seen.need, organisation=seen.organisation)
