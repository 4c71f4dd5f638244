"""The lock files: every dependency pinned with its hashes, and no word of where it was fetched from."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("service", "matching", "models", "migrations")
# part of Flask, in all but name
FLASK = {"itsdangerous", "jinja2", "werkzeug"}
# asked for by name while the service runs, or read as data
NOT_IMPORTED = {"python-dateutil", "gunicorn", "psycopg", "tzdata"}
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


def imported() -> set[str]:
    """Return the distributions that the service imports, by their names in an index."""
    names = set()
    for path in (path for floor in FLOORS for path in (ROOT / floor).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                names.add((node.module or "").split(".")[0])
    known = packages_distributions()
    return {
        canonicalize_name(known.get(name, [name])[0])
        for name in names - sys.stdlib_module_names - set(FLOORS)
    }


def test_the_project_asks_for_what_the_service_imports_no_more_no_less():
    declared = {canonicalize_name(one.name) for one in wanted()} - {"hatchling"}
    extra = {canonicalize_name(one.name) for one in wanted("semantic", "celery")}
    assert imported() - FLASK - declared - extra == set()
    assert declared - NOT_IMPORTED - imported() == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place_to_fetch_from(lock):
    assert not re.search(r"://|^\s*--(?!hash)| @ |^/|file:", read(lock), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_a_pin_with_hashes(lock):
    entries = re.split(r"\n(?=[^\s#])", read(lock).strip())
    assert [entry for entry in entries if not (PIN.match(entry) and "--hash=sha256:" in entry)] == []
    assert len(entries) > 40


@pytest.mark.parametrize(
    ("lock", "extras"), [(LOCKS[0], ("build", "semantic")), (LOCKS[1], ("build", "semantic", "dev"))]
)
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
