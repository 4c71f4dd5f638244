"""What the suite's own databases promise: undone after each test, committed on request, both kinds."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, inspect, select

from models import Centre
from service import db
from tests import postgres

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)


def make_centre():
    return Centre(name="Vinnytsia", timezone="Europe/Kyiv", language="uk")


def count_centres(session):
    return session.scalar(select(func.count()).select_from(Centre))


@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_commits_is_gone_in_the_next(session, sessions, time):
    assert count_centres(session) == 0
    with db.unit_of_work(sessions, at=AT) as inner:
        inner.add(make_centre())
    assert count_centres(session) == 1


def test_a_unit_of_work_that_fails_leaves_nothing(session, sessions):
    with pytest.raises(ZeroDivisionError), db.unit_of_work(sessions, at=AT) as inner:
        inner.add(make_centre())
        inner.flush()
        raise ZeroDivisionError
    assert count_centres(session) == 0


def test_a_read_only_unit_of_work_reads_and_may_not_write(session, sessions):
    session.add(make_centre())
    session.flush()
    with db.unit_of_work(sessions, readonly=True) as inner:
        assert count_centres(inner) == 1
    with pytest.raises(AssertionError, match="read-only"), db.unit_of_work(sessions, readonly=True) as inner:
        inner.add(make_centre())
        inner.flush()


@pytest.mark.parametrize("time", [1, 2])
def test_a_committed_database_is_the_tests_own(committed_database_url, time):
    engine = db.make_engine(committed_database_url)
    with db.unit_of_work(db.make_sessions(engine), at=AT) as session:
        assert count_centres(session) == 0
        session.add(make_centre())
    with db.unit_of_work(db.make_sessions(engine), readonly=True) as session:
        assert count_centres(session) == 1
    engine.dispose()


def test_an_empty_database_has_no_table(empty_database_url, database_kind):
    engine = db.make_engine(empty_database_url)
    assert engine.dialect.name == database_kind
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.postgres
def test_a_test_may_be_for_postgresql_only(database_kind):
    assert database_kind == "postgresql"


def test_without_binaries_the_reason_is_told(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(postgres, "SYSTEM_FOLDERS", "/nowhere")
    monkeypatch.setattr(postgres, "WHEELS", ())
    with (
        pytest.raises(postgres.NoPostgresError, match="apt-get install postgresql"),
        postgres.private_server(),
    ):
        pass
