"""Calendars over HTTP: one's placements for one's calendar program, and an organisation's open needs."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, current_app, g
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.access.secrets import digest
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.i18n import say
from service.operations.calendars import end_calendar, renew_calendar_key
from service.queries.calendars import find_calendar_key, read_organisation_calendar, read_own_calendar
from service.schemas.calendars import MIME, CalendarAsked, CalendarLink, CalendarState, write_calendar

blueprint = ApiBlueprint(
    "calendars", __name__, url_prefix="/v1", description="Calendars, as RFC 5545 has them"
)
TEXT = {"type": "string"}
# Open needs are public, and calendar programs ask again and again.
KEPT = "public, max-age=900"


def _base() -> str:
    return str(current_app.extensions["settings"].public_url).rstrip("/")


@blueprint.route("/volunteers/<uuid:volunteer_id>/calendar.ics", methods=["GET"])
@door("calendars.read")
@blueprint.arguments(CalendarAsked, location="query")
@blueprint.response(200, TEXT, content_type=MIME)
def read_own_calendar_(
    session: Session, actor: Actor, asked: dict[str, Any], volunteer_id: uuid.UUID
) -> Response:
    """Read one's placements, by the key in the address or with one's own token."""
    key = asked.get("key")
    found = read_own_calendar(
        session, actor, volunteer_id, digest(key) if key else None, at=session.info["at"]
    )
    name = say(found.language, "My placements")
    text = write_calendar(f"Halfway: {name}", found.entries, base=_base(), language=found.language)
    return _answer(text, "private, no-cache")


@blueprint.route("/organisations/<uuid:organisation_id>/calendar.ics", methods=["GET"])
@door("calendars.read")
@blueprint.response(200, TEXT, content_type=MIME)
def read_organisation_calendar_(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Response:
    """Read the open needs with dates of a verified organisation."""
    organisation, entries = read_organisation_calendar(session, actor, organisation_id, at=session.info["at"])
    return _answer(write_calendar(organisation.name, entries, base=_base(), language=g.language), KEPT)


def _answer(text: bytes, kept: str) -> Response:
    response = Response(text, content_type=f"{MIME}; charset=utf-8")
    response.headers["Cache-Control"] = kept
    response.headers["Content-Disposition"] = 'inline; filename="halfway.ics"'
    response.add_etag()
    return response


@blueprint.route("/volunteers/<uuid:volunteer_id>/calendar-key", methods=["GET"])
@door("calendars.renew")
@blueprint.response(200, CalendarState)
def read_calendar_key(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> dict[str, Any]:
    """Say whether there is a key to one's calendar, and since when."""
    kept = find_calendar_key(session, actor, volunteer_id)
    return {"created_at": kept.created_at if kept else None}


@blueprint.route("/volunteers/<uuid:volunteer_id>/calendar-key", methods=["POST"])
@door("calendars.renew", writes=True)
@blueprint.response(201, CalendarLink)
def renew_calendar_key_(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> dict[str, Any]:
    """Get the address of one's calendar with a new key, shown this once; the old one opens nothing now."""
    at = session.info["at"]
    key = renew_calendar_key(session, actor, volunteer_id, at=at)
    return {"url": f"{_base()}/v1/volunteers/{volunteer_id}/calendar.ics?key={key}", "created_at": at}


@blueprint.route("/volunteers/<uuid:volunteer_id>/calendar-key", methods=["DELETE"])
@door("calendars.renew", writes=True)
@blueprint.response(204)
def end_calendar_(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> None:
    """End one's calendar: its key opens nothing any more."""
    end_calendar(session, actor, volunteer_id, at=session.info["at"])
