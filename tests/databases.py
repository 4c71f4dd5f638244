"""Databases for the tests: migrated once for each kind, then copied, so that each test may have its own."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from service import db
from tests import postgres

KINDS = ("sqlite", "postgresql")


class Databases:
    """Makes databases of both kinds in one folder and one private server; one for each test process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = ExitStack()
        self._templates: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._address = ""
        self._failure: postgres.NoPostgresError | None = None

    def close(self) -> None:
        """Stop the server, if one was started."""
        self._open.close()

    @property
    def _server(self) -> str:
        """The address of the private server, started when first asked for; a failure is not tried again."""
        if self._failure:
            raise self._failure
        if not self._address:
            try:
                self._address = self._open.enter_context(postgres.private_server())
            except postgres.NoPostgresError as failure:
                self._failure = failure
                raise
        return self._address

    @contextmanager
    def empty(self, kind: str) -> Iterator[str]:
        """Yield the URL of a new database without any table."""
        name = f"test{next(self._numbers)}"
        if kind == "sqlite":
            yield f"sqlite:///{self._folder / name}.db"
            return
        postgres.run_sql(self._server, f"CREATE DATABASE {name}")
        yield self._server.format(name=name)
        postgres.run_sql(self._server, f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def migrated(self, kind: str) -> Iterator[str]:
        """Yield the URL of a new database as the migrations make it: a copy of one that they made."""
        template = self._template(kind)
        name = f"test{next(self._numbers)}"
        if kind == "sqlite":
            shutil.copyfile(template, self._folder / f"{name}.db")
            yield f"sqlite:///{self._folder / name}.db"
            return
        postgres.run_sql(self._server, f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self._server.format(name=name)
        postgres.run_sql(self._server, f"DROP DATABASE {name} WITH (FORCE)")

    def _template(self, kind: str) -> str:
        """Return the file or the name of the database that the migrations were run on."""
        if kind not in self._templates:
            self._templates[kind] = self._make_template(kind)
        return self._templates[kind]

    def _make_template(self, kind: str) -> str:
        if kind == "sqlite":
            path = self._folder / "template.db"
            db.migrate(f"sqlite:///{path}")
            return str(path)
        postgres.run_sql(self._server, "CREATE DATABASE template_halfway")
        db.migrate(self._server.format(name="template_halfway"))
        return "template_halfway"


class UndoneSession(Session):
    """A session within a test's own transaction: its commit is a savepoint, and readers may not write.

    `unit_of_work(readonly=True)` asks for a read-only transaction, which cannot be had in the midst of
    another; here the promise is held by refusing to flush.
    """

    def connection(self, bind_arguments: Any = None, execution_options: Any = None) -> Connection:
        """Give the test's connection; note it when only reading was asked for."""
        asked = dict(execution_options or {})
        self.info["readonly"] = asked.pop("readonly", self.info.get("readonly", False))
        asked.pop("postgresql_readonly", None)
        return super().connection(bind_arguments, asked or None)


@event.listens_for(UndoneSession, "before_flush")
def _refuse_writes(session: Session, _context: object, _instances: object) -> None:
    if session.info.get("readonly") and (session.new or session.dirty or session.deleted):
        raise AssertionError("a read-only unit of work wrote something")
