"""Waitlists over HTTP: how many wait, for the coordinator; who it is, for nobody."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.queries.waitlists import count_waiting
from service.schemas.waitlists import WaitlistShown

blueprint = ApiBlueprint("waitlists", __name__, url_prefix="/v1", description="Who waits for a place")


@blueprint.route("/needs/<uuid:need_id>/waitlist", methods=["GET"])
@door("waitlists.count")
@blueprint.response(200, WaitlistShown)
def count_waiting_(session: Session, actor: Actor, need_id: uuid.UUID) -> dict[str, Any]:
    """Say how many wait for a place of a need of one's organisation, from five on."""
    return {"waiting": count_waiting(session, actor, need_id)}
