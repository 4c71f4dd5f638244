"""Reading web sessions: who is signed in with the secret of a cookie."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Account, WebSession
from models.accounts import AccountKind
from service.access.actors import Actor
from service.access.sessions import CODE_WAITS, Stage, idle_time, is_live
from service.errors import NotFound
from service.queries.notices import count_unread
from service.queries.paging import Page, by_id, by_time, take_page
from service.queries.second_factors import find_second_factor, must_have_second_factor
from service.queries.tokens import make_actor


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in person: as operations are told of them, their name, and their session."""

    actor: Actor
    name: str
    session_id: uuid.UUID
    last_seen_at: datetime
    stage: Stage
    # How many notices they have not read, up to as many as anybody counts.
    unread: int


def find_signed_in(
    session: Session, actor: Actor, secret_hash: str, *, demands: bool, at: datetime
) -> SignedIn | None:
    """Find who is signed in with a cookie's secret; None where the session is over.

    The service `demands` a second factor of those who must have one, or leaves it to them.
    """
    row = find_session(session, actor, secret_hash)
    if row is None:
        return None
    account = session.get_one(Account, row.account_id)
    person = make_actor(session, actor, account) if is_live(row, account.kind, at) else None
    if person is None:
        return None
    stage = _stage(session, person, row, demands=demands)
    if stage is Stage.CODE and at - row.created_at >= CODE_WAITS:
        return None
    unread = count_unread(session, person)
    return SignedIn(person, account.name, row.id, row.last_seen_at, stage, unread)


def _stage(session: Session, person: Actor, row: WebSession, *, demands: bool) -> Stage:
    if row.second_factor_at is not None:
        return Stage.WHOLE
    if find_second_factor(session, person, row.account_id) is not None:
        return Stage.CODE
    return Stage.SET_UP if demands and must_have_second_factor(session, person) else Stage.WHOLE


def find_session(session: Session, actor: Actor, secret_hash: str) -> WebSession | None:
    """Find the session of a cookie's secret, live or not."""
    return session.scalar(select(WebSession).where(WebSession.secret_hash == secret_hash))


def list_open_sessions(session: Session, actor: Actor, account_id: uuid.UUID) -> list[WebSession]:
    """List a person's sessions that nobody has ended, last used first; some may have ended by themselves."""
    return list(
        session.scalars(
            select(WebSession)
            .where(WebSession.account_id == account_id, WebSession.revoked_at.is_(None))
            .order_by(WebSession.last_seen_at.desc(), WebSession.id)
        )
    )


def list_own_sessions(
    session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 20, at: datetime
) -> Page[WebSession]:
    """List where the person is signed in at the moment, newest first."""
    keys = [by_time(WebSession.created_at, descending=True), by_id(WebSession.id)]
    return take_page(session, _own(actor, at), keys, cursor, limit)


def get_own_session(session: Session, actor: Actor, session_id: uuid.UUID, *, at: datetime) -> WebSession:
    """Get one of the sessions in which the person is signed in."""
    row = session.scalar(_own(actor, at).where(WebSession.id == session_id))
    if row is None:
        raise NotFound
    return row


def _own(actor: Actor, at: datetime) -> Select[WebSession]:
    return select(WebSession).where(
        WebSession.account_id == actor.account_id,
        WebSession.revoked_at.is_(None),
        WebSession.expires_at > at,
        WebSession.last_seen_at > at - idle_time(AccountKind(actor.kind.value)),
    )
