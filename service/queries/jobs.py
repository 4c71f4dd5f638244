"""Reading jobs: what waits, what is due, what a worker holds."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from models import Job
from models.jobs import AT_LEISURE, JobStatus
from service.access.actors import Actor
from service.errors import NotFound

# So many values fit into one statement on either database.
AT_ONCE = 1000


def find_waiting_job(session: Session, actor: Actor, key: str) -> Job | None:
    """Find an order of that key that nobody has begun, and keep workers off it until we commit.

    Without the lock a worker could begin it between our reading and our commit, and not see the very
    change for which it was to serve. One that somebody else has locked is passed over: nobody waits here.
    """
    return session.scalar(
        select(Job)
        .where(Job.key == key, Job.status == JobStatus.WAITING)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def list_waiting_jobs(session: Session, actor: Actor, keys: Sequence[str]) -> list[Job]:
    """List the orders of these keys that nobody has begun, locked like that of `find_waiting_job`."""
    found: list[Job] = []
    for first in range(0, len(keys), AT_ONCE):
        wanted = select(Job).where(
            Job.key.in_(keys[first : first + AT_ONCE]), Job.status == JobStatus.WAITING
        )
        found += session.scalars(wanted.with_for_update(skip_locked=True))
    return found


def find_due_job(session: Session, actor: Actor, *, at: datetime) -> Job | None:
    """Find the order that has been due longest, or one whose worker has died; locked, none twice."""
    return session.scalar(
        select(Job)
        .where(or_(and_(Job.status == JobStatus.WAITING, Job.due_at <= at), _worker_died(at)))
        .order_by(_in_turn(), Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def find_leased_job(
    session: Session, actor: Actor, job_id: uuid.UUID, leased_until: datetime | None
) -> Job | None:
    """Find a job while it is held under that very lease; None where another worker has it by now."""
    return session.scalar(
        select(Job)
        .where(Job.id == job_id, Job.status == JobStatus.RUNNING, Job.leased_until == leased_until)
        .with_for_update()
    )


def find_job_to_begin(session: Session, actor: Actor, job_id: uuid.UUID, *, at: datetime) -> Job | None:
    """Find an order that waits and is due, or whose worker has died; locked.

    Who locks it at this moment is waited for: a broker brings an order once, and only then is it known
    whether another has begun it.
    """
    return session.scalar(
        select(Job)
        .where(
            Job.id == job_id,
            or_(and_(Job.status == JobStatus.WAITING, Job.due_at <= at), _worker_died(at)),
        )
        .with_for_update()
    )


def anything_to_carry(session: Session, actor: Actor, *, at: datetime) -> bool:
    """Say whether there is anything that a broker should have."""
    return session.scalar(select(Job.id).where(_to_carry(at)).limit(1)) is not None


def list_jobs_to_carry(session: Session, actor: Actor, *, limit: int, at: datetime) -> list[Job]:
    """List what is due and with no broker, and what a dead worker left; longest due first, locked."""
    wanted = select(Job).where(_to_carry(at)).order_by(_in_turn(), Job.due_at, Job.id)
    return list(session.scalars(wanted.limit(limit).with_for_update(skip_locked=True)))


def _in_turn() -> ColumnElement[int]:
    """Let what can wait for the whole night stand behind all else."""
    return case((Job.kind == AT_LEISURE, 1), else_=0)


def _to_carry(at: datetime) -> ColumnElement[bool]:
    free = or_(Job.leased_until.is_(None), Job.leased_until < at)
    return or_(and_(Job.status == JobStatus.WAITING, Job.due_at <= at, free), _worker_died(at))


def _worker_died(at: datetime) -> ColumnElement[bool]:
    return and_(Job.status == JobStatus.RUNNING, Job.leased_until < at)


def get_job(session: Session, actor: Actor, job_id: uuid.UUID) -> Job:
    """Get one, locked."""
    job = session.scalar(select(Job).where(Job.id == job_id).with_for_update())
    if job is None:
        raise NotFound
    return job


def list_jobs(session: Session, actor: Actor, *statuses: JobStatus, limit: int) -> list[Job]:
    """List those of these statuses, longest due first."""
    wanted = select(Job).where(Job.status.in_(statuses)).order_by(Job.due_at, Job.id)
    return list(session.scalars(wanted.limit(limit)))


def count_dead_jobs(session: Session, actor: Actor) -> int:
    """Count what waits for a person."""
    return session.scalar(select(func.count()).select_from(Job).where(Job.status == JobStatus.DEAD)) or 0


def longest_overdue(session: Session, actor: Actor, *, at: datetime) -> timedelta:
    """Say how long the order that has been due longest waits for somebody to begin it."""
    waits = select(func.min(Job.due_at)).where(
        Job.status == JobStatus.WAITING, Job.due_at <= at, Job.kind != AT_LEISURE
    )
    due = session.scalar(waits)
    return at - due if due is not None else timedelta(0)
