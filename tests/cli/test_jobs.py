"""`halfway jobs`: what is dead is seen, tried again or dropped, and nothing else is touched."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Job
from models.jobs import MOST_ATTEMPTS, JobStatus
from service import db
from service.access.actors import WORKER
from service.broker import broker_answers
from service.config import Settings
from service.jobs.mail import make_sender
from service.jobs.runner import run_next
from service.jobs.stop import Stop
from service.jobs.tools import Tools
from service.operations.jobs import order_job
from tests.apps import app_with


@pytest.fixture
def two(halfway, committed_database_url):
    """Order two jobs, one of which has failed too often; give the numbers of both, the dead one first."""
    engine = db.make_engine(committed_database_url)
    sessions = db.make_sessions(engine)

    def fail(_tools, _payload):
        raise ValueError("oksana@example.org")

    with db.unit_of_work(sessions) as session:
        at = session.info["at"]
        dead = order_job(session, WORKER, "test.dead", {}, at=at)
        dead.attempts = MOST_ATTEMPTS - 1
    run_next(Tools(sessions, Settings(), make_sender("folder:nowhere")), Stop(), {"test.dead": fail})
    with db.unit_of_work(sessions) as session:
        waiting = order_job(session, WORKER, "test.waiting", {}, at=at)
    engine.dispose()
    return str(dead.id), str(waiting.id)


def jobs_of(checks):
    return checks.json["status"], checks.json["checks"]["jobs"], checks.status_code


def test_what_failed_too_often_is_seen_tried_again_and_dropped(halfway, two, rows, committed_database_url):
    dead, waiting = two
    engine = db.make_engine(committed_database_url)
    client = app_with(db.make_sessions(engine)).test_client()
    (line,) = halfway("jobs", "list", "--dead").stdout.splitlines()
    assert line.startswith(f"{dead}  dead  test.dead  due ")
    assert f"tries {MOST_ATTEMPTS}  ValueError at " in line
    assert "oksana" not in line
    assert {one.split()[0] for one in halfway("jobs", "list").stdout.splitlines()} == {dead, waiting}
    assert jobs_of(client.get("/readyz")) == ("degraded", "1 dead", 200)
    assert "WRONG  1 jobs are dead" in halfway("doctor").stdout

    for command in ("retry", "drop"):
        for wrong in (waiting, str(uuid.uuid4())):
            assert halfway("jobs", command, dead, wrong).exit_code == 1, "all that are named, or none"
    assert [one.status for one in rows.scalars(select(Job).where(Job.kind == "test.dead"))] == [
        JobStatus.DEAD
    ]
    rows.rollback()

    assert halfway("jobs", "retry", dead).stdout == f"{dead} test.dead is tried again.\n"
    job = rows.get_one(Job, uuid.UUID(dead), populate_existing=True)
    assert (job.status, job.attempts, job.ended_at) == (JobStatus.WAITING, 0, None)
    assert jobs_of(client.get("/readyz")) == ("ok", "ok", 200)

    job.status = JobStatus.DEAD
    rows.commit()
    assert halfway("jobs", "drop", dead).stdout == f"{dead} test.dead is dropped.\n"
    rows.refresh(job)
    assert job.status is JobStatus.DONE
    assert halfway("jobs", "list", "--dead").stdout == ""
    engine.dispose()


def test_readyz_says_when_nobody_is_at_the_jobs(two, rows, committed_database_url):
    job = rows.get_one(Job, uuid.UUID(two[1]))
    job.due_at -= timedelta(minutes=20, seconds=30)
    rows.commit()
    engine = db.make_engine(committed_database_url)
    client = app_with(db.make_sessions(engine)).test_client()
    assert jobs_of(client.get("/readyz")) == ("degraded", "due for 20 minutes; 1 dead", 200)
    engine.dispose()


@pytest.mark.parametrize("address", ["amqp://guest:guest@127.0.0.1:1//", "redis://127.0.0.1:1/0"])
def test_a_broker_that_cannot_be_reached_is_said_so(halfway, monkeypatch, address):
    monkeypatch.setenv("HALFWAY_BROKER_URL", address)
    assert not broker_answers(Settings(broker_url=address))
    assert "WRONG  the broker cannot be reached: jobs wait" in halfway("doctor").stdout


def test_celery_asks_for_a_broker(halfway, monkeypatch):
    result = halfway("celery", "--concurrency", "2")
    assert (result.exit_code, "HALFWAY_BROKER_URL" in result.stderr) == (1, True)
    monkeypatch.setenv("HALFWAY_BROKER_URL", "pigeons://secret")
    result = halfway("celery")
    assert (result.exit_code, "amqp://" in result.stderr, "secret" in result.stderr) == (1, True, False)
