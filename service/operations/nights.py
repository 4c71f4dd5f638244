"""The nightly work: ordering it, one order for each night, and noting which of its steps have ended."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Job
from models.jobs import JobStatus
from models.nights import NightStep
from service.access.actors import Actor
from service.operations.jobs import order_job
from service.queries.nights import forget_night

KIND = "nightly.run"
# An order's id follows from its night: whoever orders it again finds it there, on whatever machine.
_NIGHTS = uuid.UUID("6b1c7d0e-8f2b-4c55-9a3e-2f1d7b6c4a90")


def order_next_night(session: Session, actor: Actor, *, clock: str, timezone: str, at: datetime) -> Job:
    """Order the work of the next night, to begin at that time of the clock (HH:MM); once, whoever asks."""
    due = next_night(at, clock, timezone)
    night = due.astimezone(ZoneInfo(timezone)).date()
    job_id = uuid.uuid5(_NIGHTS, night.isoformat())
    found = session.get(Job, job_id)
    if found is not None:
        return found
    job = Job(
        id=job_id, kind=KIND, payload={"night": night.isoformat()}, status=JobStatus.WAITING,
        due_at=due, attempts=0, created_at=at,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:
        return session.get_one(Job, job_id)  # another worker was a moment faster
    return job


def next_night(at: datetime, clock: str, timezone: str) -> datetime:
    """Say when it is that time of the clock (HH:MM) in a time zone for the first time after a moment."""
    zone, wanted = ZoneInfo(timezone), time.fromisoformat(clock)
    today = at.astimezone(zone).date()
    moments = [
        datetime.combine(today + timedelta(days=days), wanted, zone).astimezone(UTC) for days in range(3)
    ]
    return next(one for one in moments if one > at)


def order_night_again(session: Session, actor: Actor, *, timezone: str, at: datetime) -> Job:
    """Have the work of the night that ended today done now, also what of it has been done."""
    night = at.astimezone(ZoneInfo(timezone)).date()
    forget_night(session, actor, night)
    return order_job(session, actor, KIND, {"night": night.isoformat()}, at=at, key=KIND)


def end_step(
    session: Session, actor: Actor, night: date, step: str, *, failure: str | None = None, at: datetime
) -> None:
    """Note that a step of a night has ended; one that is noted already stays as it is."""
    if session.get(NightStep, (night, step)) is None:
        session.add(NightStep(night=night, step=step, ended_at=at, failure=failure))
