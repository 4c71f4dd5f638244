"""Workers are killed twenty times under load: nothing that was committed is lost, nothing undone is told."""

import logging
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import Account, Job, Notice, NoticeMail
from models.jobs import MOST_ATTEMPTS, JobStatus
from service import db
from service.access.actors import WORKER
from service.config import Settings
from service.jobs.mail import make_sender
from service.jobs.runner import work
from service.jobs.stop import Stop
from service.jobs.tools import Tools
from service.operations.jobs import order_job
from service.operations.needs import cancel_need
from service.operations.proposals import accept_proposal
from service.queries.jobs import count_dead_jobs
from tests.cli.conftest import wait_for
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
)
from tests.processes import FORKED

log = logging.getLogger(__name__)
KILLS, WORKERS, AT_ONCE = 20, 3, 3
LEASE_SECONDS = 2


class NotingSender:
    """The folder, slow enough to be killed at; it says who is at it, and notes what has gone out."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.real = make_sender(f"folder:{folder}")

    def send(self, message):
        at_it = self.folder / f"at-it-{os.getpid()}"
        at_it.touch()
        time.sleep(0.02)
        self.real.send(message)
        note = os.open(self.folder / "sent.txt", os.O_APPEND | os.O_CREAT | os.O_WRONLY)
        os.write(note, f"{message['Message-ID']}\n".encode())
        os.close(note)
        time.sleep(0.02)
        at_it.unlink()


def run_jobs(url, folder):
    engine = db.make_engine(url, pool_size=1, statement_seconds=60)
    settings = Settings(secret_key="k" * 40, job_lease=LEASE_SECONDS, text="plain")
    work(Tools(db.make_sessions(engine), settings, NotingSender(folder)), Stop())


class Town:
    """People who hold a place each, in needs that are cancelled one by one: every third time undone."""

    def __init__(self, url):
        self.engine = db.make_engine(url)
        self.sessions = db.make_sessions(self.engine)
        with db.unit_of_work(self.sessions) as session:
            organisation = make_organisation(session)
            self.boss = actor_for(session, make_coordinator(session, organisation))
            self.held = [self._hold(session, organisation) for _ in range(KILLS * AT_ONCE)]

    def _hold(self, session, organisation):
        volunteer, need = make_volunteer(session), make_need(session, organisation)
        proposal = make_proposal(session, volunteer, need)
        accept_proposal(session, actor_for(session, volunteer), proposal.id, at=session.info["at"])
        return session.get_one(Account, volunteer.account_id).email, need.id

    def cancel(self, numbers):
        for number in numbers:
            with suppress(ZeroDivisionError), db.unit_of_work(self.sessions) as session:
                cancel_need(session, self.boss, self.held[number][1], at=session.info["at"])
                session.flush()
                1 / (number % 3 - 2)  # every third is undone

    def undone(self):
        return {email for number, (email, _) in enumerate(self.held) if number % 3 == 2}

    def cancelled(self):
        return {email for email, _ in self.held} - self.undone()

    def left(self):
        """Count what is not at its end."""
        with db.unit_of_work(self.sessions, readonly=True) as session:
            at_it = select(func.count()).select_from(Job)
            return session.scalar(at_it.where(Job.status.in_((JobStatus.WAITING, JobStatus.RUNNING))))


def who_is_at_it(workers, folder):
    """Find a worker that is sending."""
    return next((one for one in workers if (folder / f"at-it-{one.pid}").exists()), None)


def kill_one_after_the_other(url, folder, town):
    """Keep workers running and kill one of them twenty times, while there is work all the time."""
    chance = random.Random(4)
    start = lambda: FORKED.Process(target=run_jobs, args=(url, str(folder)))  # noqa: E731 said twice
    workers = [start() for _ in range(WORKERS)]
    for one in workers:
        one.start()
    for number in range(KILLS):
        town.cancel(range(number * AT_ONCE, (number + 1) * AT_ONCE))
        dead = wait_for(lambda: who_is_at_it(workers, folder), pause=0.002)
        time.sleep(chance.uniform(0, 0.04))
        dead.kill()
        dead.join(10)
        assert dead.exitcode == -signal.SIGKILL
        workers.remove(dead)
        workers.append(start())
        workers[-1].start()
    wait_for(lambda: town.left() == 0, 60)
    for one in workers:
        one.terminate()
        one.join(10)


@pytest.mark.slow
def test_twenty_kills_under_load_lose_no_job_and_no_notice_and_tell_nothing_that_was_undone(
    committed_database_url, tmp_path
):
    town = Town(committed_database_url)
    with db.unit_of_work(town.sessions) as session:
        poison = order_job(session, WORKER, "test.poison", {}, at=session.info["at"])
        poison.attempts = MOST_ATTEMPTS - 1
    folder = tmp_path / "mail"
    folder.mkdir()
    kill_one_after_the_other(committed_database_url, folder, town)

    heard = [message_from_bytes(one.read_bytes(), policy=default) for one in folder.glob("*.eml")]
    told = Counter(one["To"] for one in heard if "will not take place" in one["Subject"])
    assert set(told) == town.cancelled(), (
        "each whose place was cancelled is told, and none for whom it was undone"
    )
    assert set(told.values()) == {1}, "a message that is sent again is the same message"
    with db.unit_of_work(town.sessions, readonly=True) as session:
        statuses = Counter(session.scalars(select(Job.status)))
        interrupted = session.scalar(select(func.count()).select_from(Job).where(Job.attempts > 1)) or 0
        unmailed = session.scalar(select(func.count()).select_from(Notice).where(Notice.mail_id.is_(None)))
        mails = session.scalars(select(NoticeMail)).all()
        dead = count_dead_jobs(session, WORKER)
    town.engine.dispose()
    sent = Counter((folder / "sent.txt").read_text().split())
    again = sum(count - 1 for count in sent.values())
    log.info("%d messages, %d sent again; %d jobs interrupted", len(mails), again, interrupted - 1)
    assert unmailed == 0
    assert all(one.sent_at for one in mails)
    assert {f"<notices.{one.id}@localhost>" for one in mails} == set(sent)
    assert (dead, set(statuses)) == (1, {JobStatus.DONE, JobStatus.DEAD})
    assert interrupted > KILLS / 2, "the kills hit what was being done"
    assert max(sent.values()) <= 1 + KILLS
