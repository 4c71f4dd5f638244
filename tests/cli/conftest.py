"""Commands as an operator runs them: with settings of their own, in this process or as a real one."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from service import db
from service.cli import main


@pytest.fixture
def settings_of_its_own(monkeypatch, tmp_path):
    """Keep every file that a command makes in the test's own folder."""
    for name in [name for name in os.environ if name.startswith("HALFWAY_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def halfway(settings_of_its_own, monkeypatch, committed_database_url):
    """Run a command on a migrated database of its own; give its result."""
    monkeypatch.setenv("HALFWAY_DATABASE_URL", committed_database_url)
    return run_command


def run_command(*arguments, stdin=""):
    return CliRunner().invoke(main, list(arguments), input=stdin)


@pytest.fixture
def last_line(halfway):
    """Run a command that must succeed; give its last line."""

    def run(*arguments, stdin=""):
        result = halfway(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()[-1]

    return run


@pytest.fixture
def rows(committed_database_url):
    """Open a session to look at what a command has left."""
    engine = db.make_engine(committed_database_url)
    with db.make_sessions(engine)() as session:
        yield session
    engine.dispose()


class Served(subprocess.Popen[str]):
    """A command that runs, and where it serves if it does."""

    address: str


@pytest.fixture
def start(settings_of_its_own, committed_database_url):
    """Start commands as real processes on a free port; whatever still runs at the end is killed."""
    started: list[Served] = []
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    # Embedding the demo town takes a core for a minute, beside every command that serves.
    wanted = {"DATABASE_URL": committed_database_url, "PORT": str(port), "WORKERS": "1", "TEXT": "plain"}
    environment = os.environ | {f"HALFWAY_{name}": value for name, value in wanted.items()}

    def start_command(*arguments, **settings):
        named = {f"HALFWAY_{name.upper()}": str(value) for name, value in settings.items()}
        command = [sys.executable, "-m", "service.cli", *arguments]
        process = Served(
            command, env=environment | named, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        process.address = f"http://127.0.0.1:{port}"
        started.append(process)
        return process

    yield start_command
    for process in started:
        for pid in [process.pid, *children_of(process.pid)] if process.poll() is None else []:
            os.kill(pid, 9)
        process.wait()
        if process.stdout:
            process.stdout.close()


def children_of(pid):
    """List the processes below one, children and their children."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended while we looked
    below = {pid}
    while more := {one for one, parent in parents.items() if parent in below} - below:
        below |= more
    return sorted(below - {pid})


def wait_for(ask, seconds=40.0, pause=0.1):
    """Ask again and again until the answer is true; give it."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(pause)
    return answer
