"""The volunteer's calendar: its address for their calendar program, shown once, and how to make it anew."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import Blueprint, Response, current_app
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.errors import N_
from service.operations.calendars import end_calendar, renew_calendar_key
from service.queries.calendars import find_calendar_key
from service.web.door import page
from service.web.rendering import go, render, tell

blueprint = Blueprint("calendars", __name__)


@blueprint.get("/calendar")
@page("calendars.renew")
def show(session: Session, actor: Actor) -> Response:
    """Say whether there is an address, and offer a new one."""
    kept = find_calendar_key(session, actor, cast(UUID, actor.volunteer_id))
    return render("calendars/own.html", kept=kept, address=None)


@blueprint.post("/calendar")
@page("calendars.renew", again=show)
def renew(session: Session, actor: Actor) -> Response:
    """Show a new address; it is not kept, so it stands on this one answer only."""
    volunteer_id = cast(UUID, actor.volunteer_id)
    key = renew_calendar_key(session, actor, volunteer_id, at=session.info["at"])
    base = str(current_app.extensions["settings"].public_url).rstrip("/")
    address = f"{base}/v1/volunteers/{volunteer_id}/calendar.ics?key={key}"
    return render("calendars/own.html", kept=find_calendar_key(session, actor, volunteer_id), address=address)


@blueprint.post("/calendar/end")
@page("calendars.renew", again=show)
def end(session: Session, actor: Actor) -> Response:
    """End the address: nobody reads the calendar by it any more."""
    end_calendar(session, actor, cast(UUID, actor.volunteer_id), at=session.info["at"])
    tell(N_("The address opens nothing any more."))
    return go("/calendar")
