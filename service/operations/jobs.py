"""Ordering and taking jobs: the order is a row in the transaction that made it due."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import Job
from models.jobs import LEASE, JobStatus
from service.access.actors import Actor
from service.errors import Refusal
from service.queries.jobs import (
    find_due_job,
    find_job_to_begin,
    find_waiting_job,
    get_job,
    list_jobs_to_carry,
    list_waiting_jobs,
)


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
    job = _make(kind, payload, key, at, at)
    session.add(job)
    return job


@dataclass(frozen=True, slots=True)
class Order:
    """One of many orders of a kind: what about, by which key, and for when."""

    payload: dict[str, Any]
    key: str
    due_at: datetime


def order_jobs(session: Session, actor: Actor, kind: str, orders: Sequence[Order], *, at: datetime) -> None:
    """Order many jobs of a kind at once; one that waits under the same key is moved forward, never back."""
    waiting = {one.key: one for one in list_waiting_jobs(session, actor, [one.key for one in orders])}
    for order in orders:
        job = waiting.get(order.key)
        if job is None:
            job = waiting[order.key] = _make(kind, order.payload, order.key, order.due_at, at)
            session.add(job)
        job.due_at = min(job.due_at, order.due_at)


def _make(kind: str, payload: dict[str, Any], key: str | None, due_at: datetime, at: datetime) -> Job:
    return Job(
        id=uuid.uuid4(),
        kind=kind,
        payload=payload,
        key=key,
        status=JobStatus.WAITING,
        due_at=due_at,
        attempts=0,
        created_at=at,
    )


def claim_job(session: Session, actor: Actor, *, lease: timedelta = LEASE, at: datetime) -> Job | None:
    """Take the job that has been due longest, or one whose worker has died, under a lease."""
    job = find_due_job(session, actor, at=at)
    if job is not None:
        job.begin(at, lease)
    return job


def claim_carried_job(
    session: Session, actor: Actor, job_id: uuid.UUID, *, lease: timedelta = LEASE, at: datetime
) -> Job | None:
    """Take the job that a broker brought; None where there is nothing to do: done, begun or not due."""
    job = find_job_to_begin(session, actor, job_id, at=at)
    if job is not None:
        job.begin(at, lease)
    return job


def hand_jobs_over(
    session: Session, actor: Actor, *, limit: int, lease: timedelta, at: datetime
) -> list[uuid.UUID]:
    """Note that a broker carries what is due, for so long; what has been due longest first."""
    jobs = list_jobs_to_carry(session, actor, limit=limit, at=at)
    for job in jobs:
        job.hand_over(at, lease)
    return [job.id for job in jobs]


def take_jobs_back(session: Session, actor: Actor, job_ids: Sequence[uuid.UUID], *, at: datetime) -> None:
    """Note that the broker took these not: they are handed over again as soon as it can be reached."""
    for job_id in job_ids:
        if (job := find_job_to_begin(session, actor, job_id, at=at)) is not None:
            job.leased_until = None


def retry_job(session: Session, actor: Actor, job_id: uuid.UUID, *, at: datetime) -> Job:
    """Let a dead job be tried again, at once and eight times anew."""
    job = get_job(session, actor, job_id)
    if job.status is not JobStatus.DEAD:
        raise Refusal("conflict", f"This job is {job.status}: only a dead one is tried again.")
    job.try_again(at)
    return job


def drop_job(session: Session, actor: Actor, job_id: uuid.UUID, *, at: datetime) -> Job:
    """Let a dead job be as good as done: nobody needs it any more."""
    job = get_job(session, actor, job_id)
    if job.status is not JobStatus.DEAD:
        raise Refusal("conflict", f"This job is {job.status}: only a dead one is dropped.")
    job.finish(at)
    return job


def cancel_job(session: Session, actor: Actor, key: str, *, at: datetime) -> None:
    """Let an order that still waits be as good as done; one that a worker has begun looks for itself."""
    waiting = find_waiting_job(session, actor, key)
    if waiting is not None:
        waiting.finish(at)
