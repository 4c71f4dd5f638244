"""Another mail address: asking for it, and confirming it on the page that the mailed link opens."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.errors import N_
from service.operations.address_changes import ask_address_change, confirm_address_change
from service.queries.accounts import get_own_account
from service.schemas.accounts import AddressWanted, CodeGiven
from service.web.cookies import forget_signed_in
from service.web.door import guessing, page
from service.web.forms import read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("address_changes", __name__)


@blueprint.get("/account/address")
@page("addresses.change")
def show(session: Session, actor: Actor) -> Response:
    """Ask for the new address, and for the password."""
    return render("address_changes/ask.html", account=get_own_account(session, actor))


@blueprint.post("/account/address")
@page("addresses.change", again=show)
def ask(session: Session, actor: Actor) -> Response:
    """Send the code to the new address."""
    body = read_form(AddressWanted)
    current_app.extensions["limits"].ask_for_mail(str(actor.account_id), request.remote_addr)
    with guessing(actor.account_id):
        ask_address_change(session, actor, body["current_password"], body["email"], at=session.info["at"])
    tell(N_("We have sent a message to the new address. Nothing changes until you press its button."))
    return go("/account")


@blueprint.get("/address")
@page("pages.read")
def show_confirm(session: Session, actor: Actor) -> Response:  # noqa: ARG001 the same for everybody
    """Offer the button that confirms; opening the link alone does nothing, for mail scanners open it too."""
    return render("address_changes/confirm.html", code=request.values.get("code", ""))


@blueprint.post("/address")
@page("addresses.confirm", again=show_confirm)
def confirm(session: Session, actor: Actor) -> Response:
    """Confirm the new address; the person signs in with it from now on."""
    confirm_address_change(session, actor, read_form(CodeGiven)["code"], at=session.info["at"])
    response = go("/sign-in")
    forget_signed_in(response)
    tell(N_("Your address is changed, and you are signed out everywhere. Sign in with the new one."))
    return response
