"""Where the counts of the rate limits are kept, so that all workers share them: a table.

On SQLite it lies in a file of its own beside the database: each request would otherwise wait for its turn to
write, and for the disk. Nothing is lost when that file is; so it is not written through either.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from limits.storage import Storage
from sqlalchemy import Engine, case, create_engine, delete, event, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable

from models import RateCount
from service.db import database_url

# Old counts are cleared away by the way, once in so many.
CLEAR_EACH = 1000
LIMITS_FILE = "-limits"


class SqlCounts(Storage):
    """Counts in a table, in one statement each: two workers never count over one another."""

    STORAGE_SCHEME = None

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        """Take the database, and the clock by which windows of time pass."""
        super().__init__(wrap_exceptions=True)
        self._engine = engine
        self._clock = clock
        self._counted = count(1)
        self._insert: Any = sqlite_dialect.insert if engine.dialect.name == "sqlite" else postgresql.insert

    @property
    def base_exceptions(self) -> type[Exception]:
        """Say what may go wrong when counting."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count up, in a new window of time where the last one is over; give the count."""
        now = self._clock()
        new = self._insert(RateCount).values(key_hash=_hashed(key), count=amount, expires_at=now + expiry)
        over = RateCount.expires_at <= now
        counted = new.on_conflict_do_update(
            index_elements=[RateCount.key_hash],
            set_={
                "count": case((over, new.excluded.count), else_=RateCount.count + amount),
                "expires_at": case((over, new.excluded.expires_at), else_=RateCount.expires_at),
            },
        ).returning(RateCount.count)
        with self._engine.connect() as connection:
            if next(self._counted) % CLEAR_EACH == 0:
                connection.execute(delete(RateCount).where(RateCount.expires_at <= now))
            return int(connection.execute(counted).scalar_one())

    def get(self, key: str) -> int:
        """Give the count of a window that is not over."""
        wanted = select(RateCount.count).where(
            RateCount.key_hash == _hashed(key), RateCount.expires_at > self._clock()
        )
        with self._engine.connect() as connection:
            return int(connection.scalar(wanted) or 0)

    def get_expiry(self, key: str) -> float:
        """Say when the window ends, in seconds since 1970; now, where there is none."""
        wanted = select(RateCount.expires_at).where(RateCount.key_hash == _hashed(key))
        with self._engine.connect() as connection:
            return float(connection.scalar(wanted) or self._clock())

    def check(self) -> bool:
        """Say whether counts can be read."""
        return self.get("") == 0

    def reset(self) -> int | None:
        """Forget all counts."""
        with self._engine.connect() as connection:
            return int(connection.execute(delete(RateCount)).rowcount)

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._engine.connect() as connection:
            connection.execute(delete(RateCount).where(RateCount.key_hash == _hashed(key)))


def open_counts(url: str, clock: Callable[[], float]) -> SqlCounts:
    """Open the counts that belong to a database; each statement is a transaction of its own."""
    parsed = make_url(database_url(url))
    if parsed.get_backend_name() == "sqlite":
        return SqlCounts(_open_file(f"{parsed.database}{LIMITS_FILE}"), clock)
    engine = create_engine(
        parsed,
        isolation_level="AUTOCOMMIT",
        pool_pre_ping=True,
        pool_size=4,
        connect_args={
            # Nobody waits for the disk only to be counted, nor long for anything else.
            "options": "-c synchronous_commit=off -c statement_timeout=2000",
            "connect_timeout": 5,
        },
    )
    return SqlCounts(engine, clock)


def _open_file(path: str) -> Engine:
    if not Path(path).exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(
        f"sqlite:///{path}", module=sqlite, isolation_level="AUTOCOMMIT", connect_args={"timeout": 2}
    )
    event.listen(engine, "connect", _set_up)
    with engine.connect() as connection:
        connection.execute(CreateTable(RateCount.__table__, if_not_exists=True))  # type: ignore[arg-type]
    # Workers are forked from the process that opens it, and must not share a connection.
    engine.dispose()
    return engine


def _set_up(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=OFF"):
        connection.execute(f"PRAGMA {pragma}").close()


def _hashed(key: str) -> str:
    # It names addresses and accounts, which nobody needs to read here.
    return sha256(key.encode("utf-8", "backslashreplace")).hexdigest()
