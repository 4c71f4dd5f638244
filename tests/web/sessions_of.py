"""A signed-in browser as a row, for tests that need no cookie."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import Account, WebSession
from service.access.secrets import digest, make_secret
from tests.making import time_of


def open_session_of(session: Session, account: Account, **over: Any) -> WebSession:
    """Sign a person in; what is said overrides what is usual."""
    at = time_of(session)
    values = {
        "account_id": account.id,
        "secret_hash": digest(make_secret()),
        "created_at": at,
        "last_seen_at": at,
        "expires_at": at + timedelta(hours=1),
        "browser": "Firefox, Linux",
    }
    row = WebSession(**{**values, **over})
    session.add(row)
    session.flush()
    return row
