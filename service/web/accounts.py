"""Signing up, and confirming the address."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, request
from sqlalchemy.orm import Session

from models.accounts import AccountKind
from service.access.actors import Actor
from service.errors import N_
from service.operations.accounts import NewAccount, confirm_account, sign_up
from service.operations.taking_over import take_over_account
from service.schemas.accounts import AccountNew, CodeGiven, TakeOver
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
    current_app.extensions["limits"].ask_for_mail(new.email, request.remote_addr)
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


@blueprint.get("/take-over")
@page("pages.read")
def show_take_over(session: Session, actor: Actor) -> Response:  # noqa: ARG001 the same for everybody
    """Ask whom a centre has brought for a password of their own."""
    return render("accounts/take_over.html", code=request.values.get("code", ""))


@blueprint.post("/take-over")
@page("accounts.take_over", again=show_take_over)
def take_over(session: Session, actor: Actor) -> Response:
    """Make the account one's own."""
    body = read_form(TakeOver)
    take_over_account(session, actor, body["code"], body["password"], at=session.info["at"])
    tell(N_("The account is yours. You can sign in now."))
    return go("/sign-in")
