"""Jobs through real brokers: each is run, however often it is carried; none is lost with worker or broker."""

import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select

from models import Job, NoticeMail, Organisation
from models.jobs import JobStatus
from service import db
from service.access.actors import WORKER
from service.app import create_app
from service.broker import MOST_HELD, BrokerAway, make_celery, open_way
from service.config import Settings
from service.jobs.relay import make_relay
from service.jobs.tools import open_tools
from service.operations.jobs import claim_carried_job, hand_jobs_over, order_job, take_jobs_back
from service.operations.proposals import accept_proposal
from tests.cli.conftest import children_of, wait_for
from tests.jobs.brokers import broker
from tests.jobs.mail_server import mail_server
from tests.making import (
    actor_for,
    make_account,
    make_coordinator,
    make_need,
    make_proposal,
    make_volunteer,
)

LEASE = timedelta(seconds=2)


class Office:
    """A database, a broker and a mail server; the relay works when it is asked to, Celery all the time."""

    def __init__(self, settings, start, post, door):
        self.settings, self.start, self.post, self.door = settings, start, post, door
        self.celery, self.starts = start(), 1
        self.tools = open_tools(settings)
        self.sessions = self.tools.sessions
        self.relay = make_relay(self.tools)

    def order(self, *names):
        """Order a message to each, in a transaction; give the numbers of the jobs."""
        with db.unit_of_work(self.sessions) as session:
            return [self.order_in(session, name) for name in names]

    def order_in(self, session, name):
        account = make_account(session, email=f"{name}@example.org", confirmed_at=None)
        payload = {"account_id": str(account.id)}
        return order_job(session, WORKER, "accounts.mail_confirmation", payload, at=session.info["at"]).id

    def jobs(self, job_ids):
        with db.unit_of_work(self.sessions, readonly=True) as session:
            return list(session.scalars(select(Job).where(Job.id.in_(job_ids))))

    def until_done(self, job_ids, seconds=40):
        """Relay, as it does all the time, until these jobs are done."""

        def done():
            if self.celery.poll() is not None:  # as what supervises it does
                self.celery, self.starts = self.start(), self.starts + 1
            with suppress(BrokerAway):
                self.relay()
            return {one.status for one in self.jobs(job_ids)} == {JobStatus.DONE}

        wait_for(done, seconds)

    def carry(self, *job_ids):
        with open_way(make_celery(self.settings)) as way:
            for one in job_ids:
                way.carry(one)

    def mailed(self):
        """Say to whom the server has heard a message, as often as it has."""
        heard = [message_from_bytes(one, policy=default)["To"] for one in self.post.received]
        return sorted(one.partition("@")[0] for one in heard)

    def ready(self):
        client = create_app(self.settings, sessions=self.sessions).test_client()
        answer = client.get("/readyz")
        return answer.status_code, answer.json["checks"]["broker"]


# Each broker with one of the databases: neither knows of the other.
BROKER_OF = {"sqlite": "redis", "postgresql": "rabbitmq"}


@pytest.fixture
def office(database_kind, committed_database_url, tmp_path):
    with broker(BROKER_OF[database_kind]) as (found, door), mail_server() as post:
        settings = Settings(
            database_url=committed_database_url,
            mail_url=f"smtp://localhost:{post.server_address[1]}",
            job_lease=int(LEASE.total_seconds()),
            index_folder="",
            secret_key="k" * 40,
            text="plain",
            **found,
        )
        names = ("database_url", "mail_url", "job_lease", "index_folder", "secret_key", "text", *found)
        environment = {f"HALFWAY_{name.upper()}": str(getattr(settings, name)) for name in names}
        command = [sys.executable, "-m", "service.cli", "celery", "--concurrency", "2"]

        def start():
            with (tmp_path / "celery.log").open("a") as log:
                return subprocess.Popen(
                    command, env=os.environ | environment, cwd=tmp_path, stdout=log, stderr=log
                )

        office = Office(settings, start, post, door)
        try:
            yield office
        finally:
            below = children_of(office.celery.pid)
            office.celery.send_signal(signal.SIGTERM)
            try:
                ended = office.celery.wait(15)
            finally:
                for pid in [office.celery.pid, *below]:
                    with suppress(OSError):
                        os.kill(pid, signal.SIGKILL)
                office.sessions.kw["bind"].dispose()
        said = (tmp_path / "celery.log").read_text()
        assert ended == 0, said
        assert "@example.org" not in said, "no personal data in the log"


def each_is_run_once_and_what_was_undone_never(office):
    with pytest.raises(ZeroDivisionError), db.unit_of_work(office.sessions) as session:
        office.order_in(session, "nobody")
        session.flush()
        raise ZeroDivisionError
    ordered = office.order(*(f"reader{number}" for number in range(8)))
    assert office.relay()
    office.carry(*ordered, *ordered)  # as by two relays more
    office.until_done(ordered)
    office.carry(*ordered, uuid.uuid4())
    last = office.order("last")
    office.until_done(last)
    assert office.mailed() == ["last", *(f"reader{number}" for number in range(8))]
    assert {one.attempts for one in office.jobs([*ordered, *last])} == {1}


