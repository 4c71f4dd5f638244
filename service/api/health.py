"""Is the service alive, and is it ready; for whoever watches over it."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from service.access.actors import ANYONE
from service.db import unit_of_work
from service.queries.health import database_answers, revision_is_newest

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
def livez() -> Response:
    """Answer at all."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Name what is degraded; 503 while no request could be served."""
    checks = {"database": "ok", "migrations": "ok"}
    try:
        with unit_of_work(current_app.extensions["sessions"], readonly=True) as session:
            database_answers(session, ANYONE)
            if not revision_is_newest(session, ANYONE):
                checks["migrations"] = "behind"
    except SQLAlchemyError:
        checks = {"database": "unreachable", "migrations": "unknown"}
    ready = set(checks.values()) == {"ok"}
    body = jsonify(status="ok" if ready else "degraded", checks=checks)
    return body, 200 if ready else 503
