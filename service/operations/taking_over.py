"""Taking over: a volunteer whom a centre has brought makes the account their own."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import Account, Volunteer
from models.accounts import AccountKind, CodePurpose
from service.access.actors import Actor
from service.access.passwords import hash_password
from service.access.secrets import digest
from service.errors import FieldError, Invalid
from service.operations.accounts import CODE_DEAD, check_password, make_account
from service.operations.events import record_event
from service.operations.proposal_orders import order_own_proposals
from service.queries.accounts import find_account_by_email, find_live_code


def invite_to_take_over(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, *, at: datetime
) -> Account | None:
    """Give the account that the volunteer may take over: without a password, open to nobody as yet.

    None where nobody is to be invited: the volunteer has no address or has taken over already, or the
    address has an account of its own.
    """
    volunteer = session.get(Volunteer, volunteer_id, with_for_update=True)
    if volunteer is None or not volunteer.email:
        return None
    if volunteer.account_id is not None:
        account = session.get_one(Account, volunteer.account_id)
        return account if account.confirmed_at is None else None
    if find_account_by_email(session, actor, volunteer.email) is not None:
        return None
    account = make_account(
        session, actor, volunteer.email, volunteer.name, AccountKind.VOLUNTEER,
        language=volunteer.language, centre_id=volunteer.centre_id, at=at,
    )  # fmt: skip
    session.flush()  # the volunteer points to the account, which must be there first
    volunteer.account_id = account.id
    return account


def take_over_account(session: Session, actor: Actor, secret: str, password: str, *, at: datetime) -> Account:
    """Make the account one's own with the mailed code and a password; the code proves the address too."""
    code = find_live_code(session, actor, digest(secret), CodePurpose.TAKE_OVER, at=at)
    account = session.get_one(Account, code.account_id, with_for_update=True) if code else None
    # A second invitation may still lie in the mailbox: it opens nothing once there is a password.
    if code is None or account is None or account.confirmed_at is not None:
        raise Invalid(FieldError("code", "unknown", CODE_DEAD))
    check_password(password, account.email, account.name)
    account.password_hash = hash_password(password)
    account.confirmed_at = code.used_at = at
    record_event(session, actor, "account.taken_over", account.id, at=at, centre_id=account.centre_id)
    order_own_proposals(session, actor, account, at=at)
    return account
