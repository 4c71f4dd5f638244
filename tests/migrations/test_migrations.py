"""The database's history: one line, up and down again, the same as the models, safe to kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from models import Base
from service.db import alembic_config, make_engine, make_sessions, migrate, unit_of_work
from tests.making import make_centre, make_need, make_proposal, make_volunteer

ROOT = Path(__file__).resolve().parent.parent.parent

# Runs the migrations and kills itself, as a power cut would, before the statement of that number.
KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from service.db import migrate
url, at = sys.argv[1], int(sys.argv[2])
seen = 0
@event.listens_for(Engine, "before_cursor_execute")
def count(connection, cursor, statement, *rest):
    global seen
    seen += statement.lstrip().startswith("CREATE")
    if seen == at:
        os.kill(os.getpid(), signal.SIGKILL)
migrate(url)
"""


def tables_of(url: str) -> set[str]:
    engine = make_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_the_history_is_one_line():
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


def test_the_newest_revision_has_the_tables_of_the_models(empty_database_url):
    migrate(empty_database_url)

    command.check(alembic_config(empty_database_url))  # raises where they differ
    assert tables_of(empty_database_url) == {*Base.metadata.tables, "alembic_version"}


def test_up_down_and_up_again_is_the_same(empty_database_url):
    migrate(empty_database_url)

    command.downgrade(alembic_config(empty_database_url), "base")
    assert tables_of(empty_database_url) == {"alembic_version"}

    migrate(empty_database_url)
    command.check(alembic_config(empty_database_url))


@pytest.mark.slow
@pytest.mark.parametrize("at", [1, 2, 13, 45])
def test_a_migration_that_was_killed_can_be_run_again(empty_database_url, at):
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, empty_database_url, str(at)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    migrate(empty_database_url)

    command.check(alembic_config(empty_database_url))


def test_migrating_twice_changes_nothing(committed_database_url):
    migrate(committed_database_url)

    command.check(alembic_config(committed_database_url))


@pytest.mark.parametrize("statement", ["UPDATE events SET name = 'x.y'", "DELETE FROM events"])
def test_events_are_append_only_whoever_asks_the_database(committed_database_url, statement):
    engine = make_engine(committed_database_url)
    with unit_of_work(make_sessions(engine)) as session:
        centre = make_centre(session)
        session.execute(
            text(
                "INSERT INTO events (at, name, centre_id, actor_kind, subject_kind, subject_id, body)"
                " VALUES (:at, 'centre.added', NULL, 'worker', 'centre', :id, '{}')"
            ),
            {"at": session.info["at"].replace(tzinfo=None), "id": centre.id.hex},
        )
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_no_proposal_begins_as_accepted_whoever_asks_the_database(session):
    volunteer, need = make_volunteer(session), make_need(session)

    with pytest.raises((IntegrityError, DatabaseError), match="cannot begin as accepted"):
        make_proposal(session, volunteer, need, status="accepted", accepted_by=volunteer.id)


def test_nobody_else_is_recorded_as_having_accepted(session):
    volunteer, other, need = make_volunteer(session), make_volunteer(session), make_need(session)
    proposal = make_proposal(session, volunteer, need)

    with pytest.raises(IntegrityError, match="accepted_by_its_volunteer"):
        session.execute(
            text("UPDATE proposals SET status = 'accepted', accepted_by = :other WHERE id = :id"),
            {"other": other.id.hex, "id": proposal.id.hex},
        )
