"""One of the two databases on which a life is lived: how an act is played there, and what it wrote."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from models.errors import NotPossible
from service.app import create_app
from service.config import Settings
from service.db import make_engine, make_sessions, unit_of_work
from service.errors import Refusal
from service.jobs.registry import JOBS
from service.jobs.runner import run_next
from service.jobs.tools import Tools
from service.queries import openings
from tests.life.chance import Chance
from tests.life.rows import TABLES, Reader

WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
Act = Callable[[Session], Any]


class Post:
    """The way out for mail: keeps what was handed over."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, message: EmailMessage) -> None:
        """Keep to whom, and the whole of it."""
        self.sent.append((message["To"], message.as_string()))


class Side:
    """A database, and what was written in each transaction of the last act."""

    def __init__(self, url: str) -> None:
        self.url, self.kind = url, make_url(url).get_backend_name()
        self.engine = make_engine(url)
        self.sessions = make_sessions(self.engine)
        self.post = Post()
        self.settings = Settings(text="plain", index_folder="", secret_key="x" * 40, rate_limits=0)
        self.tools = Tools(self.sessions, self.settings, self.post)
        # The tables that each committed transaction wrote to.
        self.transactions: list[set[str]] = []
        self._writing: set[str] = set()
        if self.kind == "sqlite":
            # Nothing here outlives the run.
            event.listen(self.engine, "connect", lambda one, _: one.execute("PRAGMA synchronous=OFF").close())
        event.listen(self.engine, "before_cursor_execute", self._note)
        event.listen(self.engine, "commit", self._committed)
        event.listen(self.engine, "rollback", lambda _: self._writing.clear())
        self.reader = Reader(url)
        self._app: Flask | None = None
        self._empty = None if self.kind == "postgresql" else self._copy()

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if found := WRITES.match(statement):
            self._writing.add(found[1])

    def _committed(self, _connection: Any) -> None:
        if self._writing:
            self.transactions.append(self._writing)
        self._writing = set()

    def _copy(self) -> Any:
        copy = sqlite.connect(":memory:")
        sqlite.connect(make_url(self.url).database).backup(copy)
        return copy

    def begin_anew(self) -> None:
        """Empty the database for another life; nothing is remembered of the one before."""
        if self._empty is not None:
            with sqlite.connect(make_url(self.url).database) as connection:
                self._empty.backup(connection)
            connection.close()
        else:
            address = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(address, autocommit=True) as connection:
                # The log refuses to be emptied but for this.
                connection.execute("SET session_replication_role = replica")
                tables = ", ".join(f'"{one}"' for one in TABLES)
                connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        openings._KEPT.pop(self.engine, None)
        self.reader.forget()
        self.post.sent.clear()

    def close(self) -> None:
        """Let the database go."""
        self.reader.close()
        self.engine.dispose()

    def play(self, act: Act, seed: object, at: datetime) -> tuple[str, Any]:
        """Do one thing in its transaction; say `done`, or how it was refused."""
        self.transactions, self._writing = [], set()
        with Chance(seed).instead():
            try:
                with unit_of_work(self.sessions, at=at) as session:
                    given = act(session)
            except (Refusal, NotPossible) as refused:
                return refused.code, None
            except DatabaseError:
                return "database", None
        return "done", given

    def ask(self, path: str, headers: dict[str, str], seed: object) -> tuple[int, str]:
        """Ask over HTTP for what somebody may see; say the status and the whole answer."""
        self.transactions, self._writing = [], set()
        if self._app is None:
            self._app = create_app(self.settings, sessions=self.sessions)
        with Chance(seed).instead():
            answer = self._app.test_client().get(path, headers=headers)
        return answer.status_code, answer.get_data(as_text=True)

    def run_jobs(self, most: int, seed: object) -> int:
        """Let a worker do what is due, at most so much; say how many jobs that was."""
        self.transactions, self._writing = [], set()
        with Chance(seed).instead():
            for count in range(most):
                if not run_next(self.tools, lambda: False, JOBS):
                    return count
        return most
