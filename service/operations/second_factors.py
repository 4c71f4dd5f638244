"""Second factors: setting one up, showing its codes, recovery codes, and taking it away."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import Account, RecoveryCode, SecondFactor, WebSession
from service.access.actors import Actor
from service.access.second_factors import (
    SecondFactorRule,
    device_key,
    digest_recovery_code,
    find_step,
    make_recovery_codes,
)
from service.access.secrets import make_secret
from service.errors import N_, FieldError, Invalid, NotFound, NotSignedIn, Refusal
from service.operations.events import record_event
from service.operations.jobs import order_job
from service.operations.sessions import close_sessions
from service.queries.accounts import get_own_account
from service.queries.second_factors import (
    find_begun_second_factor,
    find_recovery_code,
    find_second_factor,
    list_recovery_codes,
    must_have_second_factor,
)

CODE_WRONG = N_("This code is wrong, too old, or was used already. Wait for the next one.")


def begin_second_factor(session: Session, actor: Actor, account: Account, *, at: datetime) -> SecondFactor:
    """Make the key of a device to be; nothing is asked of it until its first code was shown."""
    found = find_begun_second_factor(session, actor, account.id, lock=True)
    if found is not None and found.confirmed_at is not None:
        raise NotFound
    if found is None:
        found = SecondFactor(id=uuid.uuid4(), account_id=account.id)
        session.add(found)
    found.salt, found.created_at, found.last_step = make_secret(), at, None
    return found


def confirm_second_factor(
    session: Session, actor: Actor, code: str, *, key: str, keep: uuid.UUID, at: datetime
) -> list[str]:
    """Take the first code as proof that the device works; give the recovery codes, shown this once.

    All sessions but the one to `keep` end, and that one has shown its second factor.
    """
    account = get_own_account(session, actor)
    found = find_begun_second_factor(session, actor, account.id, lock=True)
    if found is None or found.confirmed_at is not None:
        raise NotFound
    if not _takes(found, code, key, at):
        raise Invalid(FieldError("code", "wrong", CODE_WRONG))
    found.confirmed_at = at
    session.get_one(WebSession, keep).second_factor_at = at
    close_sessions(session, actor, account, keep=keep, at=at)
    _tell(session, actor, account, "added", at)
    return _make_codes(session, actor, account, at)


def show_second_factor(
    session: Session, actor: Actor, code: str, session_id: uuid.UUID, *, key: str, at: datetime
) -> None:
    """Finish signing in to the pages with a code of the device, or with a recovery code."""
    account = get_own_account(session, actor)
    if not take_code(session, actor, account, code, key=key, at=at):
        raise Invalid(FieldError("code", "wrong", CODE_WRONG))
    session.get_one(WebSession, session_id).second_factor_at = at


def check_otp(
    session: Session,
    actor: Actor,
    account: Account,
    otp: str | None,
    *,
    rule: SecondFactorRule,
    at: datetime,
) -> None:
    """Let a person have a token whose second factor is shown, or who needs none."""
    if find_second_factor(session, actor, account.id) is None:
        if rule.demanded and must_have_second_factor(session, actor):
            raise Refusal("second_factor_missing")
    elif not otp:
        raise NotSignedIn("otp_missing")
    elif not take_code(session, actor, account, otp, key=rule.key, at=at):
        raise NotSignedIn("otp_wrong")


def take_code(session: Session, actor: Actor, account: Account, code: str, *, key: str, at: datetime) -> bool:
    """Say whether a code opens the account: one of its device, or a recovery code; each does so once."""
    found = find_second_factor(session, actor, account.id, lock=True)
    if found is None:
        return False
    if _takes(found, code, key, at):
        record_event(session, actor, "second_factor.shown", account.id, at=at, centre_id=account.centre_id)
        return True
    spare = find_recovery_code(session, actor, account.id, digest_recovery_code(code))
    if spare is None:
        return False
    spare.used_at = at
    _tell(session, actor, account, "recovered", at)
    return True


def _takes(found: SecondFactor, code: str, key: str, at: datetime) -> bool:
    device = device_key(key, found.account_id, found.salt)
    step = find_step(device, code, found.last_step, at=at)
    if step is not None:
        found.last_step = step
    return step is not None


def renew_recovery_codes(session: Session, actor: Actor, account: Account, *, at: datetime) -> list[str]:
    """Make new recovery codes, shown this once; those there were open nothing any more."""
    if find_second_factor(session, actor, account.id) is None:
        raise NotFound
    _tell(session, actor, account, "codes_renewed", at)
    return _make_codes(session, actor, account, at)


def remove_second_factor(
    session: Session, actor: Actor, account: Account, *, keep: uuid.UUID | None = None, at: datetime
) -> None:
    """Take the second factor away, with its recovery codes; all sessions but the one to `keep` end."""
    found = find_second_factor(session, actor, account.id, lock=True)
    if found is None:
        raise NotFound
    session.delete(found)
    _forget_codes(session, actor, account)
    close_sessions(session, actor, account, keep=keep, at=at)
    if keep is not None:
        session.get_one(WebSession, keep).second_factor_at = None
    _tell(session, actor, account, "removed", at)


def _make_codes(session: Session, actor: Actor, account: Account, at: datetime) -> list[str]:
    _forget_codes(session, actor, account)
    codes = make_recovery_codes()
    session.add_all(
        RecoveryCode(account_id=account.id, code_hash=digest_recovery_code(one), created_at=at)
        for one in codes
    )
    return codes


def _forget_codes(session: Session, actor: Actor, account: Account) -> None:
    for one in list_recovery_codes(session, actor, account.id):
        session.delete(one)


def _tell(session: Session, actor: Actor, account: Account, what: str, at: datetime) -> None:
    record_event(session, actor, f"second_factor.{what}", account.id, at=at, centre_id=account.centre_id)
    payload = {"account_id": str(account.id), "what": what}
    order_job(session, actor, "accounts.mail_second_factor", payload, at=at)
