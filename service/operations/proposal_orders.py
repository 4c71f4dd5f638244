"""Ordering that proposals be made for a volunteer soon, by a job."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import Account
from service.access.actors import Actor
from service.operations.jobs import order_job
from service.queries.volunteers import find_volunteer_id_of


def order_proposals(session: Session, actor: Actor, volunteer_id: uuid.UUID, *, at: datetime) -> None:
    """Have proposals made for a volunteer; several orders at once are one."""
    key = f"proposals.propose_for:{volunteer_id}"
    payload = {"volunteer_id": str(volunteer_id)}
    order_job(session, actor, "proposals.propose_for", payload, at=at, key=key)


def order_own_proposals(session: Session, actor: Actor, account: Account, *, at: datetime) -> None:
    """Have proposals made for the volunteer whose account it is, so that a first look finds some."""
    volunteer_id = find_volunteer_id_of(session, actor, account.id)
    if volunteer_id is not None:
        order_proposals(session, actor, volunteer_id, at=at)
