"""Reading API tokens, and the actor that a token stands for."""

from __future__ import annotations

import uuid
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Coordinator, Token
from models.accounts import AccountKind
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.paging import Page, by_id, by_time, take_page
from service.queries.volunteers import find_volunteer_id_of


def find_actor_by_token(
    session: Session,
    actor: Actor,
    short_id: str,
    secret_hash: str,
    *,
    at: datetime,
) -> Actor | None:
    """Find whom a live token speaks for: a confirmed person, or a centre."""
    token = session.scalar(select(Token).where(Token.short_id == short_id))
    if token is None or not compare_digest(token.secret_hash, secret_hash) or not token.is_live(at):
        return None
    if token.centre_id is not None:
        return Actor(
            ActorKind.CENTRE,
            centre_id=token.centre_id,
            scopes=frozenset(token.scopes),
            token_id=token.id,
            token_used_on=token.last_used_on,
        )
    account = session.get_one(Account, token.account_id)
    return make_actor(session, actor, account, token)


def make_actor(
    session: Session,
    actor: Actor,
    account: Account,
    token: Token | None = None,
) -> Actor | None:
    """Make the actor of a signed-in person; None for one who never confirmed the address."""
    if account.confirmed_at is None:
        return None
    volunteer_id, organisation_ids = None, frozenset[uuid.UUID]()
    if account.kind is AccountKind.VOLUNTEER:
        volunteer_id = find_volunteer_id_of(session, actor, account.id)
    elif account.kind is AccountKind.COORDINATOR:
        organisation_ids = frozenset(
            session.scalars(select(Coordinator.organisation_id).where(Coordinator.account_id == account.id))
        )
    return Actor(
        ActorKind(account.kind.value),
        language=account.language,
        account_id=account.id,
        volunteer_id=volunteer_id,
        centre_id=account.centre_id,
        organisation_ids=organisation_ids,
        token_id=token.id if token else None,
        token_used_on=token.last_used_on if token else None,
    )


def list_tokens(
    session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 20, at: datetime
) -> Page[Token]:
    """List the person's own live tokens, newest first."""
    statement = select(Token).where(
        Token.account_id == actor.account_id, Token.revoked_at.is_(None), Token.expires_at > at
    )
    keys = [by_time(Token.created_at, descending=True), by_id(Token.id)]
    return take_page(session, statement, keys, cursor, limit)


def get_token(session: Session, actor: Actor, token_id: uuid.UUID) -> Token:
    """Get one of the person's own tokens."""
    token = session.scalar(select(Token).where(Token.id == token_id, Token.account_id == actor.account_id))
    if token is None:
        raise NotFound
    return token


def list_live_tokens(session: Session, actor: Actor, account_id: uuid.UUID, *, at: datetime) -> list[Token]:
    """List all tokens that speak for a person at the moment."""
    return list(
        session.scalars(
            select(Token).where(
                Token.account_id == account_id, Token.revoked_at.is_(None), Token.expires_at > at
            )
        )
    )
