"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.access.browsers import name_browser
from service.errors import N_
from service.operations.sessions import close_session, open_session
from service.schemas.accounts import SignIn
from service.web.cookies import forget_signed_in, keep_signed_in, signed_in_secret
from service.web.door import guessing, page
from service.web.forms import read_form
from service.web.home import FIRST_PAGES
from service.web.origins import local_path
from service.web.rendering import go, render, tell

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/sign-in")
@page("pages.read")
def show_sign_in(session: Session, actor: Actor) -> Response:  # noqa: ARG001 the same for everybody
    """Ask for address and password."""
    return render("sessions/sign_in.html", next=local_path(request.values.get("next")) or "")


@blueprint.post("/sign-in")
@page("sessions.open", again=show_sign_in)
def sign_in(session: Session, actor: Actor) -> Response:
    """Sign in, and go on to where the person wanted to go."""
    body = read_form(SignIn)
    with guessing(body["email"]):
        opened = open_session(
            session,
            actor,
            body["email"],
            body["password"],
            old=signed_in_secret(),
            browser=name_browser(request.user_agent.string),
            at=session.info["at"],
        )
    wanted = local_path(request.form.get("next"))
    response = go(wanted or FIRST_PAGES.get(opened.person.kind, "/"))
    keep_signed_in(response, opened.secret, opened.ends_at)
    return response


@blueprint.post("/sign-out")
@page("sessions.close")
def sign_out(session: Session, actor: Actor) -> Response:
    """Sign out; the session opens nothing any more, wherever its cookie may be."""
    if secret := signed_in_secret():
        close_session(session, actor, secret, at=session.info["at"])
    response = go("/")
    forget_signed_in(response)
    tell(N_("You are signed out."))
    return response
