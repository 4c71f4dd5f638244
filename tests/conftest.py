"""Fixtures for the whole suite: a database of each kind, and the real files where they are.

Ask for one of these, and the test runs once on SQLite and once on PostgreSQL:

* `session`      a Session in a transaction that is undone after the test. Its commits are savepoints,
                 so what is committed here is seen by `sessions`, and gone afterwards. Most tests want this.
* `sessions`     the factory behind it, for whatever takes what `service.db.make_sessions` returns:
                 `unit_of_work(sessions)`, or the application under its in-process test client. It shares
                 the transaction of `session`; call `session.expire_all()` to see what the other side changed.
* `committed_database_url`
                 the URL of a database of the test's own, migrated and empty, where commits are real: for
                 processes, threads, gunicorn, races. Making one takes some hundredths of a second.
* `empty_database_url`
                 the same without any table: for tests of the migrations themselves.
* `database_kind`  "sqlite" or "postgresql": which of the two this run is.

`@pytest.mark.postgres` keeps a test to PostgreSQL; `--database sqlite` (or postgresql) keeps the whole run
to one. Where no PostgreSQL can be started, its half is skipped with the reason, unless
HALFWAY_TESTS_REQUIRE_POSTGRES=1 is set: then it fails.

With Hypothesis, take `committed_database_url` or make the session inside the test: a fixture is made once
for all examples.

Also here: `shared_data`, the folder of real files (HALFWAY_SHARED_DATA, else ../shared/data beside the
repository), which skips the test where it is absent.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from service import db
from tests.databases import KINDS, Databases, UndoneSession
from tests.postgres import NoPostgresError

ROOT = Path(__file__).resolve().parent.parent

# As many test processes as cores: threads of scikit-learn's own would only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Two shared cores make times jump; Hypothesis itself sets this, and a fixed seed, where CI is set.
hypothesis.settings.register_profile("shared cores", deadline=None)
if "CI" not in os.environ:
    hypothesis.settings.load_profile("shared cores")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run keep to one of the two databases."""
    parser.addoption(
        "--database", choices=KINDS, action="append", help="run on this one only (default: both)"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what touches a database once for each kind."""
    if "database_kind" not in metafunc.fixturenames:
        return
    wanted = metafunc.config.getoption("--database") or KINDS
    able = ("postgresql",) if metafunc.definition.get_closest_marker("postgres") else KINDS
    kinds = [kind for kind in able if kind in wanted]
    if metafunc.definition.get_closest_marker("any_database"):
        kinds = kinds[:1]
    metafunc.parametrize("database_kind", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """Name the database of this run: sqlite or postgresql."""
    return str(request.param)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Give the maker of databases, one for each test process; its server starts when first needed."""
    maker = Databases(tmp_path_factory.mktemp("databases"))
    yield maker
    maker.close()


@contextmanager
def _or_skip() -> Iterator[None]:
    """Skip a test for which no PostgreSQL can be had, or fail it where one is required."""
    try:
        yield
    except NoPostgresError as missing:
        if os.environ.get("HALFWAY_TESTS_REQUIRE_POSTGRES") == "1":
            pytest.fail(f"PostgreSQL is required here: {missing}")
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def database_engine(databases: Databases, database_kind: str) -> Iterator[Engine]:
    """Open the database that all undone tests share; nothing is ever committed in it."""
    with _or_skip(), databases.migrated(database_kind) as url:
        engine = db.make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def connection(database_engine: Engine) -> Iterator[Connection]:
    """Open the one connection of a test, in a transaction that is undone."""
    with database_engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def sessions(connection: Connection) -> sessionmaker[Session]:
    """Give the factory of sessions within the test's transaction."""
    return sessionmaker(
        connection,
        class_=UndoneSession,
        expire_on_commit=False,
        join_transaction_mode="create_savepoint",
    )


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Open a session within the test's transaction."""
    with sessions() as session:
        session.info["at"] = datetime.now(UTC)
        yield session


@pytest.fixture
def committed_database_url(databases: Databases, database_kind: str) -> Iterator[str]:
    """Make a migrated database where commits are real."""
    with _or_skip(), databases.migrated(database_kind) as url:
        yield url


@pytest.fixture
def empty_database_url(databases: Databases, database_kind: str) -> Iterator[str]:
    """Make a database without any table."""
    with _or_skip(), databases.empty(database_kind) as url:
        yield url


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Find the real files, or skip."""
    folder = Path(os.environ.get("HALFWAY_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the real files are not here (HALFWAY_SHARED_DATA names their folder)")
    return folder
