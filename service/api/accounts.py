"""Accounts, tokens and "me" over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app, request
from sqlalchemy.orm import Session

from models.accounts import AccountKind
from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.accounts import NewAccount, confirm_account, sign_up
from service.operations.taking_over import take_over_account
from service.operations.tokens import create_token, revoke_token
from service.queries.accounts import describe_me
from service.queries.tokens import list_tokens
from service.schemas.accounts import (
    AccountNew,
    AccountReceived,
    CodeGiven,
    Me,
    TakeOver,
    TokenIssued,
    TokenList,
    TokenNew,
)
from service.schemas.lists import PageAsked

blueprint = ApiBlueprint("accounts", __name__, url_prefix="/v1", description="Accounts and tokens")


@blueprint.route("/accounts", methods=["POST"])
@door("accounts.sign_up", writes=True)
@blueprint.arguments(AccountNew)
@blueprint.response(202, AccountReceived)
def sign_up_(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, str]:
    """Sign up; a confirmation is sent to the address."""
    new = NewAccount(**{**body, "kind": AccountKind(body["kind"])})
    current_app.extensions["limits"].ask_for_mail(new.email, request.remote_addr)
    sign_up(session, actor, new, at=session.info["at"])
    return {"status": "confirmation_sent"}


@blueprint.route("/accounts/confirm", methods=["POST"])
@door("accounts.confirm", writes=True)
@blueprint.arguments(CodeGiven)
@blueprint.response(204)
def confirm_account_(session: Session, actor: Actor, body: dict[str, Any]) -> None:
    """Confirm the address with the code that was mailed to it."""
    confirm_account(session, actor, body["code"], at=session.info["at"])


@blueprint.route("/accounts/take-over", methods=["POST"])
@door("accounts.take_over", writes=True)
@blueprint.arguments(TakeOver)
@blueprint.response(204)
def take_over_account_(session: Session, actor: Actor, body: dict[str, Any]) -> None:
    """Take over the account that a centre has made, with the code that was mailed to its address."""
    take_over_account(session, actor, body["code"], body["password"], at=session.info["at"])


@blueprint.route("/tokens", methods=["POST"])
@door("tokens.create", writes=True)
@blueprint.arguments(TokenNew)
@blueprint.response(201, TokenIssued)
def create_token_(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Get a token of one's own; its text is shown this once."""
    otp, limits = body.get("otp"), current_app.extensions["limits"]
    with limits.guessing(body["email"], request.remote_addr, code=otp is not None):
        issued = create_token(
            session,
            actor,
            body["email"],
            body["password"],
            otp=otp,
            factors=current_app.extensions["second_factors"],
            label=body["label"],
            days=body["expires_in_days"],
            at=session.info["at"],
        )
    return {**vars(issued.token), "token": issued.text}


@blueprint.route("/tokens", methods=["GET"])
@door("tokens.list")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, TokenList)
def list_tokens_(session: Session, actor: Actor, page: dict[str, Any]) -> dict[str, Any]:
    """List one's own live tokens, without their texts."""
    found = list_tokens(session, actor, **page, at=session.info["at"])
    return {"items": found.items, "next_cursor": found.next_cursor}


@blueprint.route("/tokens/<uuid:token_id>", methods=["DELETE"])
@door("tokens.revoke", writes=True)
@blueprint.response(204)
def revoke_token_(session: Session, actor: Actor, token_id: uuid.UUID) -> None:
    """End one of one's own tokens."""
    revoke_token(session, actor, token_id, at=session.info["at"])


@blueprint.route("/me", methods=["GET"])
@door("me.read")
@blueprint.response(200, Me)
def read_me(session: Session, actor: Actor) -> dict[str, Any]:
    """Say who the caller is."""
    return describe_me(session, actor)
