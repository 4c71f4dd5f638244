"""Changing one's mail address: asked for with the password, confirmed at the new one, told to the old one."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Account, AddressChange, Volunteer
from models.accounts import CodePurpose
from service.access.actors import Actor
from service.access.secrets import digest, make_secret
from service.errors import FieldError, Invalid
from service.operations.accounts import CODE_DEAD, CODE_LIVES
from service.operations.events import record_event
from service.operations.jobs import order_job
from service.operations.knowing import must_know_password
from service.operations.sessions import close_sessions
from service.queries.accounts import find_account_by_email, fold_email, list_codes
from service.queries.address_changes import find_live_address_change, list_open_address_changes
from service.queries.volunteers import find_volunteer_id_of

CHANGE_LIVES = timedelta(days=1)


def ask_address_change(session: Session, actor: Actor, password: str, email: str, *, at: datetime) -> None:
    """Have a code mailed to the new address, and a word to the old one; nothing has changed yet.

    Whether the new address has an account already is told to its owner, and to nobody else.
    """
    account = must_know_password(session, actor, password)
    give_up_address_changes(session, actor, account, at=at)
    change = AddressChange(
        id=uuid.uuid4(),
        account_id=account.id,
        old_email=account.email,
        new_email=email.strip(),
        created_at=at,
        expires_at=at + CHANGE_LIVES,
    )
    session.add(change)
    record_event(session, actor, "address_change.asked", change.id, at=at, centre_id=account.centre_id)
    for kind in ("accounts.mail_address_code", "accounts.mail_address_asked"):
        order_job(session, actor, kind, {"change_id": str(change.id)}, at=at)


def renew_address_code(session: Session, actor: Actor, change: AddressChange) -> str:
    """Make the code to be mailed to the new address; only its hash stays here, and one before it is dead."""
    secret = make_secret()
    change.code_hash = digest(secret)
    return secret


def confirm_address_change(session: Session, actor: Actor, secret: str, *, at: datetime) -> Account:
    """Take the mailed code as proof that the new address is the person's own: they sign in with it."""
    change = find_live_address_change(session, actor, digest(secret), at=at)
    taken = find_account_by_email(session, actor, change.new_email) if change is not None else None
    if change is None or (taken is not None and taken.id != change.account_id):
        raise Invalid(FieldError("code", "unknown", CODE_DEAD))
    account = session.get_one(Account, change.account_id, with_for_update=True)
    change.used_at = at
    _write_address(session, actor, account, change.new_email)
    # What lies in the old mailbox must not open the account any more.
    since = at - CODE_LIVES[CodePurpose.RESET]
    for one in list_codes(session, actor, account.id, CodePurpose.RESET, since=since):
        one.used_at = one.used_at or at
    close_sessions(session, actor, account, at=at)
    record_event(session, actor, "account.address_changed", account.id, at=at, centre_id=account.centre_id)
    order_job(session, actor, "accounts.mail_address_changed", {"change_id": str(change.id)}, at=at)
    return account


def _write_address(session: Session, actor: Actor, account: Account, email: str) -> None:
    volunteer_id = find_volunteer_id_of(session, actor, account.id)
    volunteer = session.get(Volunteer, volunteer_id) if volunteer_id else None
    if volunteer is not None:
        volunteer.email = email
    account.email, account.email_folded = email, fold_email(email)


def give_up_address_changes(session: Session, actor: Actor, account: Account, *, at: datetime) -> None:
    """Let no earlier wish move the account: there is a newer one, or its owner has taken hold of it."""
    for one in list_open_address_changes(session, actor, account.id):
        one.used_at = at
