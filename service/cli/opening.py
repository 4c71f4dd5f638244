"""Opens what a command works on: the settings, the log, and the migrated database."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.access.actors import WORKER
from service.config import Settings, read_settings
from service.db import Sessions, make_engine, make_sessions, unit_of_work
from service.queries.health import revision_is_newest

NOT_MIGRATED = "The database is not that of this version of Halfway: run `halfway migrate` first."
NOT_REACHED = "The database cannot be reached: %s"


def start_logging(settings: Settings) -> None:
    """Log to stderr, as loud as the settings say."""
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=settings.log_level, format=form)


@contextmanager
def open_sessions(settings: Settings) -> Iterator[Sessions]:
    """Open the database, if it is there and migrated; say plainly what is the matter where it is not."""
    engine = make_engine(settings.database_url)
    sessions = make_sessions(engine)
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
    settings = read_settings()
    start_logging(settings)
    with open_sessions(settings) as sessions, unit_of_work(sessions) as session:
        yield session
