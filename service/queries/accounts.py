"""Reading accounts: by address, by mailed code, and the caller's own."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, AccountCode, Centre
from models.accounts import CodePurpose
from service.access.actors import Actor


def fold_email(email: str) -> str:
    """Put an address into the form in which addresses are compared."""
    return email.strip().casefold()


def find_account_by_email(session: Session, actor: Actor, email: str) -> Account | None:
    """Find the account of an address."""
    return session.scalar(select(Account).where(Account.email_folded == fold_email(email)))


def get_own_account(session: Session, actor: Actor) -> Account:
    """Get the account of the person who asks."""
    return session.get_one(Account, actor.account_id)


def find_live_code(
    session: Session,
    actor: Actor,
    code_hash: str,
    purpose: CodePurpose,
    *,
    at: datetime,
) -> AccountCode | None:
    """Find a mailed code that has been neither used nor outlived; locked until it is used."""
    return session.scalar(
        select(AccountCode)
        .where(
            AccountCode.code_hash == code_hash,
            AccountCode.purpose == purpose,
            AccountCode.used_at.is_(None),
            AccountCode.expires_at > at,
        )
        .with_for_update()
    )


def list_codes(
    session: Session, actor: Actor, account_id: uuid.UUID, purpose: CodePurpose, *, since: datetime
) -> list[AccountCode]:
    """List the codes that were made for an account since then, used or not."""
    return list(
        session.scalars(
            select(AccountCode).where(
                AccountCode.account_id == account_id,
                AccountCode.purpose == purpose,
                AccountCode.created_at > since,
            )
        )
    )


def describe_me(session: Session, actor: Actor) -> dict[str, Any]:
    """Say who the caller is: a person, or a centre's system."""
    account = session.get_one(Account, actor.account_id) if actor.account_id else None
    centre = session.get(Centre, actor.centre_id) if account is None else None
    return {
        "account_id": actor.account_id,
        "email": account.email if account else None,
        "kind": actor.kind,
        "name": account.name if account else centre and centre.name,
        "volunteer_id": actor.volunteer_id,
        "organisation_ids": sorted(actor.organisation_ids),
        "centre_id": actor.centre_id,
        "scopes": sorted(actor.scopes),
        "language": actor.language,
    }
