"""Not now, and choosing by oneself: what waits, what wakes, what may be passed over and what may not."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import Event, Job, Need, Organisation, Proposal
from models.errors import NotPossible
from models.needs import LocationType, NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import ProposalOrigin, ProposalStatus
from service.access.actors import WORKER
from service.errors import Invalid, NotAllowed, NotFound
from service.jobs import proposals as jobs
from service.operations.choosing import choose_need
from service.operations.needs import close_need
from service.operations.proposals import (
    accept_proposal,
    decline_proposal,
    reconsider_proposal,
    snooze_proposal,
    withdraw_proposal,
)
from service.operations.proposing import propose_for
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

P = ProposalStatus
WEEK = timedelta(days=7)
FAR = {"latitude": 41.0, "longitude": 2.0, "place": "far off"}


@pytest.fixture
def volunteer(session):
    return make_volunteer(session)


@pytest.fixture
def actor(session, volunteer):
    return actor_for(session, volunteer)


@pytest.fixture
def at(session):
    return time_of(session)


def names(session, proposal):
    session.flush()
    rows = session.scalars(select(Event).where(Event.subject_id == proposal.id).order_by(Event.number))
    return [one.name.removeprefix("proposal.") for one in rows]


def codes(proposal):
    return {one["code"] for one in proposal.reasons if one["weight"] == 0}


# ----------------------------------------------------------------- not now


@pytest.fixture
def snoozed(session, actor, volunteer, at):
    proposal = make_proposal(session, volunteer, make_need(session))
    snooze_proposal(session, actor, proposal.id, until=at + WEEK, at=at)
    session.flush()
    return proposal


def wake(session, proposal, at):
    jobs.wake_snoozed(session, WORKER, {"proposal_id": str(proposal.id)}, at=at)


def test_a_not_now_orders_its_waking_in_the_same_transaction(session, snoozed, at):
    job = session.scalars(select(Job).where(Job.kind == "proposals.wake")).one()

    assert (snoozed.status, snoozed.snoozed_until) == (P.SNOOZED, at + WEEK)
    assert (job.due_at, job.payload) == (at + WEEK, {"proposal_id": str(snoozed.id)})


def test_it_wakes_when_due_and_not_before(session, snoozed, at):
    wake(session, snoozed, at + WEEK - timedelta(seconds=1))
    assert snoozed.status is P.SNOOZED

    wake(session, snoozed, at + WEEK)
    assert (snoozed.status, snoozed.snoozed_until) == (P.PROPOSED, None)
    assert names(session, snoozed) == ["snoozed", "woken"]


def test_who_puts_off_longer_is_not_woken_at_the_first_time(session, actor, snoozed, at):
    snooze_proposal(session, actor, snoozed.id, until=at + 2 * WEEK, at=at)
    wake(session, snoozed, at + WEEK)

    assert snoozed.status is P.SNOOZED
    assert session.scalars(select(Job.due_at).where(Job.kind == "proposals.wake")).all() == [at + 2 * WEEK]


@pytest.mark.parametrize("answer", [accept_proposal, decline_proposal, reconsider_proposal])
def test_what_was_put_off_can_be_answered_at_once_and_then_sleeps_no_more(
    session, actor, snoozed, at, answer
):
    answer(session, actor, snoozed.id, at=at)
    before = snoozed.status
    wake(session, snoozed, at + WEEK)

    assert snoozed.status is before is not P.SNOOZED
    assert snoozed.snoozed_until is None


def test_what_is_gone_when_it_would_wake_expires(session, snoozed, at):
    need = session.get_one(Need, snoozed.need_id)
    session.get_one(Organisation, need.organisation_id).status = OrganisationStatus.SUSPENDED
    session.flush()

    wake(session, snoozed, at + WEEK)

    assert names(session, snoozed) == ["snoozed", "expired"]


def test_closing_the_need_ends_the_wait(session, actor, snoozed, at):
    close_need(session, WORKER, snoozed.need_id, at=at)
    session.expire_all()

    assert (snoozed.status, snoozed.snoozed_until) == (P.EXPIRED, None)
    wake(session, snoozed, at + WEEK)
    assert snoozed.status is P.EXPIRED


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_time_that_has_passed_or_is_far_off_is_refused(session, actor, snoozed, at, days):
    with pytest.raises(Invalid) as refused:
        snooze_proposal(session, actor, snoozed.id, until=at + timedelta(days=days), at=at)
    assert [one.field for one in refused.value.errors] == ["until"]


def test_a_ranking_leaves_it_asleep(session, volunteer, snoozed, at):
    propose_for(session, WORKER, volunteer.id, at=at)
    assert snoozed.status is P.SNOOZED


# ----------------------------------------------------------------- choosing


def test_what_one_found_becomes_ones_own_proposal_with_reasons(session, actor, volunteer, at):
    need = make_need(session)

    proposal = choose_need(session, actor, need.id, at=at)

    assert (proposal.status, proposal.origin) == (P.PROPOSED, ProposalOrigin.SEARCH)
    assert 0 < proposal.score <= 1
    assert {"cause", "near"} <= {one["code"] for one in proposal.reasons}
    assert codes(proposal) == set()
    assert names(session, proposal) == ["chosen"]
    accept_proposal(session, actor, proposal.id, at=at)
    assert proposal.status is P.ACCEPTED


def test_a_chosen_need_has_the_score_that_the_ranking_gives_it(session, actor, volunteer, at):
    chosen, other = make_need(session), make_volunteer(session, email="same@example.org")
    proposal = choose_need(session, actor, chosen.id, at=at)
    propose_for(session, WORKER, other.id, at=at)
    session.flush()

    ranked = session.scalars(select(Proposal).where(Proposal.volunteer_id == other.id)).one()
    assert (proposal.score, proposal.reasons) == (ranked.score, ranked.reasons)


@pytest.mark.parametrize(
    ("over", "code"),
    [
        (FAR, "too_far"),
        ({"languages": ["de"]}, "language_missing"),
        ({"location_type": LocationType.REMOTE}, "location_type"),
        ({"slots": 2}, "wrong_time"),
    ],
    ids=["far", "language", "type", "time"],
)
def test_what_does_not_fit_is_said_and_may_be_passed_over(session, at, over, code):
    volunteer = make_volunteer(session, location_types=["onsite"], slots=1)
    actor = actor_for(session, volunteer)
    need = make_need(session, **over)
    propose_for(session, WORKER, volunteer.id, at=at)

    proposal = choose_need(session, actor, need.id, at=at)
    propose_for(session, WORKER, volunteer.id, at=at)

    assert codes(proposal) == {code}
    assert proposal.status is P.PROPOSED, "a ranking that would not propose it lets it stay"
    accept_proposal(session, actor, proposal.id, at=at)


@pytest.mark.parametrize("born", [None, date(2020, 1, 1)])
def test_the_age_a_need_asks_for_cannot_be_passed_over(session, at, born):
    volunteer = make_volunteer(session, birth_date=born)
    need = make_need(session, minimum_age=18)

    with pytest.raises(NotPossible, match="not_of_age"):
        choose_need(session, actor_for(session, volunteer), need.id, at=at)


@pytest.mark.parametrize("status", [OrganisationStatus.UNVERIFIED, OrganisationStatus.SUSPENDED])
def test_needs_of_organisations_that_are_not_verified_cannot_be_chosen(session, actor, at, status):
    need = make_need(session, make_organisation(session, status=status))
    with pytest.raises(NotFound):
        choose_need(session, actor, need.id, at=at)


@pytest.mark.parametrize("status", [NeedStatus.DRAFT, NeedStatus.CLOSED, NeedStatus.CANCELLED])
def test_what_cannot_be_seen_cannot_be_chosen(session, actor, at, status):
    need = make_need(session, status=status)
    with pytest.raises(NotFound):
        choose_need(session, actor, need.id, at=at)
    with pytest.raises(NotFound):
        choose_need(session, actor, uuid.uuid4(), at=at)


def test_what_one_had_before_one_and_is_over_says_so(session, actor, volunteer, at):
    need = make_need(session)
    make_proposal(session, volunteer, need)
    close_need(session, WORKER, need.id, at=at)
    with pytest.raises(NotPossible, match="need_closed"):
        choose_need(session, actor, need.id, at=at)
    past = make_need(session, starts_at=at - WEEK, ends_at=at - WEEK)
    with pytest.raises(NotPossible, match="need_closed"):
        choose_need(session, actor, past.id, at=at)


def test_a_full_need_can_be_chosen_and_says_that_it_is_full_when_accepted(session, actor, at):
    need = make_need(session, places=1, places_taken=1, status=NeedStatus.FULL)

    proposal = choose_need(session, actor, need.id, at=at)

    assert proposal.score > 0
    with pytest.raises(NotPossible, match="need_full"):
        accept_proposal(session, actor, proposal.id, at=at)


@pytest.mark.parametrize("before", [P.DECLINED, P.SNOOZED, P.EXPIRED, P.WITHDRAWN, P.PROPOSED])
def test_choosing_opens_again_what_was_left(session, actor, volunteer, at, before):
    need = make_need(session)
    proposal = make_proposal(session, volunteer, need)
    if before is P.WITHDRAWN:
        accept_proposal(session, actor, proposal.id, at=at)
        withdraw_proposal(session, actor, proposal.id, at=at)
    else:
        proposal.status = before
        session.flush()

    chosen = choose_need(session, actor, need.id, at=at)

    assert chosen.id == proposal.id
    assert (chosen.status, chosen.origin) == (P.PROPOSED, ProposalOrigin.SEARCH)
    assert chosen.accepted_by is None
    accept_proposal(session, actor, proposal.id, at=at)
    assert chosen.status is P.ACCEPTED


@pytest.mark.parametrize("before", [P.ACCEPTED, P.WAITLISTED, P.OFFERED, P.RELEASED])
def test_what_stands_or_was_ended_by_the_organisation_is_not_opened_again(
    session, actor, volunteer, at, before
):
    proposal = make_proposal(session, volunteer, make_need(session))
    proposal.status = before
    proposal.accepted_by = volunteer.id
    session.flush()
    with pytest.raises(NotPossible, match="already_decided"):
        choose_need(session, actor, proposal.need_id, at=at)


def test_nobody_chooses_or_puts_off_for_a_volunteer(session, volunteer, snoozed, at):
    centre = make_centre(session)
    need = make_need(session)
    owners = [
        centre,
        make_staff(session, centre),
        make_account(session, "operator"),
        make_coordinator(session, make_organisation(session, centre)),
    ]
    for actor in [*(actor_for(session, one) for one in owners), WORKER]:
        with pytest.raises(NotAllowed):
            choose_need(session, actor, need.id, at=at)
        with pytest.raises(NotAllowed):
            snooze_proposal(session, actor, snoozed.id, until=at + WEEK, at=at)
    with pytest.raises(NotFound):
        stranger = actor_for(session, make_volunteer(session))
        snooze_proposal(session, stranger, snoozed.id, until=at + WEEK, at=at)
