"""Making proposals: what comes, what stays, what goes, and that it is on record once."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Event, Job, Need, Proposal, RankedList, Volunteer
from models.needs import LocationType, NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import ProposalOrigin, ProposalStatus
from service.access.actors import WORKER
from service.db import make_engine, make_sessions, now, unit_of_work
from service.errors import NotAllowed, NotFound
from service.jobs import proposals as jobs
from service.operations.proposals import accept_proposal
from service.operations.proposing import MOST_PROPOSED, propose_for, refresh_proposals
from tests.making import (
    actor_for,
    make_account,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
    time_of,
)

FAR = {"latitude": 41.0, "longitude": 2.0, "place": "far off"}


def propose(session, volunteer, after=timedelta(0)):
    """Make proposals, and give the volunteer's proposals by need."""
    session.flush()
    propose_for(session, WORKER, volunteer.id, at=time_of(session) + after)
    session.flush()
    return by_need(session, volunteer)


def by_need(session, volunteer):
    rows = session.scalars(select(Proposal).where(Proposal.volunteer_id == volunteer.id))
    return {one.need_id: one for one in rows}


def events(session, proposal):
    rows = session.scalars(select(Event).where(Event.subject_id == proposal.id).order_by(Event.number))
    return [(one.name, one.from_state, one.to_state) for one in rows]


def orders(session, kind="proposals.propose_for"):
    rows = session.scalars(select(Job).where(Job.kind == kind))
    return {uuid.UUID(one.payload["volunteer_id"]) for one in rows}


# ----------------------------------------------------------------- what comes, stays and goes


def test_a_new_proposal_has_score_reasons_model_and_one_event(session):
    need, volunteer = make_need(session), make_volunteer(session)

    proposal = propose(session, volunteer)[need.id]

    assert proposal.status is ProposalStatus.PROPOSED
    assert proposal.origin is ProposalOrigin.RANKING
    assert 0 < proposal.score <= 1
    assert proposal.model == "rules-3"
    assert {one["code"] for one in proposal.reasons} >= {"cause", "near"}
    assert all(set(one) == {"code", "weight", "params"} for one in proposal.reasons)
    assert events(session, proposal) == [("proposal.proposed", None, "proposed")]


def test_ranking_again_brings_the_score_up_to_date_without_another_event(session):
    need, volunteer = make_need(session), make_volunteer(session)
    before = propose(session, volunteer)[need.id].score

    proposal = propose(session, volunteer, timedelta(days=5))[need.id]

    assert proposal.score < before, "the need is not new any more"
    assert events(session, proposal) == [("proposal.proposed", None, "proposed")]


@pytest.mark.parametrize(
    "change",
    [
        {"status": NeedStatus.CLOSED},
        {"status": NeedStatus.CANCELLED},
        {"status": NeedStatus.FULL, "places_taken": 3},
        {"minimum_age": 18},
        {"languages": ["de"]},
        FAR,
    ],
    ids=str,
)
def test_what_is_closed_or_no_longer_fits_expires_and_comes_back_when_it_fits_again(session, change):
    need, volunteer = make_need(session), make_volunteer(session)
    kept = {name: getattr(need, name) for name in change}
    propose(session, volunteer)

    for name, value in change.items():
        setattr(need, name, value)
    gone = propose(session, volunteer)[need.id].status
    for name, value in kept.items():
        setattr(need, name, value)
    proposal = propose(session, volunteer)[need.id]

    assert gone is ProposalStatus.EXPIRED
    assert proposal.status is ProposalStatus.PROPOSED
    assert events(session, proposal) == [
        ("proposal.proposed", None, "proposed"),
        ("proposal.expired", "proposed", "expired"),
        ("proposal.proposed", "expired", "proposed"),
    ]


