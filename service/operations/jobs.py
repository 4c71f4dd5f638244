"""Ordering and taking jobs: the order is a row in the transaction that made it due."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Job
from models.jobs import JobStatus
from service.access.actors import Actor
from service.queries.jobs import find_due_job, find_waiting_job


def order_job(
    session: Session,
    actor: Actor,
    kind: str,
    payload: dict[str, Any],
    *,
    at: datetime,
    key: str | None = None,
) -> Job:
    """Order a job of a kind that service/jobs knows; the payload holds ids, never personal data.

    With a key, an order that still waits serves for this one too.
    """
    waiting = find_waiting_job(session, actor, key) if key else None
    if waiting is not None:
        return waiting
    job = Job(
        id=uuid.uuid4(),
        kind=kind,
        payload=payload,
        key=key,
        status=JobStatus.WAITING,
        due_at=at,
        attempts=0,
        created_at=at,
    )
    session.add(job)
    return job


def claim_job(session: Session, actor: Actor, *, at: datetime) -> Job | None:
    """Take the job that has been due longest, or one whose worker has died, under a lease."""
    job = find_due_job(session, actor, at=at)
    if job is not None:
        job.begin(at)
    return job
