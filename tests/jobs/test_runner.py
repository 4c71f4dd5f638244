"""Running jobs: once each, again after a failure, and by another worker after a death."""

import time
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import Job
from models.jobs import LEASE, MOST_ATTEMPTS, JobStatus
from service import db
from service.access.actors import WORKER
from service.config import Settings
from service.errors import Refusal
from service.jobs.mail import make_sender
from service.jobs.runner import run_next, work
from service.jobs.stop import Stop
from service.jobs.tools import Tools, in_one_transaction
from service.operations.jobs import claim_job, order_job
from tests.processes import FORKED

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)


def tools_for(sessions):
    return Tools(sessions, Settings(), make_sender("folder:nowhere"))


@pytest.fixture
def tools(sessions):
    return tools_for(sessions)


@pytest.fixture
def tools_committed(committed_database_url):
    engine = db.make_engine(committed_database_url)
    yield tools_for(db.make_sessions(engine))
    engine.dispose()


def order(sessions, kind="test.job", at=None, **payload):
    at = at or db.now() - timedelta(seconds=1)
    with db.unit_of_work(sessions, at=at) as session:
        return order_job(session, WORKER, kind, payload, at=at).id


def job_of(sessions, job_id):
    with db.unit_of_work(sessions) as session:
        return session.get_one(Job, job_id)


def noting(notes, word):
    def run(_tools, _payload):
        notes.append(word)
        return False

    return run


def let_lease_lapse(sessions, job_id):
    with db.unit_of_work(sessions) as session:
        session.get_one(Job, job_id).leased_until = db.now() - timedelta(seconds=1)


def test_a_due_job_is_run_once_and_noted_as_done(tools):
    seen, number = [], str(uuid.uuid4())
    job_id = order(tools.sessions, subject_id=number)
    jobs = {"test.job": lambda _, payload: seen.append(payload)}
    assert run_next(tools, Stop(), jobs)
    assert not run_next(tools, Stop(), jobs)
    assert seen == [{"subject_id": number}]
    assert job_of(tools.sessions, job_id).status is JobStatus.DONE


def test_a_job_of_tomorrow_waits(tools):
    order(tools.sessions, at=db.now() + timedelta(days=1))
    assert not run_next(tools, Stop(), {})


def test_a_job_is_run_again_while_more_remains_under_a_renewed_lease(tools):
    leases = []
    job_id = order(tools.sessions)

    def count_to_three(tools, _payload):
        leases.append(job_of(tools.sessions, job_id).leased_until)
        return len(leases) < 3

    run_next(tools, Stop(), {"test.job": count_to_three})
    assert leases == sorted(set(leases))
    assert len(leases) == 3
    assert job_of(tools.sessions, job_id).status is JobStatus.DONE


def test_a_worker_asked_to_stop_puts_the_rest_of_a_long_job_back(tools):
    stop, runs = Stop(), []
    job_id = order(tools.sessions)

    def ask(_tools, _payload):
        runs.append("worker")
        stop.ask()
        return True

    run_next(tools, stop, {"test.job": ask})
    assert job_of(tools.sessions, job_id).status is JobStatus.WAITING
    assert run_next(tools, Stop(), {"test.job": noting(runs, "next worker")})
    assert runs == ["worker", "next worker"]


def test_what_one_transaction_changed_is_undone_when_its_job_fails(tools):
    @in_one_transaction
    def order_and_fail(session, actor, payload, *, at):
        order_job(session, actor, "test.other", payload, at=at)
        session.flush()
        raise Refusal("conflict")

    job_id = order(tools.sessions)
    run_next(tools, Stop(), {"test.job": order_and_fail})
    with db.unit_of_work(tools.sessions, readonly=True) as session:
        assert session.scalars(select(Job.id)).all() == [job_id]


def test_a_failed_job_is_tried_again_later_and_its_words_are_not_kept(tools, caplog):
    def fail(_tools, _payload):
        raise ValueError("oksana@example.org lives at 5 River Street")

    job_id = order(tools.sessions)
    before = db.now()
    assert run_next(tools, Stop(), {"test.job": fail})
    job = job_of(tools.sessions, job_id)
    assert job.status is JobStatus.WAITING
    assert job.due_at >= before + timedelta(seconds=10)
    assert job.last_error.startswith("ValueError at ")
    assert "oksana" not in job.last_error + caplog.text
    assert not run_next(tools, Stop(), {"test.job": fail})


def test_the_pauses_grow_and_after_eight_tries_a_job_is_dead(session):
    job = order_job(session, WORKER, "test.job", {}, at=AT)
    at, pauses = AT, []
    while job.status is not JobStatus.DEAD:
        job.begin(at)
        job.fail("ValueError", at)
        pauses.append(job.due_at - at)
        at = job.due_at
    assert job.attempts == MOST_ATTEMPTS == len(pauses)
    assert pauses[:3] == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    session.flush()
    assert claim_job(session, WORKER, at=at + timedelta(days=365)) is None