def test_needs_whose_dates_have_passed_or_that_have_expired_go_by_themselves(session):
    at = time_of(session)
    dated = make_need(session, starts_at=at + timedelta(hours=1), ends_at=at + timedelta(hours=3))
    expiring = make_need(session, expires_at=at + timedelta(hours=2))
    repeating = make_need(session, starts_at=at + timedelta(hours=1), rrule="FREQ=WEEKLY")
    volunteer = make_volunteer(session)
    assert set(propose(session, volunteer)) == {dated.id, expiring.id, repeating.id}

    later = propose(session, volunteer, timedelta(hours=4))

    open_ = {need for need, one in later.items() if one.status is ProposalStatus.PROPOSED}
    assert open_ == {repeating.id}


@pytest.mark.parametrize("status", [OrganisationStatus.UNVERIFIED, OrganisationStatus.SUSPENDED])
def test_needs_of_organisations_that_are_not_verified_are_never_proposed(session, status):
    make_need(session, make_organisation(session, status=status))

    assert propose(session, make_volunteer(session)) == {}


def test_a_need_is_not_proposed_before_its_publish_date(session):
    need = make_need(session, publish_at=time_of(session) + timedelta(days=1))
    volunteer = make_volunteer(session)

    assert propose(session, volunteer) == {}
    assert set(propose(session, volunteer, timedelta(days=2))) == {need.id}


ANSWERED = sorted(set(ProposalStatus) - {ProposalStatus.PROPOSED, ProposalStatus.EXPIRED})


@pytest.mark.parametrize("status", ANSWERED)
def test_what_the_volunteer_answered_is_left_alone(session, status):
    need, volunteer = make_need(session), make_volunteer(session)
    proposal = make_proposal(session, volunteer, need)
    proposal.status = status
    proposal.accepted_by = volunteer.id if status is ProposalStatus.ACCEPTED else None
    session.flush()
    version = proposal.version

    assert propose(session, volunteer)[need.id].version == version
    assert events(session, proposal) == []


def test_better_needs_take_the_place_of_worse_ones_and_never_more_than_twenty_wait(session):
    organisations = [make_organisation(session) for _ in range(MOST_PROPOSED)]
    worse = {make_need(session, one, causes=["Health"]).id for one in organisations}
    volunteer = make_volunteer(session, causes=["Community"])
    assert set(propose(session, volunteer)) == worse
    better = {make_need(session, one, causes=["Community"]).id for one in organisations[:7]}

    found = propose(session, volunteer)

    open_ = {need for need, one in found.items() if one.status is ProposalStatus.PROPOSED}
    assert len(open_) == MOST_PROPOSED
    assert better < open_


def test_what_the_volunteer_chose_stays_though_the_ranking_would_not_propose_it(session):
    far = make_need(session, **FAR)
    volunteer = make_volunteer(session)
    proposal = make_proposal(session, volunteer, far, origin=ProposalOrigin.SEARCH)

    assert propose(session, volunteer)[far.id].status is ProposalStatus.PROPOSED

    far.status = NeedStatus.CLOSED
    propose(session, volunteer)
    assert proposal.status is ProposalStatus.EXPIRED


def test_a_snoozed_proposal_expires_only_with_its_need(session):
    need, volunteer = make_need(session), make_volunteer(session)
    proposal = make_proposal(session, volunteer, need, status=ProposalStatus.SNOOZED)

    assert propose(session, volunteer)[need.id].status is ProposalStatus.SNOOZED

    need.status = NeedStatus.CANCELLED
    propose(session, volunteer)
    assert events(session, proposal) == [("proposal.expired", "snoozed", "expired")]


def test_a_full_need_that_the_index_still_takes_for_open_is_not_proposed(session, monkeypatch):
    need, volunteer = make_need(session), make_volunteer(session)
    propose(session, make_volunteer(session))
    need.places_taken, need.status = need.places, NeedStatus.FULL
    session.flush()
    # Nothing is read of what changed: the index is stale.
    monkeypatch.setattr("service.queries.openings._catch_up", lambda *_: None)

    assert propose(session, volunteer) == {}


