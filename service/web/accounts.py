"""Signing up, and confirming the address."""

from __future__ import annotations

from flask import Blueprint, Response, g, request
from sqlalchemy.orm import Session

from models.accounts import AccountKind
from service.access.actors import Actor
from service.errors import N_
from service.operations.accounts import NewAccount, confirm_account, sign_up
from service.schemas.accounts import AccountNew, CodeGiven
from service.web.door import page
from service.web.forms import posted, read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/sign-up")
@page("pages.read")
def show_sign_up(session: Session, actor: Actor) -> Response:  # noqa: ARG001 the same for everybody
    """Ask for what an account needs."""
    return render("accounts/sign_up.html", kind=request.args.get("as", "volunteer"))


@blueprint.post("/sign-up")
@page("accounts.sign_up", again=show_sign_up)
def sign_up_(session: Session, actor: Actor) -> Response:
    """Sign up; a confirmation is sent to the address."""
    asked = {name: posted(name) for name in ("email", "password", "name", "kind")}
    given = {name: text for name, text in asked.items() if text is not None}
    body = read_form(AccountNew, {**given, "language": g.language})
    new = NewAccount(**{**body, "kind": AccountKind(body["kind"])})
    sign_up(session, actor, new, at=session.info["at"])
    tell(N_("Nearly done: we have sent you a message. Please press the button that its link leads to."))
    return go("/sign-in")


@blueprint.get("/confirm")
@page("pages.read")
def show_confirm(session: Session, actor: Actor) -> Response:  # noqa: ARG001 the same for everybody
    """Offer the button that confirms; opening the link alone does nothing, for mail scanners open it too."""
    return render("accounts/confirm.html", code=request.values.get("code", ""))


@blueprint.post("/confirm")
@page("accounts.confirm", again=show_confirm)
def confirm(session: Session, actor: Actor) -> Response:
    """Confirm the address."""
    confirm_account(session, actor, read_form(CodeGiven)["code"], at=session.info["at"])
    tell(N_("Your address is confirmed. You can sign in now."))
    return go("/sign-in")
