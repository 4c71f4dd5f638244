"""The start page, where each kind of person goes on from it, and the choice of a language."""

from __future__ import annotations

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.i18n import LANGUAGES
from service.operations.sessions import choose_language
from service.web.cookies import keep_language
from service.web.door import page
from service.web.origins import local_path
from service.web.rendering import go, render

blueprint = Blueprint("home", __name__)
FIRST_PAGES = {
    ActorKind.VOLUNTEER: "/proposals",
    ActorKind.COORDINATOR: "/organisation",
    ActorKind.STAFF: "/staff/organisations",
}


@blueprint.get("/")
@page("pages.read")
def show(session: Session, actor: Actor) -> Response:  # noqa: ARG001 a page that knows nothing
    """Say what this is, in one screen."""
    return render("home.html")


@blueprint.post("/language")
@page("pages.read", again=show)
def choose(session: Session, actor: Actor) -> Response:
    """Speak another language from now on."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        raise NotFound
    choose_language(session, actor, language)
    response = go(local_path(request.form.get("next")) or "/")
    keep_language(response, language)
    return response
