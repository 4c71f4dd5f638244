"""Whom a volunteer who holds a place can reach at the organisation: its coordinators."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Coordinator
from service.access.actors import Actor


@dataclass(frozen=True, slots=True)
class Contact:
    """A coordinator's name and mail address."""

    name: str
    email: str


def list_contacts(
    session: Session, actor: Actor, organisation_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Sequence[Contact]]:
    """List the coordinators of organisations; the caller has looked that the reader holds a place there."""
    if not organisation_ids:
        return {}
    rows = session.execute(
        select(Coordinator.organisation_id, Account.name, Account.email)
        .join(Account, Account.id == Coordinator.account_id)
        .where(Coordinator.organisation_id.in_(organisation_ids), Account.confirmed_at.is_not(None))
        .order_by(Account.name, Account.id)
    )
    found: dict[uuid.UUID, list[Contact]] = {}
    for row in rows:
        found.setdefault(row.organisation_id, []).append(Contact(row.name, row.email))
    return dict(found)