def what_a_killed_worker_was_at_and_what_the_broker_lost_is_carried_again(office):
    office.post.received.clear()
    lost = office.order("lost")
    with db.unit_of_work(office.sessions) as session:
        assert hand_jobs_over(session, WORKER, limit=9, lease=2 * LEASE, at=session.info["at"]) == lost
    assert not office.relay(), "noted as carried, and never carried"
    office.post.answers.clear()
    killed = office.order("killed")
    office.relay()
    wait_for(office.mailed)
    for pid in children_of(office.celery.pid):
        os.kill(pid, signal.SIGKILL)
    office.post.answers.set()
    office.until_done(lost + killed)
    assert [one.attempts for one in office.jobs(killed)] == [2]
    assert [one.attempts for one in office.jobs(lost)] == [1]
    # the first time it was heard by a server that could not answer any more
    assert office.mailed() == ["killed", "killed", "lost"]


def while_the_broker_is_away_jobs_wait_and_then_flow(office):
    office.post.received.clear()
    assert office.ready() == (200, "ok")
    office.door.shut()
    ordered = office.order("patient")
    with pytest.raises(BrokerAway):
        office.relay()
    (job,) = office.jobs(ordered)
    assert (job.status, job.leased_until) == (JobStatus.WAITING, None)
    assert office.ready() == (200, "unreachable: jobs wait")
    office.door.open()
    office.until_done(ordered)
    assert office.mailed() == ["patient"]
    assert office.ready() == (200, "ok")


def who_is_stopped_puts_the_rest_of_a_long_job_back(office):
    office.post.answers.clear()
    office.post.received.clear()
    with db.unit_of_work(office.sessions) as session:
        volunteer, need = make_volunteer(session), make_need(session)
        make_coordinator(session, session.get_one(Organisation, need.organisation_id))
        proposal = make_proposal(session, volunteer, need)
        accept_proposal(session, actor_for(session, volunteer), proposal.id, at=session.info["at"])
    wait_for(lambda: office.relay() or office.mailed())
    wait_for(office.mailed)
    office.celery.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    office.post.answers.set()
    assert office.celery.wait(15) == 0
    with db.unit_of_work(office.sessions, readonly=True) as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "notices.mail"))
        (mail,) = session.scalars(select(NoticeMail))
    assert mail.sent_at is not None, "its part came to its end"
    assert (job.status, job.attempts, job.leased_until) == (JobStatus.WAITING, 0, None)


@pytest.mark.slow
def test_celery_runs_each_job_and_loses_none_with_worker_message_or_broker(office):
    each_is_run_once_and_what_was_undone_never(office)
    what_a_killed_worker_was_at_and_what_the_broker_lost_is_carried_again(office)
    assert office.starts == 1
    while_the_broker_is_away_jobs_wait_and_then_flow(office)
    who_is_stopped_puts_the_rest_of_a_long_job_back(office)


# ----------------------------------------------------------------- the rows, without a broker


def order(session, at):
    job = order_job(session, WORKER, "test.job", {}, at=at)
    session.flush()
    return job


def test_a_job_is_handed_over_once_until_its_broker_is_given_up(session):
    at = session.info["at"]
    job = order(session, at)
    hand = lambda when: hand_jobs_over(session, WORKER, limit=9, lease=LEASE, at=when)  # noqa: E731 said three times
    assert hand(at - timedelta(seconds=1)) == []
    assert hand(at) == [job.id]
    assert hand(at + LEASE / 2) == []
    take_jobs_back(session, WORKER, [job.id], at=at + LEASE / 2)
    assert hand(at + LEASE / 2) == [job.id]
    assert hand(at + 2 * LEASE) == [job.id]


@pytest.mark.parametrize("name", ["rabbitmq", "redis"])
def test_without_workers_a_queue_does_not_grow_for_ever(name):
    with broker(name) as (found, _):
        celery = make_celery(Settings(**found))
        with open_way(celery) as way:
            assert way.room == MOST_HELD
            for _ in range(3):
                way.carry(uuid.uuid4())
        with open_way(celery) as way:
            assert way.room == MOST_HELD - 3


def test_a_carried_job_is_begun_by_one_and_left_alone_by_all_others(session):
    at = session.info["at"]
    job = order(session, at)
    assert claim_carried_job(session, WORKER, job.id, at=at - timedelta(seconds=1)) is None, "not due"
    hand_jobs_over(session, WORKER, limit=9, lease=LEASE, at=at)
    assert claim_carried_job(session, WORKER, job.id, lease=LEASE, at=at) is job
    assert claim_carried_job(session, WORKER, job.id, lease=LEASE, at=at + LEASE) is None, "begun"
    dead_since = at + 2 * LEASE
    assert hand_jobs_over(session, WORKER, limit=9, lease=LEASE, at=dead_since) == [job.id]
    assert job.status is JobStatus.WAITING
    assert claim_carried_job(session, WORKER, job.id, lease=LEASE, at=dead_since) is job
    assert job.attempts == 2
    job.finish(dead_since)
    session.flush()
    assert claim_carried_job(session, WORKER, job.id, at=dead_since) is None, "done"
