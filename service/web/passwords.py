"""A forgotten password: asking for a link, and choosing a new one on the page that it opens."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.errors import N_
from service.operations.passwords import ask_reset, reset_password
from service.schemas.accounts import AddressGiven, PasswordReset
from service.web.cookies import forget_signed_in
from service.web.door import page
from service.web.forms import read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("passwords", __name__)


@blueprint.get("/forgotten")
@page("pages.read")
def show_forgotten(session: Session, actor: Actor) -> Response:  # noqa: ARG001 the same for everybody
    """Ask for the address that the link is sent to."""
    return render("passwords/forgotten.html")


@blueprint.post("/forgotten")
@page("passwords.reset", again=show_forgotten)
def ask(session: Session, actor: Actor) -> Response:
    """Send the link, and say the same where nobody has that address."""
    email = read_form(AddressGiven)["email"]
    current_app.extensions["limits"].ask_for_mail(email, request.remote_addr)
    ask_reset(session, actor, email, at=session.info["at"])
    tell(N_("If there is an account with this address, we have sent it a link. It works for one hour."))
    return go("/sign-in")


@blueprint.get("/reset")
@page("pages.read")
def show_reset(session: Session, actor: Actor) -> Response:  # noqa: ARG001 the same for everybody
    """Ask for the new password; opening the link alone does nothing, for mail scanners open it too."""
    return render("passwords/reset.html", code=request.values.get("code", ""))


@blueprint.post("/reset")
@page("passwords.reset", again=show_reset)
def reset(session: Session, actor: Actor) -> Response:
    """Choose the new password; this browser is signed out like all others."""
    body = read_form(PasswordReset)
    reset_password(session, actor, body["code"], body["password"], at=session.info["at"])
    response = go("/sign-in")
    forget_signed_in(response)
    tell(N_("Your password is changed, and you are signed out everywhere. Sign in with the new one."))
    return response
