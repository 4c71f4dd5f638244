"""Opens what a command works on: the migrated database, in the one transaction of the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.access.actors import WORKER
from service.config import Settings, read_settings
from service.db import Sessions, make_engine, make_sessions, unit_of_work
from service.queries.health import revision_is_newest

NOT_MIGRATED = "The database is not that of this version of Halfway: run `halfway migrate` first."
NOT_REACHED = "The database cannot be reached: %s"


def sqlite_file(settings: Settings) -> Path | None:
    """Find the file of the database, where it is one."""
    url = make_url(settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@contextmanager
def open_sessions(settings: Settings) -> Iterator[Sessions]:
    """Open the database, if it is there and migrated; say plainly what is the matter where it is not."""
    if (path := sqlite_file(settings)) is not None and not path.exists():
        raise click.ClickException(NOT_MIGRATED)
    engine = make_engine(settings.database_url)
    sessions = make_sessions(engine, settings)
    try:
        with unit_of_work(sessions, readonly=True) as session:
            newest = revision_is_newest(session, WORKER)
    except SQLAlchemyError as error:
        engine.dispose()
        raise click.ClickException(NOT_REACHED % str(error).partition("\n")[0]) from None
    try:
        if not newest:
            raise click.ClickException(NOT_MIGRATED)
        yield sessions
    finally:
        engine.dispose()


@contextmanager
def one_work() -> Iterator[Session]:
    """Open the one transaction of a command."""
    with open_sessions(read_settings()) as sessions, unit_of_work(sessions) as session:
        yield session
