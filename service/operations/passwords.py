"""Passwords: a new one instead of the old, or for whoever has forgotten it by a mailed link, good once."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import Account
from models.accounts import CodePurpose
from service.access.actors import Actor
from service.access.passwords import hash_password
from service.access.secrets import digest
from service.errors import FieldError, Invalid
from service.operations.accounts import CODE_DEAD, CODE_LIVES, check_password
from service.operations.address_changes import give_up_address_changes
from service.operations.events import record_event
from service.operations.jobs import order_job
from service.operations.knowing import must_know_password
from service.operations.sessions import close_sessions
from service.operations.tokens import revoke_tokens
from service.queries.accounts import find_account_by_email, find_live_code, list_codes


def ask_reset(session: Session, actor: Actor, email: str, *, at: datetime) -> None:
    """Have a link mailed by which the owner of an address chooses a new password.

    The caller sees no difference where nobody has that address: neither in the answer nor, since a job is
    ordered either way, in its time. The one for nobody finds nobody, and is done.
    """
    account = find_account_by_email(session, actor, email)
    account_id = account.id if account is not None else uuid.uuid4()
    order_job(session, actor, "accounts.mail_reset", {"account_id": str(account_id)}, at=at)


def reset_password(session: Session, actor: Actor, secret: str, password: str, *, at: datetime) -> Account:
    """Choose a new password with the mailed code; whoever was signed in with the old one is so no more.

    Tokens end, too: a person who has lost hold of the account gets hold of all of it. A second factor stays.
    """
    code = find_live_code(session, actor, digest(secret), CodePurpose.RESET, at=at)
    if code is None:
        raise Invalid(FieldError("code", "unknown", CODE_DEAD))
    account = session.get_one(Account, code.account_id, with_for_update=True)
    check_password(password, account.email, account.name)
    account.password_hash = hash_password(password)
    # Links that were mailed before this one may lie in the mailbox still: they open nothing any more.
    life = CODE_LIVES[CodePurpose.RESET]
    for one in list_codes(session, actor, account.id, CodePurpose.RESET, since=at - life):
        one.used_at = one.used_at or at
    give_up_address_changes(session, actor, account, at=at)
    close_sessions(session, actor, account, at=at)
    revoke_tokens(session, actor, account, at=at)
    record_event(session, actor, "account.password_reset", account.id, at=at, centre_id=account.centre_id)
    order_job(session, actor, "accounts.mail_password_changed", {"account_id": str(account.id)}, at=at)
    return account


def change_password(
    session: Session, actor: Actor, current: str, password: str, *, keep: uuid.UUID, at: datetime
) -> None:
    """Choose another password, knowing the one there is; the session to `keep` alone stays open."""
    account = must_know_password(session, actor, current)
    check_password(password, account.email, account.name)
    account.password_hash = hash_password(password)
    give_up_address_changes(session, actor, account, at=at)
    close_sessions(session, actor, account, keep=keep, at=at)
    record_event(session, actor, "account.password_changed", account.id, at=at, centre_id=account.centre_id)
    order_job(session, actor, "accounts.mail_password_changed", {"account_id": str(account.id)}, at=at)
