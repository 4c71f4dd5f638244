"""The volunteer's profile: read, and changed by the person themselves."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.errors import N_
from service.operations.volunteers import change_volunteer
from service.queries.volunteers import get_volunteer
from service.schemas.volunteers import LANGUAGE_LEVELS, VolunteerChanged
from service.web.door import page
from service.web.formats import week
from service.web.forms import Refused, read_form
from service.web.profiles import profile_kept, profile_posted
from service.web.rendering import go, render, tell

blueprint = Blueprint("volunteers", __name__)


@blueprint.get("/profile")
@page("pages.profile")
def show(session: Session, actor: Actor) -> Response:
    """Show the volunteer's profile as a form."""
    volunteer = get_volunteer(session, actor, cast(UUID, actor.volunteer_id))
    kept = profile_kept(volunteer, Refused())
    return render(
        "volunteers/profile.html", volunteer=volunteer, kept=kept, week=week(), levels=LANGUAGE_LEVELS
    )


@blueprint.post("/profile")
@page("pages.profile", again=show)
def change(session: Session, actor: Actor) -> Response:
    """Keep what the volunteer says about themselves, and look for what suits them now."""
    fields = read_form(VolunteerChanged, profile_posted())
    change_volunteer(session, actor, cast(UUID, actor.volunteer_id), fields, at=session.info["at"])
    tell(N_("Saved. This is what suits you now."))
    return go("/proposals")
