"""Signing in: whose address and password these are, on the pages and for tokens alike."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Account
from service.access.actors import Actor
from service.access.passwords import hash_password, password_fits, wants_rehash
from service.errors import NotSignedIn
from service.queries.accounts import find_account_by_email


def sign_in(session: Session, actor: Actor, email: str, password: str) -> Account:
    """Find the person whose address and password these are, or refuse."""
    account = find_account_by_email(session, actor, email)
    kept = account.password_hash if account is not None else None
    fits = password_fits(kept, password)
    if account is None or not fits or account.confirmed_at is None:
        raise NotSignedIn("wrong_credentials")
    if kept is not None and wants_rehash(kept):
        account.password_hash = hash_password(password)
    return account
