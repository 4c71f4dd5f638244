"""Reading jobs: what waits, what is due, what a worker holds."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models import Job
from models.jobs import JobStatus
from service.access.actors import Actor

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
        .where(
            or_(
                and_(Job.status == JobStatus.WAITING, Job.due_at <= at),
                and_(Job.status == JobStatus.RUNNING, Job.leased_until < at),
            )
        )
        .order_by(Job.due_at, Job.id)
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
