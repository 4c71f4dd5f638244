"""Where a person is signed in to the pages, over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.sessions import end_session, end_sessions
from service.queries.sessions import list_own_sessions
from service.schemas.accounts import SessionList
from service.schemas.lists import PageAsked

blueprint = ApiBlueprint("sessions", __name__, url_prefix="/v1", description="Browsers signed in")


@blueprint.route("/sessions", methods=["GET"])
@door("sessions.list")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, SessionList)
def list_sessions_(session: Session, actor: Actor, page: dict[str, Any]) -> dict[str, Any]:
    """List the browsers in which one is signed in to the pages, newest first."""
    found = list_own_sessions(session, actor, **page, at=session.info["at"])
    return {"items": found.items, "next_cursor": found.next_cursor}


@blueprint.route("/sessions", methods=["DELETE"])
@door("sessions.end", writes=True)
@blueprint.response(204)
def end_sessions_(session: Session, actor: Actor) -> None:
    """Sign oneself out in all browsers; tokens stay."""
    end_sessions(session, actor, at=session.info["at"])


@blueprint.route("/sessions/<uuid:session_id>", methods=["DELETE"])
@door("sessions.end", writes=True)
@blueprint.response(204)
def end_session_(session: Session, actor: Actor, session_id: uuid.UUID) -> None:
    """Sign oneself out in one browser."""
    end_session(session, actor, session_id, at=session.info["at"])
