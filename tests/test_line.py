"""The line before SQLite's one writer: in the order of coming, past the dead, and not for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from models import Centre
from service import db
from service.app import create_app
from service.config import Settings
from service.db import make_engine, make_sessions, migrate, unit_of_work
from service.line import take_turn
from tests.making import make_centre
from tests.web.conftest import Visitor

PATIENCE = 20.0
WAIT_IN_LINE = """
import sys, time
from service.line import take_turn
with take_turn(sys.argv[1], until=time.monotonic() + 60):
    print("my turn", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def url(tmp_path):
    url = f"sqlite:///{tmp_path / 'halfway.db'}"
    migrate(url)
    return url


@pytest.fixture
def engine(url):
    engine = make_engine(url)
    yield engine
    engine.dispose()


@contextmanager
def writing(sessions):
    """Hold the write lock: a transaction begins with its first word to the database."""
    with unit_of_work(sessions) as session:
        session.connection()
        yield session


def length(path) -> int:
    """How many numbers have been taken so far."""
    return int.from_bytes(path.read_bytes()[:8], "little") if path.exists() else 0


def wait_for(condition) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.001)


def test_who_came_first_writes_first_and_who_has_written_stands_at_the_end(engine, tmp_path):
    sessions, line, order = make_sessions(engine), tmp_path / "halfway.db-line", []

    def write(name):
        with writing(sessions):
            order.append(name)

    crowd = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    with writing(sessions):
        order.append("first")
        for one in crowd:
            before = length(line)
            one.start()
            wait_for(lambda before=before: length(line) > before)
        # Not a moment is left to those who wait before the same writer begins anew.
    write("first again")
    for one in crowd:
        one.join()

    assert order == ["first", 0, 1, 2, 3, "first again"]


def test_a_process_that_dies_in_the_line_keeps_nobody_waiting(tmp_path):
    line = tmp_path / "line"
    process = subprocess.Popen(
        [sys.executable, "-c", WAIT_IN_LINE, str(line)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "my turn\n"
    began = time.monotonic()
    with take_turn(str(line), until=began + 0.05):
        waited = time.monotonic() - began
    assert waited >= 0.05, "the other one's turn was taken"

    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()

    began = time.monotonic()
    with take_turn(str(line), until=began + PATIENCE):
        assert time.monotonic() - began < PATIENCE / 2


def test_readers_do_not_stand_in_line(engine, tmp_path):
    sessions, line = make_sessions(engine), tmp_path / "halfway.db-line"
    with writing(sessions) as session:
        make_centre(session)
        before = length(line)
        with unit_of_work(sessions, readonly=True) as reading:
            assert reading.scalars(select(Centre)).all() == []
        assert length(line) == before


def test_a_writer_that_waits_too_long_is_refused_and_the_next_one_is_not(engine, monkeypatch):
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.05)
    sessions, other = make_sessions(engine), make_engine(str(engine.url))
    refused = pytest.raises(OperationalError, match="locked")
    with writing(sessions), refused, writing(make_sessions(other)):
        pytest.fail("two writers at once")
    with unit_of_work(make_sessions(other)) as session:
        make_centre(session)
    other.dispose()


def test_a_request_that_waits_too_long_is_told_to_come_again(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.05)
    other = make_engine(str(engine.url))
    app = create_app(Settings(secret_key_file=str(tmp_path / "key")), make_sessions(other))
    account = {"email": "a@example.org", "password": "four quiet green bicycles", "name": "A"}
    browser = Visitor(app)
    form = {**account, "kind": "volunteer", "csrf_token": browser.token("/sign-up")}
    with writing(make_sessions(engine)):
        answers = [
            browser.client.post("/v1/accounts", json={**account, "kind": "volunteer"}),
            browser.client.post("/sign-up", data=form),
        ]
    other.dispose()
    assert [one.status_code for one in answers] == [503, 503]
    assert {one.headers["Retry-After"] for one in answers} == {"2"}
