"""What has been kept long enough goes by night, a part at a time, and nothing else."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Event, IdempotencyRecord, Job, Notice, NoticeMail, RankedList
from models.jobs import JobStatus
from service.access.actors import WORKER
from service.config import Settings, SettingWrong, read_settings
from service.errors import NotAllowed
from service.jobs import retention
from service.jobs.mail import FolderSender
from service.jobs.tools import Tools
from service.operations import retention as operations
from service.operations.events import record_event
from service.queries.retention import remove_notices
from tests.making import actor_for, make_account, make_volunteer, time_of

DAY = timedelta(days=1)


@pytest.fixture
def tools(sessions, tmp_path):
    return Tools(sessions, Settings(notices_kept_days=30, lists_kept_days=60), FolderSender(tmp_path))


def notice(session, account, days, *, mailed=False):
    at = time_of(session)
    event = record_event(session, WORKER, "ranking.trained", uuid.uuid4(), at=at)
    session.info["at"] = at - days * DAY
    mail = None
    if mailed:
        mail = NoticeMail(
            id=uuid.uuid4(), account_id=account.id, created_at=session.info["at"], brings_proposals=False
        )
        session.add(mail)
        session.flush()
    session.add(
        Notice(
            id=uuid.uuid4(),
            account_id=account.id,
            kind="invited",
            event=event,
            body={},
            mail_id=mail.id if mail else None,
        )
    )
    session.flush()
    session.info["at"] = at


def test_old_notices_go_with_the_notes_of_their_mail_and_young_ones_stay(session, tools, monkeypatch):
    account = make_account(session)
    for days, mailed in ((10, True), (29, False), (31, True), (40, False), (500, True)):
        notice(session, account, days, mailed=mailed)
    session.commit()
    monkeypatch.setattr(operations, "AT_ONCE", 2)
    parts = 1
    while retention.notices(tools, time_of(session)):
        parts += 1
    assert parts == 2, "in parts"
    session.expire_all()
    ages = [(time_of(session) - one).days for one in session.scalars(select(Notice.created_at))]
    assert sorted(ages) == [10, 29]
    assert len(session.scalars(select(NoticeMail)).all()) == 1
    assert len(session.scalars(select(Event)).all()) == 5, "what happened stays on record"


def test_old_lists_go(session, tools):
    volunteer = make_volunteer(session)
    for days in (10, 59, 61):
        at = time_of(session) - days * DAY
        session.add(
            RankedList(
                id=uuid.uuid4(), volunteer_id=volunteer.id, ranked_at=at, model="m", names=[], items=[]
            )
        )
    session.commit()
    assert retention.ranked_lists(tools, time_of(session)) is False
    assert len(session.scalars(select(RankedList)).all()) == 2


def test_none_go_where_they_are_kept_and_only_the_service_removes_them(session, sessions, tmp_path):
    account = make_account(session)
    notice(session, account, 5000)
    session.commit()
    tools = Tools(sessions, Settings(notices_kept_days=0, lists_kept_days=0), FolderSender(tmp_path))
    assert retention.notices(tools, time_of(session)) is False
    assert retention.ranked_lists(tools, time_of(session)) is False
    assert len(session.scalars(select(Notice)).all()) == 1
    with pytest.raises(NotAllowed):
        remove_notices(session, actor_for(session, account), before=time_of(session), limit=1)


@pytest.mark.parametrize(
    "name", ["HALFWAY_NOTICES_KEPT_DAYS", "HALFWAY_LISTS_KEPT_DAYS", "HALFWAY_JOBS_KEPT_DAYS"]
)
def test_days_below_none_are_refused(name):
    with pytest.raises(SettingWrong, match=name):
        read_settings({name: "-1"})


def test_jobs_that_are_done_go_and_those_that_wait_or_failed_stay(session, tools):
    at = time_of(session)
    for days, status in ((29, "done"), (31, "done"), (90, "waiting"), (90, "dead")):
        ended = None if status == "waiting" else at - days * DAY
        job = Job(
            id=uuid.uuid4(),
            kind="notices.mail",
            payload={},
            status=JobStatus(status),
            due_at=at - days * DAY,
            created_at=at - days * DAY,
            ended_at=ended,
        )
        session.add(job)
    session.commit()
    assert retention.done_jobs(tools, at) is False
    left = session.scalars(select(Job.status).order_by(Job.due_at.desc())).all()
    assert sorted(left) == ["dead", "done", "waiting"]


def test_answers_are_remembered_for_three_days(session, tools):
    at = time_of(session)
    for hours in (71, 73):
        record = IdempotencyRecord(
            id=uuid.uuid4(),
            caller="volunteer:1",
            route="needs",
            key=f"{hours}",
            fingerprint="f",
            status=200,
            answer="{}",
            created_at=at - timedelta(hours=hours),
        )
        session.add(record)
    session.commit()
    assert retention.remembered_answers(tools, at) is False
    assert session.scalars(select(IdempotencyRecord.key)).all() == ["71"]
