"""Reading changes of mail address: by the mailed code, and those of an account that are still open."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AddressChange
from service.access.actors import Actor


def find_live_address_change(
    session: Session, actor: Actor, code_hash: str, *, at: datetime
) -> AddressChange | None:
    """Find the change that a mailed code confirms; locked until it is used."""
    return session.scalar(
        select(AddressChange)
        .where(
            AddressChange.code_hash == code_hash,
            AddressChange.used_at.is_(None),
            AddressChange.expires_at > at,
        )
        .with_for_update()
    )


def list_open_address_changes(session: Session, actor: Actor, account_id: uuid.UUID) -> list[AddressChange]:
    """List the changes of an account that were neither confirmed nor given up."""
    return list(
        session.scalars(
            select(AddressChange).where(
                AddressChange.account_id == account_id, AddressChange.used_at.is_(None)
            )
        )
    )
