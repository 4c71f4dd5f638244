"""Signing in and out of the pages: a session is a row, its cookie holds the secret of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import Account, WebSession
from service.access.actors import Actor
from service.access.secrets import digest, make_secret
from service.access.sessions import ends_at
from service.errors import NotSignedIn
from service.operations.events import record_event
from service.operations.signing_in import sign_in
from service.queries.accounts import get_own_account
from service.queries.sessions import find_session, get_own_session, list_open_sessions
from service.queries.tokens import make_actor


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session's secret, for the only time that it is known, and who has signed in."""

    secret: str
    person: Actor
    ends_at: datetime


def open_session(
    session: Session,
    actor: Actor,
    email: str,
    password: str,
    *,
    old: str | None = None,
    browser: str | None = None,
    at: datetime,
) -> OpenedSession:
    """Sign a person in with a new secret; an `old` one that the browser brought opens nothing any more."""
    account = sign_in(session, actor, email, password)
    person = make_actor(session, actor, account)
    if person is None:
        raise NotSignedIn("wrong_credentials")
    if old is not None:
        close_session(session, person, old, at=at)
    secret = make_secret()
    row = WebSession(
        id=uuid.uuid4(),
        account_id=account.id,
        secret_hash=digest(secret),
        created_at=at,
        last_seen_at=at,
        expires_at=ends_at(account.kind, at),
        browser=browser,
    )
    session.add(row)
    record_event(session, person, "session.opened", row.id, at=at, centre_id=person.centre_id)
    return OpenedSession(secret, person, row.expires_at)


def close_session(session: Session, actor: Actor, secret: str, *, at: datetime) -> None:
    """Sign a browser out; doing it twice is no mistake."""
    row = find_session(session, actor, digest(secret))
    if row is not None:
        _end(session, actor, row, actor.centre_id, at)


def close_sessions(
    session: Session, actor: Actor, account: Account, *, keep: uuid.UUID | None = None, at: datetime
) -> None:
    """Sign a person out everywhere, or everywhere but in the session to `keep`."""
    for row in list_open_sessions(session, actor, account.id):
        if row.id != keep:
            _end(session, actor, row, account.centre_id, at)


def end_session(session: Session, actor: Actor, session_id: uuid.UUID, *, at: datetime) -> None:
    """Sign the person out in one of their browsers, from another one."""
    _end(session, actor, get_own_session(session, actor, session_id, at=at), actor.centre_id, at)


def end_sessions(session: Session, actor: Actor, *, keep: uuid.UUID | None = None, at: datetime) -> None:
    """Sign the person out everywhere, or everywhere but in the browser in front of them."""
    close_sessions(session, actor, get_own_account(session, actor), keep=keep, at=at)


def rotate_session(session: Session, actor: Actor, session_id: uuid.UUID, *, at: datetime) -> OpenedSession:
    """Give a session a new secret: whoever got hold of the old one before it was worth more has nothing."""
    row, secret = get_own_session(session, actor, session_id, at=at), make_secret()
    row.secret_hash = digest(secret)
    return OpenedSession(secret, actor, row.expires_at)


def _end(session: Session, actor: Actor, row: WebSession, centre_id: uuid.UUID | None, at: datetime) -> None:
    if row.revoked_at is None:
        row.revoked_at = at
        record_event(session, actor, "session.closed", row.id, at=at, centre_id=centre_id)


def remember_visit(session: Session, actor: Actor, session_id: uuid.UUID, *, at: datetime) -> None:
    """Note when the browser was last seen, so that the session goes on."""
    if row := session.get(WebSession, session_id):
        row.last_seen_at = at


def choose_language(session: Session, actor: Actor, language: str) -> None:
    """Speak to the person in this language from now on, in mail too."""
    if actor.account_id is not None:
        session.get_one(Account, actor.account_id).language = language
