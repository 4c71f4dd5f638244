"""Opening accounts for people whom the operator knows: nobody has to confirm anything by mail."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import Account, Centre, Coordinator, Organisation
from models.accounts import AccountKind
from service.access.actors import Actor, ActorKind
from service.access.passwords import hash_password
from service.errors import N_, FieldError, Invalid, NotAllowed
from service.operations.accounts import NewAccount, add_account, check_password, choose_centre
from service.operations.events import record_event
from service.queries.accounts import find_account_by_email


def open_account(
    session: Session,
    actor: Actor,
    new: NewAccount,
    *,
    organisation: Organisation | None = None,
    at: datetime,
) -> Account:
    """Add an account that can sign in at once; a coordinator's is given its post at the organisation.

    Staff belong to a centre: the one named, or the only one there is.
    """
    check_password(new.password, new.email, new.name)
    centre = choose_centre(session, actor, new.centre)
    if new.kind is AccountKind.STAFF and centre is None:
        raise Invalid(FieldError("centre", "required", N_("Say to which centre they belong.")))
    hashed = hash_password(new.password)
    return add_confirmed(session, actor, new, hashed, centre, organisation=organisation, at=at)


def add_confirmed(
    session: Session,
    actor: Actor,
    new: NewAccount,
    password_hash: str | None,
    centre: Centre | None,
    *,
    organisation: Organisation | None = None,
    at: datetime,
) -> Account:
    """Add an account whose address is known to be the person's; without a password nobody signs in yet."""
    if actor.kind not in (ActorKind.OPERATOR, ActorKind.WORKER):
        raise NotAllowed
    if find_account_by_email(session, actor, new.email) is not None:
        raise Invalid(FieldError("email", "taken", N_("This address has an account already.")))
    if organisation is not None and new.kind is not AccountKind.COORDINATOR:
        raise Invalid(FieldError("organisation", "not_settable", N_("Only coordinators have one.")))
    account = add_account(session, actor, new, password_hash, centre, at=at)
    account.confirmed_at = at
    record_event(session, actor, "account.confirmed", account.id, at=at, centre_id=account.centre_id)
    session.flush()
    if organisation is not None:
        session.add(
            Coordinator(
                id=uuid.uuid4(), account_id=account.id, organisation_id=organisation.id, created_at=at
            )
        )
        session.flush()
    return account
