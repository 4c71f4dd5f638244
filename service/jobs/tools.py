"""What a job is given to work with, and the shape that every job has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.orm import Session

from service.access.actors import WORKER, Actor
from service.config import Settings
from service.db import Sessions, make_engine, make_sessions, now, unit_of_work
from service.jobs.mail import Sender, make_sender
from service.queries.openings import share_open_needs


@dataclass(frozen=True, slots=True)
class Tools:
    """The database, the settings, and the way out for mail."""

    sessions: Sessions
    settings: Settings
    sender: Sender

    @property
    def lease(self) -> timedelta:
        """Say for how long a worker holds a job without showing that it lives."""
        return timedelta(seconds=self.settings.job_lease)


def open_tools(settings: Settings) -> Tools:
    """Open what one process that runs jobs needs."""
    engine = make_engine(settings.database_url, pool_size=1, statement_seconds=60)
    if settings.index_folder:
        share_open_needs(engine, Path(settings.index_folder))
    return Tools(make_sessions(engine, settings), settings, make_sender(settings.mail_url))


Run = Callable[[Tools, dict[str, Any]], bool]


class Change(Protocol):
    """What a job does that needs one transaction only; it answers whether more remains."""

    def __call__(
        self, session: Session, actor: Actor, payload: dict[str, Any], /, *, at: datetime
    ) -> bool | None:
        """Do one part."""


def in_one_transaction(change: Change) -> Run:
    """Make a job of a function that does each part in one transaction."""

    def run(tools: Tools, payload: dict[str, Any]) -> bool:
        at = now()
        with unit_of_work(tools.sessions, at=at) as session:
            return bool(change(session, WORKER, payload, at=at))

    return run
