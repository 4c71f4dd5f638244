"""Everybody's proposals made anew by night: in shards, each volunteer once, as if asked for alone."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import Event, Job, Proposal, RankedList, Volunteer
from models.jobs import AT_LEISURE, JobStatus
from models.proposals import ProposalStatus
from service import db
from service.access.actors import WORKER
from service.config import Settings
from service.jobs import nightly
from service.jobs import proposals as jobs
from service.jobs.mail import make_sender
from service.jobs.runner import run_next
from service.jobs.stop import Stop
from service.jobs.tools import Tools
from service.operations import renewing
from service.operations.jobs import order_job
from service.operations.proposing import propose_for
from tests.making import make_need, make_volunteer


@pytest.fixture
def tools(sessions):
    return Tools(sessions, Settings(), make_sender("folder:nowhere"))


@pytest.fixture
def crowd(session, monkeypatch):
    """Seven volunteers, three a shard, some far off, one without a place; and a few needs."""
    monkeypatch.setattr(renewing, "SHARD", 3)
    for number in range(4):
        make_need(session, title=f"Tutor children {number}")
    far, nowhere = {"latitude": 41.0, "longitude": 2.0}, {"latitude": None, "longitude": None}
    places = [{}, {}, far, {}, nowhere, far, {}]
    volunteers = [make_volunteer(session, **place) for place in places]
    session.commit()
    return [one.id for one in volunteers]


def shards(session, *statuses):
    session.expire_all()
    found = session.scalars(select(Job).where(Job.kind == AT_LEISURE))
    return [one for one in found if not statuses or one.status in statuses]


def order(tools):
    jobs.order_renewal(tools, db.now() - timedelta(seconds=1))


def finish(tools):
    while run_next(tools, Stop()):
        pass


def lists_of(session):
    session.expire_all()
    rows = session.scalars(select(Proposal).where(Proposal.status == ProposalStatus.PROPOSED)).all()
    return {(one.volunteer_id, one.need_id, one.score, str(one.reasons)) for one in rows}


@pytest.mark.parametrize("part_seconds", [15.0, 0.0])
def test_a_night_gives_everybody_what_they_would_get_alone(tools, session, crowd, monkeypatch, part_seconds):
    """Be the database so quick that a shard is done at once, or so slow that each volunteer is a part."""
    monkeypatch.setattr(jobs, "PART_SECONDS", part_seconds)
    order(tools)
    order(tools)  # while shards are left, no second order
    ordered = shards(session)
    finish(tools)
    by_night = lists_of(session)

    assert nightly.STEPS["proposals.renew"] is jobs.order_renewal
    assert sorted(len(one.payload["volunteer_ids"]) for one in ordered) == [1, 3, 3]
    assert {uuid.UUID(one) for job in ordered for one in job.payload["volunteer_ids"]} == set(crowd)
    assert {one.status for one in shards(session)} == {JobStatus.DONE}
    assert {one for one, *_ in by_night} >= {crowd[0], crowd[4]}

    ranked_at = session.scalars(select(func.max(Volunteer.ranked_at))).one()
    for volunteer_id in crowd:
        with db.unit_of_work(tools.sessions, at=ranked_at) as alone:
            propose_for(alone, WORKER, volunteer_id, at=ranked_at)
    assert {one[:2] for one in lists_of(session)} == {one[:2] for one in by_night}
    assert {one[0:2]: one[2] for one in lists_of(session)} == pytest.approx({o[0:2]: o[2] for o in by_night})


def test_a_list_that_stands_is_not_kept_again_and_makes_no_events(tools, session, crowd):
    order(tools)
    finish(tools)
    kept, told = (session.scalar(select(func.count()).select_from(one)) for one in (RankedList, Event))
    order(tools)
    finish(tools)

    # Two neighbours of one list in twenty may have changed places: such a list is kept again.
    again = session.scalar(select(func.count()).select_from(RankedList))
    swapped = session.scalar(select(func.count()).where(RankedList.swapped_place.is_not(None)))
    assert kept <= again <= kept + swapped
    assert session.scalar(select(func.count()).select_from(Event)) == told


def test_a_shard_goes_on_where_its_worker_died_and_who_has_changed_is_ranked_for_anew(
    tools, session, crowd, monkeypatch
):
    order(tools)
    done: list[uuid.UUID] = []

    def propose_for_two(session_, actor, volunteer_id, *, at, ranked):
        if len(done) == 2:
            raise KeyboardInterrupt  # as a kill does: nothing behind it is run
        done.append(volunteer_id)
        propose_for(session_, actor, volunteer_id, at=at, ranked=ranked)

    (first,) = (one for one in shards(session) if str(crowd[0]) in one.payload["volunteer_ids"])
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(renewing, "propose_for", propose_for_two)
        jobs.renew_shard(tools, first.payload)
    later: list[uuid.UUID] = []

    def propose_and_note(session_, actor, volunteer_id, *, at, ranked):
        later.append(volunteer_id)
        volunteer = session_.get_one(Volunteer, volunteer_id)
        volunteer.latitude, volunteer.longitude = -41.0, 2.0  # they have moved to where no need is
        session_.flush()
        propose_for(session_, actor, volunteer_id, at=at, ranked=ranked)

    monkeypatch.setattr(renewing, "propose_for", propose_and_note)
    jobs.renew_shard(tools, first.payload)

    assert len(later) == 1
    assert not {one for one, *_ in lists_of(session)} & {*later}
    assert {*done, *later} == {uuid.UUID(one) for one in first.payload["volunteer_ids"]}


def test_nothing_waits_behind_the_night(tools, session, crowd):
    """An order that came long after the shards is taken up before them."""
    order(tools)
    with db.unit_of_work(tools.sessions) as work:
        order_job(work, WORKER, "texts.embed", {}, at=db.now())
    run_next(tools, Stop())

    assert len(shards(session, JobStatus.WAITING)) == 3
