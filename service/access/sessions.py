"""How long a signed-in browser stays so: a while without a request, and a while in all."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from models import WebSession
from models.accounts import AccountKind

# Who sees other people's contact is asked to sign in again sooner.
IDLE = {AccountKind.VOLUNTEER: timedelta(hours=12)}
WHOLE = {AccountKind.VOLUNTEER: timedelta(days=14)}
IDLE_OF_OTHERS, WHOLE_OF_OTHERS = timedelta(minutes=30), timedelta(hours=12)
# How exactly the last request is remembered: a write for each one would be too dear.
SEEN_WITHIN = timedelta(minutes=1)


# How long a password alone keeps a session open that waits for a code.
CODE_WAITS = timedelta(minutes=10)


class Stage(StrEnum):
    """How far a person is in signing in."""

    WHOLE = "whole"
    # A code of the second factor is still to be shown.
    CODE = "code"
    # A second factor is still to be set up, for this person must have one.
    SET_UP = "set_up"


def ends_at(kind: AccountKind, opened: datetime) -> datetime:
    """Say when a session ends, however much it is used."""
    return opened + WHOLE.get(kind, WHOLE_OF_OTHERS)


def idle_time(kind: AccountKind) -> timedelta:
    """Say after how long without a request a session ends."""
    return IDLE.get(kind, IDLE_OF_OTHERS)


def is_live(row: WebSession, kind: AccountKind, at: datetime) -> bool:
    """Say whether the session still opens anything."""
    return row.revoked_at is None and at < row.expires_at and at - row.last_seen_at < idle_time(kind)
