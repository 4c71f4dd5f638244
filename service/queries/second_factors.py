"""Reading second factors: who has one, who must, and which recovery codes are left."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Coordinator, Organisation, RecoveryCode, SecondFactor
from models.organisations import OrganisationStatus
from service.access.actors import Actor, ActorKind


def find_second_factor(
    session: Session, actor: Actor, account_id: uuid.UUID, *, lock: bool = False
) -> SecondFactor | None:
    """Find the second factor of an account, once its first code was shown; `lock` it to take a code."""
    found = find_begun_second_factor(session, actor, account_id, lock=lock)
    return found if found is not None and found.confirmed_at is not None else None


def find_begun_second_factor(
    session: Session, actor: Actor, account_id: uuid.UUID, *, lock: bool = False
) -> SecondFactor | None:
    """Find the second factor of an account, whether its first code was shown or not."""
    wanted = select(SecondFactor).where(SecondFactor.account_id == account_id)
    if lock:
        # What another transaction has just done to it must be seen: a code is good once.
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalar(wanted)


def must_have_second_factor(session: Session, actor: Actor) -> bool:
    """Say whether this person sees so much of others that a password alone is not enough."""
    if actor.kind is ActorKind.STAFF:
        return True
    if actor.kind is not ActorKind.COORDINATOR:
        return False
    verified = (
        select(Coordinator.id)
        .join(Organisation, Organisation.id == Coordinator.organisation_id)
        .where(
            Coordinator.account_id == actor.account_id,
            Organisation.status == OrganisationStatus.VERIFIED,
        )
    )
    return session.scalar(verified.limit(1)) is not None


def find_recovery_code(
    session: Session, actor: Actor, account_id: uuid.UUID, code_hash: str
) -> RecoveryCode | None:
    """Find a recovery code that was not used; locked until it is."""
    return session.scalar(
        select(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.used_at.is_(None),
        )
        .with_for_update()
    )


def list_recovery_codes(session: Session, actor: Actor, account_id: uuid.UUID) -> list[RecoveryCode]:
    """List the hashes of all recovery codes of an account, used or not."""
    return list(session.scalars(select(RecoveryCode).where(RecoveryCode.account_id == account_id)))


def count_recovery_codes(session: Session, actor: Actor, account_id: uuid.UUID) -> int:
    """Count the recovery codes that were not used."""
    return (
        session.scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )
