"""Is the service alive, and is it ready; for whoever watches over it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.access.actors import ANYONE
from service.broker import broker_answers
from service.db import unit_of_work
from service.queries.health import database_answers, revision_is_newest
from service.queries.jobs import count_dead_jobs, longest_overdue
from service.queries.rankings import get_ranking

# A night's work and a large import keep others waiting for a while; what waits longer has nobody at it.
LATE = timedelta(minutes=15)

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
def livez() -> Response:
    """Answer at all."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Name what is degraded; 503 while no request could be served.

    Without the ranking that is meant the rules rank, without the broker jobs wait: that is degraded, and
    serves.
    """
    settings = current_app.extensions["settings"]
    checks, beside = {"database": "ok", "migrations": "ok"}, {"ranking": "ok", "jobs": "ok"}
    if settings.broker_url:
        beside["broker"] = "ok" if broker_answers(settings) else "unreachable: jobs wait"
    try:
        with unit_of_work(current_app.extensions["sessions"], readonly=True) as session:
            database_answers(session, ANYONE)
            if not revision_is_newest(session, ANYONE):
                checks["migrations"] = "behind"
            else:
                found = get_ranking(session, ANYONE, at=session.info["at"])
                if found.problem:
                    beside["ranking"] = f"rules instead of {found.version}: {found.problem}"
                beside["jobs"] = _jobs(session)
    except SQLAlchemyError:
        checks = {"database": "unreachable", "migrations": "unknown"}
    ready = set(checks.values()) == {"ok"}
    whole = ready and set(beside.values()) == {"ok"}
    body = jsonify(status="ok" if whole else "degraded", checks={**checks, **beside})
    return body, 200 if ready else 503


def _jobs(session: Session) -> str:
    overdue = longest_overdue(session, ANYONE, at=session.info["at"])
    late = f"due for {overdue // timedelta(minutes=1)} minutes" if overdue > LATE else ""
    dead = count_dead_jobs(session, ANYONE)
    return "; ".join(filter(None, (late, f"{dead} dead" if dead else ""))) or "ok"
