"""Runs jobs: claims one under a lease, lets it do its parts, and notes how it ended."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from models import Job
from models.jobs import MOST_ATTEMPTS
from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.jobs.failures import name_failure
from service.jobs.registry import JOBS
from service.jobs.stop import Stop
from service.jobs.tools import Run, Tools
from service.operations.jobs import claim_carried_job, claim_job
from service.queries.jobs import find_leased_job
from service.queries.openings import renew_open_needs

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.5
# The database is away, or something else that no single job is to blame for.
TROUBLE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A job as this worker holds it; when the lease in the row is another one, it is ours no more."""

    id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    attempts: int
    leased_until: datetime | None


Asked = Callable[[], bool]
# Whether there was something to do.
Step = Callable[[], bool]


def work(
    tools: Tools,
    stop: Stop,
    jobs: Mapping[str, Run] = JOBS,
    *,
    first: Callable[[Tools], None] | None = None,
) -> None:
    """Run what is due, one job after another, and wait for more, until asked to stop.

    `first` is done before anything else, as soon as the database lets it.
    """

    def step() -> bool:
        found = run_next(tools, stop, jobs)
        # Here no transaction is open, no job is held, and nobody waits for an answer.
        renew_open_needs(tools.sessions.kw["bind"], at=now())
        return found

    go_on_with(step, tools, stop, first=first)


def go_on_with(step: Step, tools: Tools, stop: Stop, *, first: Callable[[Tools], None] | None = None) -> None:
    """Do a step again and again until asked to stop; whatever befalls it, wait a while and go on."""
    while not stop():
        try:
            if first is not None:
                first(tools)
                first = None
            pause = 0.0 if step() else IDLE_SECONDS
        except Exception as error:  # noqa: BLE001 it outlives whatever befalls the database or the broker
            log.error("jobs cannot be claimed, noted or handed over: %s", name_failure(error))  # noqa: TRY400 words may be personal
            pause = TROUBLE_SECONDS
        _sleep(pause, stop)


def run_next(tools: Tools, stop: Asked, jobs: Mapping[str, Run] = JOBS) -> bool:
    """Claim one job and run it; say whether there was one."""
    at = now()
    with unit_of_work(tools.sessions, at=at) as session:
        claim = _note(claim_job(session, WORKER, lease=tools.lease, at=at))
    return _run(tools, claim, stop, jobs)


def run_carried(tools: Tools, job_id: uuid.UUID, stop: Asked, jobs: Mapping[str, Run] = JOBS) -> bool:
    """Claim the job that a broker brought and run it; say whether there was anything to do."""
    at = now()
    with unit_of_work(tools.sessions, at=at) as session:
        claim = _note(claim_carried_job(session, WORKER, job_id, lease=tools.lease, at=at))
    return _run(tools, claim, stop, jobs)


def _note(job: Job | None) -> Claim | None:
    return Claim(job.id, job.kind, job.payload, job.attempts, job.leased_until) if job else None


def _run(tools: Tools, claim: Claim | None, stop: Asked, jobs: Mapping[str, Run]) -> bool:
    if claim is None:
        return False
    if why := _why_not(claim, jobs):
        _fail(tools, claim, why)
        return True
    try:
        while jobs[claim.kind](tools, claim.payload):
            going_on = _go_on(tools, claim, stop)
            if going_on is None:
                return True
            claim = going_on
    except Exception as error:  # noqa: BLE001 whatever it was, the job is tried again later
        _fail(tools, claim, name_failure(error))
    else:
        _finish(tools, claim)
    return True


def _why_not(claim: Claim, jobs: Mapping[str, Run]) -> str:
    """Say why a claimed job should not even be tried."""
    if claim.kind not in jobs:
        return "no job of that kind is known here"
    return "its worker died each time" if claim.attempts > MOST_ATTEMPTS else ""


def _go_on(tools: Tools, claim: Claim, stop: Asked) -> Claim | None:
    """Renew the lease for the next part; None where there will be none, by this worker."""
    at = now()
    with unit_of_work(tools.sessions, at=at) as session:
        job = find_leased_job(session, WORKER, claim.id, claim.leased_until)
        if job is None:
            log.warning("job %s %s was taken by another worker", claim.kind, claim.id)
            return None
        if stop():
            job.put_back(at)
            return None
        job.go_on(at, tools.lease)
        return replace(claim, leased_until=job.leased_until)


def _finish(tools: Tools, claim: Claim) -> None:
    at = now()
    with unit_of_work(tools.sessions, at=at) as session:
        if job := find_leased_job(session, WORKER, claim.id, claim.leased_until):
            job.finish(at)
    log.debug("job %s %s done", claim.kind, claim.id)


def _fail(tools: Tools, claim: Claim, why: str) -> None:
    at = now()
    with unit_of_work(tools.sessions, at=at) as session:
        if job := find_leased_job(session, WORKER, claim.id, claim.leased_until):
            job.fail(why, at)
    log.warning("job %s %s failed: %s", claim.kind, claim.id, why)


def _sleep(seconds: float, stop: Stop) -> None:
    until = time.monotonic() + seconds
    while not stop() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, IDLE_SECONDS))
