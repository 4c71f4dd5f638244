"""The lock files: every dependency pinned with its hashes, and no word of where it was fetched from."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?P<when> ; [^\\]+)? \\$", re.MULTILINE)


def read(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, set[Version]]:
    """Return the versions of each package; there may be one for each Python."""
    found: dict[str, set[Version]] = {}
    for pin in PIN.finditer(read(lock)):
        found.setdefault(pin["name"], set()).add(Version(pin["version"]))
    return found


def wanted(*extras: str) -> list[Requirement]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    lines = project["project"]["dependencies"] + project["build-system"]["requires"]
    lines += [line for extra in extras for line in project["project"]["optional-dependencies"][extra]]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place_to_fetch_from(lock):
    assert not re.search(r"://|^\s*--(?!hash)| @ |^/|file:", read(lock), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_a_pin_with_hashes(lock):
    entries = re.split(r"\n(?=[^\s#])", read(lock).strip())
    assert [entry for entry in entries if not (PIN.match(entry) and "--hash=sha256:" in entry)] == []
    assert len(entries) > 40


@pytest.mark.parametrize(("lock", "extras"), [(LOCKS[0], ("build",)), (LOCKS[1], ("build", "dev"))])
def test_every_dependency_of_the_project_is_pinned_as_it_asks(lock, extras):
    pinned = pins(lock)
    unmet = [
        str(one)
        for one in wanted(*extras)
        if not any(one.specifier.contains(version) for version in pinned.get(canonicalize_name(one.name), ()))
    ]
    assert unmet == []


def test_what_is_tested_is_what_runs():
    tested = pins("requirements-dev.lock")
    assert {name: tested.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")
