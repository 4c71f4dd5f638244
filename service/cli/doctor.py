"""`halfway doctor`: looks for what is wrong with this installation."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pysqlite3.dbapi2 as sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.access.actors import WORKER
from service.access.secrets import LEAST_KEY, secret_key
from service.broker import broker_answers
from service.cli.opening import sqlite_file
from service.config import Settings, SettingWrong, read_settings
from service.db import LAST_AFFECTED_SQLITE, make_engine, make_sessions, unit_of_work
from service.queries.health import database_answers, revision_is_newest
from service.queries.jobs import count_dead_jobs
from service.queries.texts import count_texts_due

Finding = tuple[bool, str]


@click.command()
def doctor() -> None:
    """Look for what is wrong: database, revision, texts, jobs, broker, SQLite, file modes, secret key.

    The exit code is 1 if anything is wrong.
    """
    settings = read_settings()
    healthy = True
    for fine, words in (*_database(settings), *_broker(settings), *_files(settings), *_key(settings)):
        click.echo(f"{'fine ' if fine else 'WRONG'}  {words}")
        healthy = healthy and fine
    sys.exit(0 if healthy else 1)


def _database(settings: Settings) -> Iterator[Finding]:
    path = sqlite_file(settings)
    if path is not None:
        fixed = sqlite.sqlite_version_info > LAST_AFFECTED_SQLITE
        yield fixed, f"SQLite {sqlite.sqlite_version}{'' if fixed else ' can lose writes in WAL mode'}"
        if not path.exists():
            yield False, f"there is no database at {path}: run `halfway migrate`"
            return
    engine = make_engine(settings.database_url)
    try:
        with unit_of_work(make_sessions(engine), readonly=True) as session:
            yield database_answers(session, WORKER), "the database answers"
            newest = revision_is_newest(session, WORKER)
            yield newest, "its tables are " + ("of this version" if newest else "not: run `halfway migrate`")
            if newest:
                yield True, _texts(session, settings)
                dead = count_dead_jobs(session, WORKER)
                yield not dead, f"{dead} jobs are dead" + (": see `halfway jobs list --dead`" if dead else "")
    except SQLAlchemyError as error:
        yield False, f"the database cannot be reached ({type(error).__name__})"
    finally:
        engine.dispose()


def _texts(session: Session, settings: Settings) -> str:
    if not settings.embeds_texts:
        return "texts are compared by words and the table of meanings: none is embedded here"
    return f"texts are embedded; {count_texts_due(session, WORKER)} wait to be looked at"


def _broker(settings: Settings) -> Iterator[Finding]:
    if settings.broker_url:
        answers = broker_answers(settings)
        yield answers, f"the broker {'answers' if answers else 'cannot be reached: jobs wait'}"


def _files(settings: Settings) -> Iterator[Finding]:
    database = sqlite_file(settings)
    beside = [Path(f"{database}{end}") for end in ("", "-wal", "-shm", "-limits")] if database else []
    for path in (*beside, *([] if settings.secret_key else [Path(settings.secret_key_file)])):
        if path.exists():
            mode = path.stat().st_mode & 0o777
            closed = not mode & 0o077
            yield closed, f"{path} is {'' if closed else 'not '}closed to others (mode {mode:o})"


def _key(settings: Settings) -> Iterator[Finding]:
    if settings.secret_key:
        long_enough = len(settings.secret_key) >= LEAST_KEY
        yield long_enough, f"the secret key has {'' if long_enough else 'less than '}{LEAST_KEY} letters"
    elif not Path(settings.secret_key_file).exists():
        yield True, f"a secret key will be made in {settings.secret_key_file} at the first start"
    else:
        try:
            secret_key(settings)
        except SettingWrong as wrong:
            yield False, str(wrong)
        else:
            yield True, f"the secret key is kept in {settings.secret_key_file}"
