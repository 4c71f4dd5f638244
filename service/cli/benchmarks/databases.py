"""Databases for one run: an SQLite file in a temporary folder, or one made in a given PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from service.db import migrate


@contextmanager
def sqlite_database(folder: Path) -> Iterator[str]:
    """Make a migrated SQLite database in the folder."""
    url = f"sqlite:///{folder / 'bench.db'}"
    migrate(url)
    yield url


@contextmanager
def postgres_database(server: str) -> Iterator[str]:
    """Make a migrated database of its own beside the one that `server` names, and remove it again."""
    given, name = make_url(server), f"halfway_bench_{uuid.uuid4().hex[:8]}"
    plain = given.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            url = given.set(drivername="postgresql+psycopg", database=name)
            text = url.render_as_string(hide_password=False)
            migrate(text)
            yield text
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
