"""Signing up and confirming: how a person comes to have an account."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Account, AccountCode, Centre, Volunteer
from models.accounts import AccountKind, CodePurpose
from service.access.actors import Actor
from service.access.passwords import hash_password, why_refused
from service.access.secrets import digest, make_secret
from service.errors import N_, FieldError, Invalid
from service.operations.events import record_event
from service.operations.jobs import order_job
from service.operations.proposal_orders import order_own_proposals
from service.queries.accounts import find_account_by_email, find_live_code, fold_email
from service.queries.centres import find_centre, find_only_centre

# How long a mailed code opens something: an invitation may find its reader on holiday.
CODE_LIVES = {
    CodePurpose.CONFIRM: timedelta(days=2),
    CodePurpose.TAKE_OVER: timedelta(days=14),
    CodePurpose.RESET: timedelta(hours=1),
}
CODE_DEAD = N_("This code has been used or is too old.")
RADIUS_KM = 20.0
PASSWORD_WORDS = {
    "too_short": N_("A password needs at least 15 characters; a short sentence does well."),
    "too_long": N_("A password can have at most 256 characters."),
    "too_common": N_("This password would be guessed soon; a few words of your own do well."),
}


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What a person says when signing up."""

    email: str
    password: str
    name: str
    kind: AccountKind
    language: str = "en"
    centre: str | None = None


def sign_up(session: Session, actor: Actor, new: NewAccount, *, at: datetime) -> None:
    """Make an account that waits for its address to be confirmed.

    Where the address has an account already, its owner is told by mail, and the caller sees no
    difference: neither in the answer nor, since a password is hashed either way, in its time.
    """
    check_password(new.password, new.email, new.name)
    centre = choose_centre(session, actor, new.centre)
    hashed = hash_password(new.password)
    known = find_account_by_email(session, actor, new.email)
    if known is not None:
        order_job(session, actor, "accounts.mail_known", {"account_id": str(known.id)}, at=at)
        return
    account = add_account(session, actor, new, hashed, centre, at=at)
    order_job(session, actor, "accounts.mail_confirmation", {"account_id": str(account.id)}, at=at)


def check_password(password: str, *known: str) -> None:
    """Refuse a password that would be guessed."""
    if why := why_refused(password, *known):
        raise Invalid(FieldError("password", why, PASSWORD_WORDS[why]))


def choose_centre(session: Session, actor: Actor, name_or_id: str | None) -> Centre | None:
    """Find the centre that was named; none named means the only one, where there is just one."""
    if name_or_id is None:
        return find_only_centre(session, actor)
    centre = find_centre(session, actor, name_or_id)
    if centre is None:
        raise Invalid(FieldError("centre", "unknown", N_("There is no such centre.")))
    return centre


def add_account(
    session: Session,
    actor: Actor,
    new: NewAccount,
    password_hash: str | None,
    centre: Centre | None,
    *,
    at: datetime,
) -> Account:
    """Add the account, and for a volunteer an empty profile to fill in."""
    account = make_account(
        session, actor, new.email, new.name, new.kind,
        language=new.language, centre_id=centre.id if centre else None, at=at,
    )  # fmt: skip
    account.password_hash = password_hash
    if new.kind is AccountKind.VOLUNTEER:
        session.add(make_profile(account))
    return account


def make_account(
    session: Session,
    actor: Actor,
    email: str,
    name: str,
    kind: AccountKind,
    *,
    language: str,
    centre_id: uuid.UUID | None,
    at: datetime,
) -> Account:
    """Make an account that nobody can open yet, and put that on record."""
    account = Account(
        id=uuid.uuid4(),
        email=email.strip(),
        email_folded=fold_email(email),
        name=name,
        kind=kind,
        language=language,
        centre_id=centre_id,
    )
    session.add(account)
    record_event(session, actor, "account.added", account.id, at=at, centre_id=centre_id, kind=kind.value)
    return account


def make_profile(account: Account) -> Volunteer:
    """Make the profile of a volunteer who has not said anything yet."""
    return Volunteer(
        id=uuid.uuid4(),
        account_id=account.id,
        centre_id=account.centre_id,
        name=account.name,
        email=account.email,
        language=account.language,
        interests="",
        causes=[],
        skills=[],
        languages=[],
        slots=0,
        radius_km=RADIUS_KM,
        location_types=["onsite", "hybrid", "remote"],
        own_edits=[],
    )


def make_code(
    session: Session,
    actor: Actor,
    account: Account,
    purpose: CodePurpose,
    *,
    at: datetime,
) -> str:
    """Make a code to be mailed; only its hash stays here."""
    secret = make_secret()
    session.add(
        AccountCode(
            account_id=account.id,
            purpose=purpose,
            code_hash=digest(secret),
            created_at=at,
            expires_at=at + CODE_LIVES[purpose],
        )
    )
    return secret


def confirm_account(session: Session, actor: Actor, secret: str, *, at: datetime) -> Account:
    """Take a mailed code as proof that the address is the person's own."""
    code = find_live_code(session, actor, digest(secret), CodePurpose.CONFIRM, at=at)
    if code is None:
        raise Invalid(FieldError("code", "unknown", CODE_DEAD))
    account = session.get_one(Account, code.account_id)
    code.used_at = at
    if account.confirmed_at is None:
        account.confirmed_at = at
        record_event(session, actor, "account.confirmed", account.id, at=at, centre_id=account.centre_id)
        order_own_proposals(session, actor, account, at=at)
    return account
