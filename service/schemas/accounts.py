"""Accounts, tokens and the caller's own face, as they look outside."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from models.accounts import MOST_TOKEN_DAYS, TOKEN_DAYS, AccountKind
from service.access.policy import SCOPES
from service.i18n import DEFAULT, LANGUAGES
from service.schemas.fields import Email, Id, Moment, OneOf, Schema, Several, Text, Whole
from service.schemas.lists import list_of


class AccountNew(Schema):
    """What a person says when signing up."""

    email = Email(required=True)
    password = Text(least=1, most=256, required=True, load_only=True)
    name = Text(least=1, most=200, required=True)
    kind = OneOf(("volunteer", "coordinator"), required=True)
    language = OneOf(LANGUAGES, load_default=DEFAULT, allow_none=True)
    centre = Text(
        least=1,
        most=200,
        load_default=None,
        allow_none=True,
        metadata={"description": "A centre's name or id; the only one is meant where none is named"},
    )

    @post_load
    def fill(self, body: dict[str, Any], **_: object) -> dict[str, Any]:
        """Take a null like what was left out."""
        return {**body, "language": body["language"] or DEFAULT}


class AccountOpened(AccountNew):
    """What an operator says about a person whose address needs no confirming."""

    kind = OneOf(AccountKind, required=True)


class AccountReceived(Schema):
    """The answer to a sign-up: the same whether the address is known or not."""

    status = OneOf(("confirmation_sent",), required=True)


class CodeGiven(Schema):
    """A code out of a mail."""

    code = Text(least=1, most=200, required=True)


class SignIn(Schema):
    """What a person shows to sign in."""

    email = Email(required=True)
    password = Text(least=1, most=256, required=True, load_only=True)


class TakeOver(CodeGiven):
    """A code out of an invitation, and the password that its reader chooses."""

    password = Text(least=1, most=256, required=True, load_only=True)


class AddressGiven(Schema):
    """A mail address, known here or not."""

    email = Email(required=True)


class ResetReceived(Schema):
    """The answer to a forgotten password: the same whether the address is known or not."""

    status = OneOf(("reset_sent",), required=True)


class PasswordReset(CodeGiven):
    """A code out of a mail, and the password that its reader chooses."""

    password = Text(least=1, most=256, required=True, load_only=True)


class PasswordChanged(Schema):
    """The password there is, and the one that takes its place."""

    current_password = Text(least=1, most=256, required=True, load_only=True)
    password = Text(least=1, most=256, required=True, load_only=True)


class PasswordSaid(Schema):
    """The password there is, said once more before something that it guards."""

    current_password = Text(least=1, most=256, required=True, load_only=True)


class AddressWanted(PasswordSaid):
    """Another mail address, and the password there is."""

    email = Email(required=True)


class SessionShown(Schema):
    """A browser in which the person is signed in to the pages."""

    id = Id(required=True)
    browser = Text(
        most=40,
        allow_none=True,
        required=True,
        metadata={"description": "Roughly which one, as it called itself"},
    )
    created_at = Moment(required=True)
    last_seen_at = Moment(required=True)
    expires_at = Moment(required=True)


SessionList = list_of("SessionList", SessionShown)


class TokenNew(Schema):
    """What a person shows to get a token of their own."""

    email = Email(required=True)
    password = Text(least=1, most=256, required=True, load_only=True)
    otp = Text(
        most=40,
        allow_none=True,
        metadata={"description": "The code of the second factor, or a recovery code, where there is one"},
    )
    label = Text(most=100, load_default="", allow_none=True)
    expires_in_days = Whole(least=1, most=MOST_TOKEN_DAYS, load_default=TOKEN_DAYS, allow_none=True)

    @post_load
    def fill(self, body: dict[str, Any], **_: object) -> dict[str, Any]:
        """Take a null like what was left out."""
        days = body["expires_in_days"] or TOKEN_DAYS
        return {**body, "label": body["label"] or "", "expires_in_days": days}


class TokenShown(Schema):
    """A token without its secret."""

    id = Id(required=True)
    kind = OneOf(("volunteer", "coordinator", "staff", "operator", "centre"), required=True)
    label = Text(most=100, required=True)
    scopes = Several(OneOf(SCOPES), most=100, required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True)
    last_used_on = Text(most=10, allow_none=True, required=True)


class TokenIssued(TokenShown):
    """A new token, with its text for the only time."""

    token = Text(most=200, required=True)


TokenList = list_of("TokenList", TokenShown)


class Me(Schema):
    """Who the caller is."""

    account_id = Id(allow_none=True, required=True)
    email = Text(most=254, allow_none=True, required=True)
    kind = OneOf(("volunteer", "coordinator", "staff", "operator", "centre"), required=True)
    name = Text(most=200, allow_none=True, required=True)
    volunteer_id = Id(allow_none=True, required=True)
    organisation_ids = Several(Id(), most=1000, required=True)
    centre_id = Id(allow_none=True, required=True)
    scopes = Several(OneOf(SCOPES), most=100, required=True)
    language = OneOf(LANGUAGES, required=True)