def test_the_list_is_kept_as_the_volunteer_sees_it(session):
    needs = [make_need(session, places=places) for places in (1, 4, 9)]
    volunteer = make_volunteer(session)

    found = propose(session, volunteer)

    kept = session.scalars(select(RankedList)).one()
    shown = sorted(found.values(), key=lambda one: one.position)
    assert [one.score for one in shown] == sorted((one.score for one in shown), reverse=True)
    assert kept.volunteer_id == volunteer.id
    assert kept.model == "rules-3"
    assert [{name: one for name, one in item.items() if name != "features"} for item in kept.items] == [
        {"need_id": str(one.need_id), "position": place, "score": one.score}
        for place, one in enumerate(shown)
    ]
    assert {len(item["features"]) for item in kept.items} == {len(kept.names)}
    assert (kept.policy, kept.swapped_place, kept.asked) == ("by utility", None, False)
    assert len(kept.items) == len(needs)
    assert session.scalar(select(Volunteer.ranked_at)) == time_of(session)


# ----------------------------------------------------------------- who asks


def test_nobody_but_the_volunteer_has_the_list_refreshed(session):
    centre = make_centre(session)
    volunteer = make_volunteer(session, centre)
    wrong = [
        centre,
        make_staff(session, centre),
        make_account(session, "operator"),
        make_coordinator(session, make_organisation(session, centre)),
    ]

    for owner in wrong:
        with pytest.raises(NotAllowed):
            refresh_proposals(session, actor_for(session, owner), volunteer.id, at=time_of(session))
    with pytest.raises(NotAllowed):
        refresh_proposals(session, WORKER, volunteer.id, at=time_of(session))
    with pytest.raises(NotFound):
        actor = actor_for(session, make_volunteer(session, centre))
        refresh_proposals(session, actor, volunteer.id, at=time_of(session))


# ----------------------------------------------------------------- jobs


def test_an_opened_need_is_ranked_for_those_whom_it_could_suit(session):
    need = make_need(session, causes=["Health"])
    suits = make_volunteer(session, causes=["Health", "Housing"])
    undecided = make_volunteer(session, causes=[])
    make_volunteer(session, causes=["Housing"])
    make_volunteer(session, causes=["Health"], **FAR)
    make_volunteer(session, causes=["Health"], latitude=49.2331, longitude=28.9)
    has_it = make_volunteer(session, causes=["Housing"])
    make_proposal(session, has_it, need)

    jobs.need_changed(session, WORKER, {"need_id": str(need.id)}, at=time_of(session))

    assert orders(session) == {suits.id, undecided.id, has_it.id}


def test_a_remote_need_is_ranked_for_those_who_share_a_cause_wherever_they_are(session):
    need = make_need(session, causes=["Health"], location_type=LocationType.REMOTE)
    far = make_volunteer(session, causes=["Health"], **FAR)
    make_volunteer(session, causes=["Housing"])

    jobs.need_changed(session, WORKER, {"need_id": str(need.id)}, at=time_of(session))

    assert orders(session) == {far.id}


@pytest.mark.parametrize("place", [{}, {"latitude": None, "longitude": None}], ids=["here", "somewhere"])
def test_a_need_is_ranked_for_those_who_have_not_said_where_they_are(session, place):
    need = make_need(session, **place)
    volunteer = make_volunteer(session, latitude=None, longitude=None)
    make_volunteer(session, **FAR)

    jobs.need_changed(session, WORKER, {"need_id": str(need.id)}, at=time_of(session))

    assert orders(session) == {volunteer.id}
    assert set(propose(session, volunteer)) == {need.id}


@pytest.mark.parametrize(("latitude", "longitude", "east"), [(0, 179.9, -179.95), (69.6, 18.9, 19.3)])
def test_the_reach_goes_over_the_date_line_and_holds_in_the_north(session, latitude, longitude, east):
    need = make_need(session, latitude=latitude, longitude=longitude)
    volunteer = make_volunteer(session, latitude=latitude, longitude=east)

    jobs.need_changed(session, WORKER, {"need_id": str(need.id)}, at=time_of(session))

    assert orders(session) == {volunteer.id}


