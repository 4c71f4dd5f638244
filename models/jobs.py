"""Jobs: orders for later, written in the transaction of the change that made them due."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped

from models.base import Base, Identified, choice, column

MOST_ATTEMPTS = 8
# Work for a whole night, in many orders: nothing else waits behind it, however long it has been due.
AT_LEISURE = "proposals.renew"
# Longer than any part of any job takes; then its worker is taken for dead.
LEASE = timedelta(minutes=1)


class JobStatus(StrEnum):
    """Where an order stands; a dead one has failed too often and waits for a person."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(Identified, Base):
    """One order: its kind and what it is about, by ids only."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_status_due", "status", "due_at"),)

    kind: Mapped[str] = column(String(60))
    payload: Mapped[dict[str, Any]] = column()
    # A waiting order serves all who ask for the same thing; two that slip in together do no harm.
    key: Mapped[str | None] = column(String(100), index=True)
    status: Mapped[JobStatus] = column(choice(JobStatus, "status"))
    due_at: Mapped[datetime] = column()
    attempts: Mapped[int] = column(default=0)
    # While it runs: its worker's until then. While it waits: not handed to a broker again until then.
    leased_until: Mapped[datetime | None] = column()
    last_error: Mapped[str | None] = column(Text)
    created_at: Mapped[datetime] = column()
    ended_at: Mapped[datetime | None] = column()

    def hand_over(self, at: datetime, lease: timedelta) -> None:
        """A broker is to carry it to a worker; still nobody has begun it."""
        self.status = JobStatus.WAITING
        self.leased_until = at + lease

    def begin(self, at: datetime, lease: timedelta = LEASE) -> None:
        """A worker takes it, for as long as the lease runs."""
        self.status = JobStatus.RUNNING
        self.attempts += 1
        self.leased_until = at + lease
        # Free for the next order: what changes from now on, this run may not see.
        self.key = None

    def go_on(self, at: datetime, lease: timedelta = LEASE) -> None:
        """A part is done and more remains: the lease runs anew, and so does the patience."""
        self.leased_until = at + lease
        self.attempts = 1

    def put_back(self, at: datetime) -> None:
        """The worker has to stop before the next part; another one may take it at once."""
        self.status = JobStatus.WAITING
        self.due_at = at
        self.attempts = 0
        self.leased_until = None

    def try_again(self, at: datetime) -> None:
        """A person has mended what it died of: it is due at once, with all its tries."""
        self.put_back(at)
        self.ended_at = None

    def finish(self, at: datetime) -> None:
        """It is done."""
        self.status = JobStatus.DONE
        self.ended_at = at
        self.leased_until = None

    def fail(self, error: str, at: datetime) -> None:
        """Try again later, each time twice as late; after too many tries, wait for a person."""
        self.last_error = error
        self.leased_until = None
        if self.attempts >= MOST_ATTEMPTS:
            self.status = JobStatus.DEAD
            self.ended_at = at
            return
        self.status = JobStatus.WAITING
        self.due_at = at + timedelta(seconds=5 * 2**self.attempts)
