"""A forgotten password, over HTTP."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.passwords import ask_reset, reset_password
from service.schemas.accounts import AddressGiven, PasswordReset, ResetReceived

blueprint = ApiBlueprint("passwords", __name__, url_prefix="/v1", description="Forgotten passwords")


@blueprint.route("/accounts/reset", methods=["POST"])
@door("passwords.reset", writes=True)
@blueprint.arguments(AddressGiven)
@blueprint.response(202, ResetReceived)
def ask_reset_(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, str]:
    """Have a link mailed by which a forgotten password is replaced, within the hour and once."""
    current_app.extensions["limits"].ask_for_mail(body["email"], request.remote_addr)
    ask_reset(session, actor, body["email"], at=session.info["at"])
    return {"status": "reset_sent"}


@blueprint.route("/accounts/reset/confirm", methods=["POST"])
@door("passwords.reset", writes=True)
@blueprint.arguments(PasswordReset)
@blueprint.response(204)
def reset_password_(session: Session, actor: Actor, body: dict[str, Any]) -> None:
    """Choose a new password with the mailed code; all sessions and tokens of the account end."""
    reset_password(session, actor, body["code"], body["password"], at=session.info["at"])
