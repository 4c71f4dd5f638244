"""Knowing one's password: asked once more before what a browser left open must not be enough for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Account
from service.access.actors import Actor
from service.access.passwords import password_fits
from service.errors import N_, FieldError, Invalid
from service.queries.accounts import get_own_account


def must_know_password(session: Session, actor: Actor, password: str) -> Account:
    """Get the person's own account, if they know its password."""
    account = get_own_account(session, actor)
    if not password_fits(account.password_hash, password):
        raise Invalid(FieldError("current_password", "wrong", N_("This is not your password.")))
    return account