def test_a_closed_need_expires_before_everyone_and_is_ranked_for_nobody(session):
    need = make_need(session)
    volunteers = [make_volunteer(session) for _ in range(3)]
    waiting = [make_proposal(session, one, need) for one in volunteers]
    declined = make_proposal(session, make_volunteer(session), need, status=ProposalStatus.DECLINED)
    need.status = NeedStatus.CLOSED
    session.flush()

    jobs.need_changed(session, WORKER, {"need_id": str(need.id)}, at=time_of(session))

    session.expire_all()
    assert [one.status for one in waiting] == [ProposalStatus.EXPIRED] * 3
    assert declined.status is ProposalStatus.DECLINED
    assert orders(session) == set()
    assert events(session, waiting[0]) == [("proposal.expired", "proposed", "expired")]


def test_jobs_for_what_is_gone_do_nothing(session):
    jobs.need_changed(session, WORKER, {"need_id": str(uuid.uuid4())}, at=time_of(session))
    jobs.propose_for_volunteer(session, WORKER, {"volunteer_id": str(uuid.uuid4())}, at=time_of(session))

    assert session.scalars(select(Job)).all() == []


def test_a_job_makes_a_volunteers_proposals(session):
    need, volunteer = make_need(session), make_volunteer(session)
    payload = {"volunteer_id": str(volunteer.id)}

    jobs.propose_for_volunteer(session, WORKER, payload, at=time_of(session))

    assert set(by_need(session, volunteer)) == {need.id}


# ----------------------------------------------------------------- at the same moment


def test_two_refreshes_at_once_both_succeed_and_propose_nothing_twice(committed_database_url):
    engine = make_engine(committed_database_url)
    sessions = make_sessions(engine)
    with unit_of_work(sessions) as session:
        organisation = make_organisation(session)
        for _ in range(15):
            make_need(session, organisation)
        volunteer_id = make_volunteer(session).id
    failures, start = [], threading.Barrier(4)

    def refresh():
        start.wait()
        try:
            with unit_of_work(sessions) as session:
                propose_for(session, WORKER, volunteer_id, at=now())
        except Exception as error:  # noqa: BLE001 a thread's failure is shown by the test
            failures.append(error)

    threads = [threading.Thread(target=refresh) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    with unit_of_work(sessions, readonly=True) as session:
        needs = session.scalars(select(Proposal.need_id)).all()
        proposed = session.scalars(select(Event.number)).all()
        every = set(session.scalars(select(Need.id)))
    engine.dispose()
    assert failures == []
    assert set(needs) == every
    assert len(needs) == len(proposed) == 15


def test_a_refresh_and_acceptances_at_once_do_not_block_each_other(committed_database_url):
    engine = make_engine(committed_database_url)
    sessions = make_sessions(engine)
    with unit_of_work(sessions) as session:
        organisation = make_organisation(session)
        for _ in range(18):
            make_need(session, organisation)
        volunteer = make_volunteer(session)
        actor = actor_for(session, volunteer)
        propose_for(session, WORKER, volunteer.id, at=now())
        proposals = list(session.scalars(select(Proposal.id)))
    failures, done = [], threading.Event()

    def attempt(work):
        try:
            with unit_of_work(sessions) as session:
                work(session)
        except Exception as error:  # noqa: BLE001 a thread's failure is shown by the test
            failures.append(error)

    def accept_all():
        for one in proposals:
            attempt(lambda session, one=one: accept_proposal(session, actor, one, at=now()))
        done.set()

    def refresh_on():
        while not done.is_set():
            attempt(lambda session: propose_for(session, actor, volunteer.id, at=now()))

    threads = [threading.Thread(target=one) for one in (accept_all, refresh_on, refresh_on)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    with unit_of_work(sessions, readonly=True) as session:
        statuses = session.scalars(select(Proposal.status)).all()
    engine.dispose()
    assert failures == []
    assert statuses == [ProposalStatus.ACCEPTED] * 18
