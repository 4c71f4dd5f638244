"""Making and revoking API tokens; a token is shown once and kept as a hash."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Account, Centre, Token
from models.accounts import TOKEN_DAYS, TokenKind
from service.access.actors import Actor
from service.access.second_factors import SecondFactorRule
from service.access.secrets import make_token
from service.errors import NotSignedIn
from service.operations.events import record_event
from service.operations.second_factors import check_otp
from service.operations.signing_in import sign_in
from service.queries.tokens import get_token, list_live_tokens, make_actor


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token's row, and its text for the only time that it is known."""

    token: Token
    text: str


def create_token(
    session: Session,
    actor: Actor,
    email: str,
    password: str,
    *,
    otp: str | None = None,
    factors: SecondFactorRule,
    label: str = "",
    days: int = TOKEN_DAYS,
    at: datetime,
) -> IssuedToken:
    """Give a person their own token for their address, their password and, where they have one, an otp.

    Whether the address or the password was wrong cannot be told, by the answer or by its time.
    """
    account = sign_in(session, actor, email, password)
    owner = make_actor(session, actor, account)
    if owner is None:
        raise NotSignedIn("wrong_credentials")
    check_otp(session, owner, account, otp, rule=factors, at=at)
    return issue_own_token(session, owner, account, label=label, days=days, at=at)


def issue_own_token(
    session: Session, actor: Actor, account: Account, *, label: str, days: int, at: datetime
) -> IssuedToken:
    """Issue a token that speaks for a person."""
    issued = _issue(session, account.kind.value, label, [], days, at)
    issued.token.account_id = account.id
    record_event(session, actor, "token.issued", issued.token.id, at=at, centre_id=account.centre_id)
    return issued


def issue_centre_token(
    session: Session,
    actor: Actor,
    centre: Centre,
    scopes: list[str],
    *,
    label: str = "",
    days: int = TOKEN_DAYS,
    at: datetime,
) -> IssuedToken:
    """Issue a token for a centre's own systems; no scope of it decides for a volunteer."""
    issued = _issue(session, "centre", label, sorted(set(scopes)), days, at)
    issued.token.centre_id = centre.id
    record_event(session, actor, "token.issued", issued.token.id, at=at, centre_id=centre.id)
    return issued


def _issue(
    session: Session, kind: str, label: str, scopes: list[str], days: int, at: datetime
) -> IssuedToken:
    new = make_token(kind)
    token = Token(
        id=uuid.uuid4(),
        kind=TokenKind(kind),
        short_id=new.short_id,
        secret_hash=new.secret_hash,
        label=label,
        scopes=scopes,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(token)
    return IssuedToken(token, new.text)


def revoke_token(session: Session, actor: Actor, token_id: uuid.UUID, *, at: datetime) -> None:
    """End one of the person's own tokens; ending it twice is no mistake."""
    token = get_token(session, actor, token_id)
    if token.revoked_at is None:
        _end(session, actor, token, actor.centre_id, at)


def revoke_tokens(session: Session, actor: Actor, account: Account, *, at: datetime) -> None:
    """End all tokens that speak for a person."""
    for token in list_live_tokens(session, actor, account.id, at=at):
        _end(session, actor, token, account.centre_id, at)


def _end(session: Session, actor: Actor, token: Token, centre_id: uuid.UUID | None, at: datetime) -> None:
    token.revoked_at = at
    record_event(session, actor, "token.revoked", token.id, at=at, centre_id=centre_id)


def remember_use(session: Session, actor: Actor, *, at: datetime) -> None:
    """Note the day on which the actor's token was last used."""
    if actor.token_id is not None and (token := session.get(Token, actor.token_id)):
        token.last_used_on = at.date()
