"""Another mail address, over HTTP."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.address_changes import ask_address_change, confirm_address_change
from service.schemas.accounts import AccountReceived, AddressWanted, CodeGiven

blueprint = ApiBlueprint("address_changes", __name__, url_prefix="/v1", description="Changes of address")


@blueprint.route("/accounts/address", methods=["POST"])
@door("addresses.change", writes=True)
@blueprint.arguments(AddressWanted)
@blueprint.response(202, AccountReceived)
def ask_address_change_(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, str]:
    """Have a code mailed to one's new address; nothing changes until it is given back."""
    limits, who = current_app.extensions["limits"], str(actor.account_id)
    limits.ask_for_mail(who, request.remote_addr)
    with limits.guessing(who, request.remote_addr):
        ask_address_change(session, actor, body["current_password"], body["email"], at=session.info["at"])
    return {"status": "confirmation_sent"}


@blueprint.route("/accounts/address/confirm", methods=["POST"])
@door("addresses.confirm", writes=True)
@blueprint.arguments(CodeGiven)
@blueprint.response(204)
def confirm_address_change_(session: Session, actor: Actor, body: dict[str, Any]) -> None:
    """Confirm the new address with the code that was mailed to it; all sessions of the account end."""
    confirm_address_change(session, actor, body["code"], at=session.info["at"])
