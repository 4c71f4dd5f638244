"""Is the service alive, and is it ready; for whoever watches over it."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from service.access.actors import ANYONE
from service.db import unit_of_work
from service.queries.health import database_answers, revision_is_newest
from service.queries.rankings import get_ranking

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
def livez() -> Response:
    """Answer at all."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Name what is degraded; 503 while no request could be served.

    Without the ranking that is meant the rules rank: that is degraded, and serves.
    """
    checks, ranking = {"database": "ok", "migrations": "ok"}, "ok"
    try:
        with unit_of_work(current_app.extensions["sessions"], readonly=True) as session:
            database_answers(session, ANYONE)
            if not revision_is_newest(session, ANYONE):
                checks["migrations"] = "behind"
            else:
                found = get_ranking(session, ANYONE, at=session.info["at"])
                if found.problem:
                    ranking = f"rules instead of {found.version}: {found.problem}"
    except SQLAlchemyError:
        checks = {"database": "unreachable", "migrations": "unknown"}
    ready = set(checks.values()) == {"ok"}
    whole = ready and ranking == "ok"
    body = jsonify(status="ok" if whole else "degraded", checks={**checks, "ranking": ranking})
    return body, 200 if ready else 503