def test_a_job_of_an_unknown_kind_is_kept_for_a_worker_that_knows_it(tools):
    job_id = order(tools.sessions, kind="test.new")
    run_next(tools, Stop(), {})
    job = job_of(tools.sessions, job_id)
    assert (job.status, job.last_error) == (JobStatus.WAITING, "no job of that kind is known here")


def test_a_job_that_kills_every_worker_ends_up_dead(tools):
    job_id = order(tools.sessions)
    for _ in range(MOST_ATTEMPTS):
        with db.unit_of_work(tools.sessions) as session:
            claim_job(session, WORKER, at=db.now())
        let_lease_lapse(tools.sessions, job_id)
    ran: list[str] = []
    run_next(tools, Stop(), {"test.job": noting(ran, "again")})
    assert not ran
    assert job_of(tools.sessions, job_id).status is JobStatus.DEAD


def test_a_worker_that_lost_its_lease_notes_nothing(tools):
    job_id = order(tools.sessions)

    def sleep_too_long(tools, _payload):
        let_lease_lapse(tools.sessions, job_id)
        with db.unit_of_work(tools.sessions) as session:
            claim_job(session, WORKER, at=db.now())

    run_next(tools, Stop(), {"test.job": sleep_too_long})
    job = job_of(tools.sessions, job_id)
    assert (job.status, job.attempts) == (JobStatus.RUNNING, 2)


def test_an_order_that_waits_serves_for_the_next_of_its_key(session):
    first = order_job(session, WORKER, "test.job", {}, at=AT, key="needs")
    assert order_job(session, WORKER, "test.job", {}, at=AT, key="needs") is first
    first.begin(AT)
    assert order_job(session, WORKER, "test.job", {}, at=AT, key="needs") is not first


def claim_id(sessions):
    with db.unit_of_work(sessions, at=AT) as session:
        job = claim_job(session, WORKER, at=AT)
        return job and job.id


def test_a_waiting_order_is_not_begun_before_the_change_it_serves_is_committed(
    tools_committed, database_kind
):
    # On SQLite whoever writes is alone; on PostgreSQL the lock on the order makes it so.
    sessions = tools_committed.sessions
    with db.unit_of_work(sessions, at=AT) as session:
        job_id = order_job(session, WORKER, "test.job", {}, at=AT, key="needs").id
    with db.unit_of_work(sessions, at=AT) as changing:
        assert order_job(changing, WORKER, "test.job", {}, at=AT, key="needs").id == job_id
        assert database_kind == "sqlite" or claim_id(sessions) is None
    assert claim_id(sessions) == job_id


def sleep_on_the_job(marker):
    def run(_tools, _payload):
        marker.set()
        time.sleep(60)
        return False

    return run


def work_and_hang(url, marker):
    tools = tools_for(db.make_sessions(db.make_engine(url)))
    work(tools, Stop(), {"test.job": sleep_on_the_job(marker)})


def test_the_job_of_a_killed_worker_is_taken_up_when_its_lease_has_lapsed(
    tools_committed, committed_database_url
):
    job_id, sessions = order(tools_committed.sessions), tools_committed.sessions
    marker = FORKED.Event()
    worker = FORKED.Process(target=work_and_hang, args=(committed_database_url, marker))
    worker.start()
    assert marker.wait(30)
    worker.kill()
    worker.join(10)
    assert worker.exitcode == -9
    job = job_of(sessions, job_id)
    assert job.status is JobStatus.RUNNING
    ran: list[str] = []
    jobs = {"test.job": noting(ran, "taken up")}
    assert not run_next(tools_committed, Stop(), jobs)
    assert timedelta(0) < job.leased_until - db.now() <= LEASE
    let_lease_lapse(sessions, job_id)
    assert run_next(tools_committed, Stop(), jobs)
    job = job_of(sessions, job_id)
    assert (ran, job.status, job.attempts) == (["taken up"], JobStatus.DONE, 2)


def work_through(url, results):
    engine = db.make_engine(url)
    tools = tools_for(db.make_sessions(engine))
    done = []

    def note_number(_tools, payload):
        done.append(payload["number"])
        return False

    while run_next(tools, Stop(), {"test.job": note_number}):
        pass
    engine.dispose()
    results.put(done)


@pytest.mark.slow
def test_workers_side_by_side_run_each_job_once(tools_committed, committed_database_url):
    for number in range(40):
        order(tools_committed.sessions, number=number)
    results = FORKED.Queue()
    arguments = (committed_database_url, results)
    workers = [FORKED.Process(target=work_through, args=arguments) for _ in range(4)]
    for worker in workers:
        worker.start()
    counted = Counter(number for _ in workers for number in results.get(timeout=60))
    for worker in workers:
        worker.join(10)
    assert counted == Counter(range(40))
