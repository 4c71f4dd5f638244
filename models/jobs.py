"""Jobs: orders for later, written in the transaction of the change that made them due."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped

from models.base import Base, Identified, choice, column

MOST_ATTEMPTS = 8


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
    leased_until: Mapped[datetime | None] = column()
    last_error: Mapped[str | None] = column(Text)
    created_at: Mapped[datetime] = column()
    ended_at: Mapped[datetime | None] = column()

    def finish(self, at: datetime) -> None:
        """It is done; its key is free for the next order of the kind."""
        self.status = JobStatus.DONE
        self.key = None
        self.ended_at = at
        self.leased_until = None

    def fail(self, error: str, at: datetime) -> None:
        """Try again later, each time twice as late; after too many tries, wait for a person."""
        self.last_error = error
        self.leased_until = None
        if self.attempts >= MOST_ATTEMPTS:
            self.status = JobStatus.DEAD
            self.key = None
            self.ended_at = at
            return
        self.status = JobStatus.WAITING
        self.due_at = at + timedelta(seconds=5 * 2**self.attempts)
