"""The transaction: engines for both databases, the one place that commits, and migrations."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pysqlite3.dbapi2 as sqlite
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from models.base import Versioned
from service.config import Settings
from service.line import LOOK_SECONDS, take_turn

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent

# Up to this version a WAL can lose committed writes (sqlite.org/wal.html, the WAL-reset bug).
LAST_AFFECTED_SQLITE = (3, 51, 2)
# How long a writer waits for its turn on SQLite; then the request is answered 503 with Retry-After.
BUSY_SECONDS = 5.0
BUSY_TIMEOUT = f"PRAGMA busy_timeout={BUSY_SECONDS * 1000:.0f}"
POSTGRES_TIMEOUTS = (
    "-c statement_timeout=%ds -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000"
)

Sessions = sessionmaker[Session]


def now() -> datetime:
    """Read the clock: doors do, once for each transaction; rules are told the time."""
    return datetime.now(UTC)


def database_url(url: str) -> str:
    """Make the path of an SQLite file absolute, so that every process means the same file."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return url
    path = Path(parsed.database).absolute()
    return parsed.set(database=str(path)).render_as_string(hide_password=False)


def make_engine(url: str, *, pool_size: int = 5, statement_seconds: int = 5) -> Engine:
    """Open the database: SQLite or PostgreSQL, each with what makes it safe."""
    url = database_url(url)
    if make_url(url).get_backend_name() == "sqlite":
        return _make_sqlite(url)
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        json_deserializer=orjson.loads,
        connect_args={
            "options": POSTGRES_TIMEOUTS % statement_seconds,
            "tcp_user_timeout": 5000,
            "connect_timeout": 5,
        },
    )


def _make_sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and not Path(path).exists():
        # Made by us, so that nobody else on the machine can read it even for a moment.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(url, module=sqlite, connect_args={"timeout": 5}, json_deserializer=orjson.loads)
    event.listen(engine, "connect", _set_up_sqlite)
    # A database in memory is one connection's own: nobody else waits for it.
    line = path if path != ":memory:" else None
    event.listen(engine, "begin", partial(_begin_sqlite, path=line))
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions itself, deferred and late; `_begin_sqlite` does it.
    connection.isolation_level = None
    journal = "WAL" if sqlite.sqlite_version_info > LAST_AFFECTED_SQLITE else "DELETE"
    if journal == "DELETE":
        log.warning("SQLite %s can lose writes in WAL mode: not used", sqlite.sqlite_version)
    for pragma in (
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "wal_autocheckpoint=1000",
        "journal_size_limit=16777216",
    ):
        connection.execute(f"PRAGMA {pragma}").close()
    connection.execute(BUSY_TIMEOUT).close()


def _begin_sqlite(connection: Connection, path: str | None) -> None:
    if connection.get_execution_options().get("readonly"):
        connection.exec_driver_sql("BEGIN")
        return
    # A deferred transaction that turns into a writing one fails at once when another wrote
    # meanwhile; one that is immediate from the start waits for its turn.
    until = time.monotonic() + BUSY_SECONDS
    with take_turn(f"{path}-line", until=until) if path else nullcontext():
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            while not _begins(connection, last=time.monotonic() >= until):
                time.sleep(LOOK_SECONDS)
        finally:
            connection.exec_driver_sql(BUSY_TIMEOUT)


def _begins(connection: Connection, *, last: bool) -> bool:
    """Begin if nobody writes; SQLite's own way to wait would look only each 100 ms."""
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if last or getattr(error.orig, "sqlite_errorcode", None) != sqlite.SQLITE_BUSY:
            raise
        return False
    return True


def make_sessions(engine: Engine, settings: Settings | None = None) -> Sessions:
    """Make the factory of sessions; rows stay readable after the commit, for the answer.

    Of the settings each session knows what a rule hangs on, beside the transaction's time.
    """
    known = {"offer_hours": settings.offer_hours} if settings else {}
    return sessionmaker(engine, expire_on_commit=False, info=known)


@contextmanager
def unit_of_work(
    sessions: Sessions, *, at: datetime | None = None, readonly: bool = False
) -> Iterator[Session]:
    """Open the one transaction of a request, a command or a job; commit it, or undo it whole.

    `session.info["at"]` is the transaction's time. A read-only one takes no write lock on SQLite
    and is refused every write by PostgreSQL.
    """
    with sessions() as session:
        session.info["at"] = at or now()
        if readonly:
            session.connection(execution_options={"readonly": True, "postgresql_readonly": True})
        yield session
        if not readonly:
            session.commit()


@event.listens_for(Session, "before_flush")
def _stamp(session: Session, _context: object, _instances: object) -> None:
    at = session.info.get("at") or now()
    for row in session.new:
        if isinstance(row, Versioned):
            # A row that says itself when it was made is believed: an import may know better.
            columns = row.__dict__
            row.created_at = columns.get("created_at") or at
            row.updated_at = columns.get("updated_at") or at
    for row in session.dirty:
        if isinstance(row, Versioned) and session.is_modified(row):
            row.updated_at = at


def alembic_config(url: str | None = None) -> Config:
    """Say to Alembic where the migrations are and, where it is to do something, which database."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    if url is not None:
        config.attributes["database_url"] = database_url(url)
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to a revision; a run that was killed can simply be run again."""
    command.upgrade(alembic_config(url), revision)
