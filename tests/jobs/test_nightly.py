"""The nightly work: one order a night, steps in their order, and no night lost whatever befalls a worker."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models import Job, NightStep
from models.jobs import JobStatus
from service import db
from service.access.actors import WORKER
from service.config import Settings
from service.jobs import nightly
from service.jobs.beside import Beside
from service.jobs.mail import make_sender
from service.jobs.runner import run_next, work
from service.jobs.stop import Stop
from service.jobs.tools import Tools
from service.operations.nights import KIND, next_night, order_next_night, order_night_again
from tests.processes import FORKED

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
NIGHT = date(2027, 3, 2)


def tools_for(sessions):
    return Tools(sessions, Settings(), make_sender("folder:nowhere"))


@pytest.fixture
def tools(sessions):
    return tools_for(sessions)


def orders(session):
    session.expire_all()
    return session.scalars(select(Job).where(Job.kind == KIND).order_by(Job.due_at)).all()


def order(session, at):
    return order_next_night(session, WORKER, clock="02:30", timezone="Europe/Kyiv", at=at)


# ----------------------------------------------------------------- when


@given(
    st.integers(0, 2 * 366 * 24 * 60).map(lambda minutes: AT + timedelta(minutes=minutes)),
    st.times(),
    st.sampled_from(["Europe/Kyiv", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"]),
)
def test_the_next_night_is_the_first_such_time_to_come(at, clock, timezone):
    clock = clock.strftime("%H:%M")
    due = next_night(at, clock, timezone)

    assert at < due <= at + timedelta(hours=25)
    local = due.astimezone(ZoneInfo(timezone))
    # Where the clocks jump over that time, an hour later.
    assert (
        local.strftime("%H:%M") == clock or local.utcoffset() != at.astimezone(ZoneInfo(timezone)).utcoffset()
    )


def test_one_order_for_each_night_whoever_orders(session):
    first = order(session, AT)

    assert order(session, AT + timedelta(hours=3)).id == first.id
    assert order(session, first.due_at).id != first.id, "the night has come: the next one is meant"
    assert [one.payload for one in orders(session)] == [{"night": "2027-03-02"}, {"night": "2027-03-03"}]
    assert first.due_at == datetime(2027, 3, 2, 0, 30, tzinfo=UTC)


def order_in_a_process(url, start, results):
    engine = db.make_engine(url)
    start.wait()
    try:
        with db.unit_of_work(db.make_sessions(engine), at=AT) as session:
            results.put(str(order(session, AT).id))
    except Exception as error:  # noqa: BLE001 told to the test
        results.put(repr(error))


def test_workers_that_order_at_the_same_moment_order_once(committed_database_url):
    start, results = FORKED.Event(), FORKED.Queue()
    workers = [
        FORKED.Process(target=order_in_a_process, args=(committed_database_url, start, results))
        for _ in range(4)
    ]
    for one in workers:
        one.start()
    time.sleep(1)
    start.set()
    said = {results.get(timeout=60) for _ in workers}
    for one in workers:
        one.join()
    engine = db.make_engine(committed_database_url)
    with db.unit_of_work(db.make_sessions(engine)) as session:
        found = [str(one.id) for one in orders(session)]
    engine.dispose()

    assert len(found) == 1
    assert said == set(found)


# ----------------------------------------------------------------- the steps


def noting(notes, word, parts=1):
    def step(_tools, _at):
        notes.append(word)
        return notes.count(word) < parts

    return step


def test_steps_are_done_in_order_part_by_part_and_once(tools, session):
    notes: list[str] = []
    steps = {"a": noting(notes, "a", parts=3), "b": noting(notes, "b")}
    while nightly.run_part(tools, NIGHT, steps):
        pass

    assert notes == ["a", "a", "a", "b"]
    assert not nightly.run_part(tools, NIGHT, steps)
    assert notes == ["a", "a", "a", "b"]
    assert {one.step: one.failure for one in session.scalars(select(NightStep))} == {"a": None, "b": None}


def test_a_step_that_fails_is_on_record_without_its_words_and_holds_up_nothing(tools, session):
    notes: list[str] = []

    def fail(_tools, _at):
        raise ValueError("somebody@example.org")

    while nightly.run_part(tools, NIGHT, {"bad": fail, "good": noting(notes, "good")}):
        pass

    failed = session.get_one(NightStep, (NIGHT, "bad")).failure
    assert notes == ["good"]
    assert failed.startswith("ValueError at jobs/test_nightly.py:")
    assert "somebody" not in failed


def test_a_worker_that_dies_in_a_step_leaves_it_to_the_next_and_the_next_night_is_ordered(
    tools, session, monkeypatch
):
    notes: list[str] = []
    monkeypatch.setattr(nightly, "STEPS", {"a": noting(notes, "a"), "b": noting(notes, "b")})
    monkeypatch.setattr(nightly, "now", lambda: AT)
    order(session, AT - timedelta(days=1))
    session.commit()

    def die(_tools, _at):
        raise KeyboardInterrupt  # as a kill does: nothing behind it is run

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(nightly, "STEPS", {"a": noting(notes, "a"), "b": die})
        while nightly.run_night(tools, {"night": "2027-03-01"}):
            pass
    while nightly.run_night(tools, {"night": "2027-03-01"}):
        pass

    assert notes == ["a", "b"]
    assert [one.payload["night"] for one in orders(session)] == ["2027-03-01", "2027-03-02"]


def test_a_night_is_done_again_when_somebody_asks_for_it(tools, session, monkeypatch):
    notes: list[str] = []
    monkeypatch.setattr(nightly, "STEPS", {"a": noting(notes, "a")})
    for _ in range(2):
        with db.unit_of_work(tools.sessions) as work_:
            order_night_again(work_, WORKER, timezone="Europe/Kyiv", at=db.now() - timedelta(seconds=1))
        while run_next(tools, Stop()):
            pass

    assert notes == ["a", "a"]


def test_a_worker_orders_the_night_when_it_starts(tools, session):
    stop = Stop()

    def order_and_stop(tools):
        nightly.order_night(tools)
        stop.ask()

    work(tools, stop, {}, first=order_and_stop)

    (ordered,) = orders(session)
    assert ordered.status is JobStatus.WAITING
    assert db.now() < ordered.due_at <= db.now() + timedelta(hours=25)


# ----------------------------------------------------------------- long steps


def test_a_long_step_lets_the_lease_be_renewed_and_says_what_went_wrong(tools):
    done = []

    def compute(_tools, at):
        time.sleep(0.2)
        done.append(at)
        if len(done) > 1:
            raise RuntimeError

    step = Beside(compute, part_seconds=0.05)
    parts = 1
    while step(tools, AT):
        parts += 1

    assert parts > 1
    assert done == [AT]
    with pytest.raises(RuntimeError):
        while step(tools, AT):
            pass
