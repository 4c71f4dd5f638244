"""Makes the environment in .venv from a lock file, once; run again it does nothing, and needs no network.

    python3 scripts/bootstrap.py          what the service needs to run
    python3 scripts/bootstrap.py --dev    also what tests and checks need

Standard library only, and old enough syntax that an old Python can read it and say that it is too old.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed-from"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
# The one below, when this one is itself the one in .venv, which may have to go.
PYTHON = getattr(sys, "_base_executable", None) or sys.executable
TOO_OLD = """\
Halfway needs Python 3.11 or newer, and {} is {}.{}. Name a newer one:

    make PYTHON=python3.11 run
"""
NO_PIP = """\
This Python can make an environment but has no pip to fill it with, and none could be borrowed from Debian.
Install it once, then run the same command again:

    sudo apt-get update && sudo apt-get install -y python3-venv
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Bring .venv to what the lock says; 0 when it is so."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    wanted = "dev" if parser.parse_args(arguments).dev else "run"
    if sys.version_info < OLDEST_PYTHON:
        return _refuse(TOO_OLD.format(sys.executable, *sys.version_info[:2]))
    if _is_ready(wanted):
        return 0
    with _one_at_a_time():
        if _is_ready(wanted):  # somebody else made it while we waited
            return 0
        try:
            _make(wanted)
        except NoPipError:
            return _refuse(NO_PIP)
        except subprocess.CalledProcessError as failure:
            return _refuse(f"The environment is not ready: the step above ended with {failure.returncode}.")
    return 0


class NoPipError(Exception):
    """There is no pip to install with, neither in the new environment nor on the machine."""


def _refuse(words: str) -> int:
    sys.stderr.write(words.rstrip() + "\n")
    return 1


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _is_ready(wanted: str) -> bool:
    """Whether .venv was finished from today's lock; the larger set serves for the smaller."""
    try:
        found = STAMP.read_text(encoding="utf-8")
    except OSError:
        return False
    enough = [_stamp("dev")] if wanted == "dev" else [_stamp("run"), _stamp("dev")]
    return found in enough and _python().exists()


def _stamp(kind: str) -> str:
    """What an environment was made from: set, Python, place, lock and project."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    installed = [project["build-system"], project["project"], project["tool"]["hatch"]]
    digest = hashlib.sha256(LOCKS[kind].read_bytes() + repr(installed).encode())
    return "{} {}.{} {} {}\n".format(kind, *sys.version_info[:2], digest.hexdigest(), ROOT)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the door while .venv is made; the system opens it again if we are killed."""
    with (ROOT / ".venv.lock").open("w") as door:
        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another run is making the environment; waiting for it ...")
            fcntl.flock(door, fcntl.LOCK_EX)
        yield


def _make(wanted: str) -> None:
    """Fill .venv; the stamp goes first and comes back last, so that a killed run is seen and made anew."""
    before = STAMP.read_text(encoding="utf-8") if STAMP.exists() else None
    if before is None or not _fits_this_place(before):
        before = None
        _make_empty()
    else:
        STAMP.unlink()
    try:
        _install(wanted)
    except subprocess.CalledProcessError as failure:
        if before is not None and failure.returncode > 0:  # pip refused before it changed anything
            _write_stamp(before)
        raise
    _write_stamp(_stamp(wanted))


def _fits_this_place(stamp: str) -> bool:
    _, version, _, place = stamp.rstrip("\n").split(" ", 3)
    return version == "{}.{}".format(*sys.version_info[:2]) and place == str(ROOT) and _python().exists()


def _write_stamp(words: str) -> None:
    unfinished = STAMP.with_suffix(".unfinished")
    unfinished.write_text(words, encoding="utf-8")
    unfinished.replace(STAMP)


def _python() -> Path:
    return VENV / "bin" / "python"


def _make_empty() -> None:
    _say(f"Making the environment in {VENV.name}/ ...")
    if VENV.exists():
        shutil.rmtree(VENV)
    # Debian keeps ensurepip in a package of its own (python3-venv): without it venv would fail half-way.
    without_pip = [] if _has("ensurepip") else ["--without-pip"]
    subprocess.run([PYTHON, "-m", "venv", *without_pip, str(VENV)], check=True)


def _has(module: str, python: str = PYTHON) -> bool:
    probe = [python, "-c", f"import {module}"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


def _install(wanted: str) -> None:
    lock = LOCKS[wanted]
    with _pip() as pip:
        quiet = ["-qq", "--disable-pip-version-check", "--no-input"]
        _say(f"Installing what {lock.name} names (a minute or two the first time) ...")
        packages = ["--require-hashes", "-r", str(lock)]
        itself = ["--no-index", "--no-build-isolation", "--editable", str(ROOT)]
        for what in (packages, itself):
            subprocess.run([*pip, "install", *quiet, "--no-deps", *what], check=True)
    _say("The environment is ready.")


@contextmanager
def _pip() -> Iterator[list[str]]:
    """Yield the command that installs into .venv: its own pip, the machine's, or one borrowed from Debian."""
    if _has("pip", str(_python())):
        yield [str(_python()), "-m", "pip"]
    elif _has("pip"):
        yield [PYTHON, "-m", "pip", "--python", str(_python())]
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield [str(_python()), str(_borrow_pip(Path(folder)) / "pip")]


def _borrow_pip(folder: Path) -> Path:
    """Fetch Debian's own pip into a folder that goes away; this needs no rights and changes nothing else.

    A wheel is a zip file, and Python runs `pip` from inside it. Debian signs what apt downloads.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise NoPipError
    _say("This Python has no pip (Debian: python3-venv); borrowing Debian's for this once ...")
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    places = [f"-oDir::State={folder}/state", f"-oDir::Cache={folder}/cache", "-oAPT::Sandbox::User="]
    for order in (["update"], ["download", "python3-pip-whl"]):
        if subprocess.run(["apt-get", "-qq", *places, *order], cwd=folder, check=False).returncode:
            raise NoPipError
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    for wheel in folder.glob("usr/share/python-wheels/pip-*.whl"):
        return wheel
    raise NoPipError


if __name__ == "__main__":
    sys.exit(main())
