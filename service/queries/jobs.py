"""Reading and claiming jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models import Job
from models.jobs import JobStatus
from service.access.actors import Actor

LEASE = timedelta(minutes=2)


def find_waiting_job(session: Session, actor: Actor, key: str) -> Job | None:
    """Find an order of that key that nobody has begun."""
    return session.scalar(select(Job).where(Job.key == key, Job.status == JobStatus.WAITING))


def claim_next_job(session: Session, actor: Actor, *, at: datetime) -> Job | None:
    """Take the order that has been due longest, or one whose worker has died, and lease it."""
    job = session.scalar(
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
    if job is None:
        return None
    job.status = JobStatus.RUNNING
    job.attempts += 1
    job.leased_until = at + LEASE
    # Free for the next order: what changes from now on, this run may not see.
    job.key = None
    return job
