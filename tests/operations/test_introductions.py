"""Introductions: asked, answered, booked, cancelled, and the silence that is remembered."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Account, Event, IntroductionSlot, Job, Notice, Proposal
from models.errors import NotPossible
from models.introductions import IntroductionStatus, Side
from models.jobs import JobStatus
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import DeclineReason, ProposalStatus
from service.access.actors import WORKER
from service.db import make_engine, make_sessions, now, unit_of_work
from service.errors import Invalid, NotAllowed, NotFound
from service.jobs import introductions as jobs
from service.operations.introductions import (
    ask_introduction,
    cancel_introduction,
    cancel_slot,
    offer_slot,
    reply_to_introduction,
    tell_answer_hours,
)
from service.operations.needs import cancel_need, close_need
from service.operations.placements import release_placement
from service.operations.proposals import (
    accept_or_wait,
    accept_proposal,
    decline_proposal,
    withdraw_proposal,
)
from service.operations.proposing import propose_for
from tests.making import (
    actor_for,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
    time_of,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
QUESTION = {"kind": "question", "text": "Is there a bus?"}


@pytest.fixture
def at(session):
    return time_of(session)


@pytest.fixture
def organisation(session):
    return make_organisation(session)


@pytest.fixture
def need(session, organisation):
    return make_need(session, organisation, title="Read to children")


@pytest.fixture
def account(session, organisation):
    return make_coordinator(session, organisation)


@pytest.fixture
def coordinator(session, account):
    return actor_for(session, account)


@pytest.fixture
def volunteer(session):
    return make_volunteer(session)


@pytest.fixture
def proposal(session, volunteer, need):
    return make_proposal(session, volunteer, need)


@pytest.fixture
def actor(session, volunteer):
    return actor_for(session, volunteer)


def slot_fields(at, **over):
    times = {"starts_at": at + DAY, "ends_at": at + DAY + HOUR}
    return {"kind": "visit", "timezone": "Europe/Kyiv", **times, **over}


def waiting(session):
    rows = session.scalars(select(Job).where(Job.kind == "introductions.remind").order_by(Job.due_at))
    return [(one.due_at, one.payload["days"]) for one in rows if one.status is JobStatus.WAITING]


def remind(session, introduction, days=1):
    """Do what the job does; give what each person is told: (account, kind)."""
    at = introduction.created_at + timedelta(days=days)
    payload = {"introduction_id": str(introduction.id), "days": days}
    jobs.remind(session, WORKER, payload, at=at)
    session.flush()
    told = session.scalars(select(Notice).join(Event).where(Event.at == at))
    return {(one.account_id, one.kind) for one in told}


def test_a_question_leaves_the_proposal_alone_and_orders_two_reminders(
    session, actor, proposal, organisation, at
):
    asked = ask_introduction(session, actor, proposal.id, QUESTION, at=at)

    assert (asked.status, asked.text) == (IntroductionStatus.ASKED, "Is there a bus?")
    assert proposal.status is ProposalStatus.PROPOSED
    assert waiting(session) == [(at + DAY, 1), (at + 3 * DAY, 3)]
    event = session.scalars(select(Event).where(Event.subject_id == asked.id)).one()
    assert (event.name, event.to_state) == ("introduction.asked", "asked")
    assert event.centre_id is None, "a volunteer's account stands in no organisation's log"


def test_an_answer_cancels_the_reminders_and_is_given_once(session, actor, coordinator, proposal, at):
    asked = ask_introduction(session, actor, proposal.id, QUESTION, at=at)

    reply_to_introduction(session, coordinator, asked.id, "Line 5.", at=at + HOUR)

    assert (asked.status, asked.reply, asked.answered_at) == (
        IntroductionStatus.ANSWERED,
        "Line 5.",
        at + HOUR,
    )
    assert waiting(session) == []
    for act in (
        lambda: reply_to_introduction(session, coordinator, asked.id, "Or 6.", at=at),
        lambda: cancel_introduction(session, actor, asked.id, at=at),
    ):
        with pytest.raises(NotPossible, match="introduction_over"):
            act()


def test_a_volunteer_takes_a_question_back_and_then_nobody_is_reminded(session, proposal, actor, at):
    asked = ask_introduction(session, actor, proposal.id, QUESTION, at=at)

    cancel_introduction(session, actor, asked.id, at=at)

    assert asked.cancelled_by is Side.VOLUNTEER
    assert waiting(session) == []


def test_an_organisation_cannot_make_a_question_go_away_but_a_visit(
    session, proposal, organisation, actor, coordinator, at
):
    asked = ask_introduction(session, actor, proposal.id, QUESTION, at=at)
    slot = offer_slot(session, coordinator, organisation.id, slot_fields(at), at=at)
    booked = ask_introduction(session, actor, proposal.id, {"kind": "visit", "slot_id": slot.id}, at=at)

    with pytest.raises(NotAllowed):
        cancel_introduction(session, coordinator, asked.id, at=at)
    cancel_introduction(session, coordinator, booked.id, at=at)

    assert asked.status is IntroductionStatus.ASKED
    assert booked.cancelled_by is Side.ORGANISATION


def test_a_reminder_goes_to_each_coordinator_and_is_on_record(
    session, organisation, account, actor, proposal, at
):
    second = make_coordinator(session, organisation)
    make_coordinator(session, make_organisation(session))
    asked = ask_introduction(session, actor, proposal.id, QUESTION, at=at)

    told = remind(session, asked, 3)

    assert told == {(account.id, "question_waits"), (second.id, "question_waits")}
    event = session.scalars(select(Event).where(Event.name == "introduction.reminded")).one()
    assert (event.from_state, event.to_state, event.body["days"]) == ("asked", "asked", "3")


def test_an_answered_question_is_reminded_of_no_more_even_if_the_job_runs(
    session, actor, coordinator, proposal, at
):
    asked = ask_introduction(session, actor, proposal.id, QUESTION, at=at)
    reply_to_introduction(session, coordinator, asked.id, "Line 5.", at=at)

    assert remind(session, asked) == set()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "question"}, "text"),
        ({"kind": "question", "text": None}, "text"),
        ({"kind": "visit"}, "slot_id"),
        ({"kind": "call", "text": "Call me"}, "slot_id"),
    ],
)
def test_what_is_missing_is_named(session, actor, proposal, at, fields, field):
    with pytest.raises(Invalid) as refused:
        ask_introduction(session, actor, proposal.id, fields, at=at)
    assert [one.field for one in refused.value.errors] == [field]


@pytest.mark.parametrize("decide", [accept_proposal, decline_proposal])
def test_who_has_decided_has_no_more_to_ask(session, actor, proposal, at, decide):
    decide(session, actor, proposal.id, at=at)
    with pytest.raises(NotPossible, match="already_decided"):
        ask_introduction(session, actor, proposal.id, QUESTION, at=at)


def test_nothing_is_asked_about_what_is_gone(session, actor, proposal, need, organisation, at):
    organisation.status = OrganisationStatus.SUSPENDED
    session.flush()
    with pytest.raises(NotPossible, match="need_closed"):
        ask_introduction(session, actor, proposal.id, QUESTION, at=at)
    organisation.status, need.status = OrganisationStatus.VERIFIED, NeedStatus.CANCELLED
    session.flush()
    with pytest.raises(NotPossible, match="need_closed"):
        ask_introduction(session, actor, proposal.id, QUESTION, at=at)


def test_a_visit_is_booked_at_once_and_its_room_is_free_again_when_cancelled(
    session, actor, coordinator, proposal, organisation, need, at
):
    slot = offer_slot(session, coordinator, organisation.id, slot_fields(at), at=at)
    visit = {"kind": "visit", "slot_id": slot.id}
    other = make_volunteer(session)
    theirs, they = make_proposal(session, other, need), actor_for(session, other)

    booked = ask_introduction(session, actor, proposal.id, visit, at=at)
    assert booked.status is IntroductionStatus.BOOKED
    assert waiting(session) == []
    for who, of in ((they, theirs), (actor, proposal)):
        with pytest.raises(NotPossible, match="slot_taken"):
            ask_introduction(session, who, of.id, visit, at=at)

    cancel_introduction(session, actor, booked.id, at=at)
    assert ask_introduction(session, they, theirs.id, visit, at=at).status is IntroductionStatus.BOOKED


def test_a_time_that_is_taken_back_cancels_what_was_booked(
    session, actor, coordinator, proposal, organisation, at
):
    slot = offer_slot(session, coordinator, organisation.id, slot_fields(at), at=at)
    booked = ask_introduction(session, actor, proposal.id, {"kind": "visit", "slot_id": slot.id}, at=at)

    cancel_slot(session, coordinator, slot.id, at=at)

    assert (booked.status, booked.cancelled_by) == (IntroductionStatus.CANCELLED, Side.ORGANISATION)
    with pytest.raises(NotPossible, match="introduction_over"):
        cancel_slot(session, coordinator, slot.id, at=at)
    with pytest.raises(NotPossible, match="slot_taken"):
        ask_introduction(session, actor, proposal.id, {"kind": "visit", "slot_id": slot.id}, at=at)


def test_a_time_of_another_kind_or_organisation_is_not_found_and_a_past_one_is_taken(
    session, actor, coordinator, proposal, organisation, at
):
    slot = offer_slot(session, coordinator, organisation.id, slot_fields(at), at=at)
    strange = make_organisation(session)
    theirs = offer_slot(
        session, actor_for(session, make_coordinator(session, strange)), strange.id, slot_fields(at), at=at
    )
    for fields in ({"kind": "call", "slot_id": slot.id}, {"kind": "visit", "slot_id": theirs.id}):
        with pytest.raises(NotFound):
            ask_introduction(session, actor, proposal.id, fields, at=at)
    with pytest.raises(NotPossible, match="slot_taken"):
        ask_introduction(session, actor, proposal.id, {"kind": "visit", "slot_id": slot.id}, at=at + 2 * DAY)


@pytest.mark.parametrize("over", [{"starts_at": -1, "ends_at": 1}, {"starts_at": 2, "ends_at": 1}], ids=str)
def test_a_time_lies_ahead_and_ends_after_it_begins(session, coordinator, organisation, at, over):
    fields = slot_fields(at, **{name: at + hours * HOUR for name, hours in over.items()})
    with pytest.raises(Invalid):
        offer_slot(session, coordinator, organisation.id, fields, at=at)


def test_only_those_concerned_ask_answer_and_offer(session, actor, coordinator, proposal, organisation, at):
    centre = make_centre(session)
    asked = ask_introduction(session, actor, proposal.id, QUESTION, at=at)
    slot = offer_slot(session, coordinator, organisation.id, slot_fields(at), at=at)
    strange_coordinator = actor_for(session, make_coordinator(session, make_organisation(session)))
    strangers = [
        actor_for(session, make_volunteer(session)),
        strange_coordinator,
        actor_for(session, make_staff(session, centre)),
        actor_for(session, centre),
    ]
    for one in strangers:
        for act in (
            lambda one=one: ask_introduction(session, one, proposal.id, QUESTION, at=at),
            lambda one=one: reply_to_introduction(session, one, asked.id, "x", at=at),
            lambda one=one: cancel_introduction(session, one, asked.id, at=at),
            lambda one=one: offer_slot(session, one, organisation.id, slot_fields(at), at=at),
            lambda one=one: cancel_slot(session, one, slot.id, at=at),
        ):
            with pytest.raises((NotAllowed, NotFound)):
                act()
    with pytest.raises(NotAllowed):
        reply_to_introduction(session, actor, asked.id, "I answer myself", at=at)
    assert asked.status is IntroductionStatus.ASKED


def test_how_fast_answers_come_is_said_from_five_on_as_the_median(
    session, coordinator, organisation, need, at
):
    for number, hours in enumerate((1, 2, 30, 100, 200), start=1):
        assert tell_answer_hours(session, WORKER, organisation.id) is None
        volunteer = make_volunteer(session)
        proposal = make_proposal(session, volunteer, need)
        asked = ask_introduction(session, actor_for(session, volunteer), proposal.id, QUESTION, at=at)
        asked.created_at = at
        reply_to_introduction(session, coordinator, asked.id, f"Answer {number}", at=at + hours * HOUR)
        session.flush()
    assert tell_answer_hours(session, WORKER, organisation.id) == 30
    assert tell_answer_hours(session, WORKER, make_organisation(session).id) is None


def test_all_that_one_asks_about_a_need_bears_one_label(session, actor, proposal, need, at):
    labels = {ask_introduction(session, actor, proposal.id, QUESTION, at=at).label for _ in range(3)}
    other = make_volunteer(session)
    theirs = make_proposal(session, other, need)

    assert len(labels) == 1
    assert ask_introduction(session, actor_for(session, other), theirs.id, QUESTION, at=at).label


def test_the_last_room_of_a_time_goes_to_one_of_many(committed_database_url):
    engine = make_engine(committed_database_url, pool_size=6)
    sessions = make_sessions(engine)
    with unit_of_work(sessions) as session:
        organisation = make_organisation(session)
        # Each asks about another need, so that nothing but the time itself keeps them apart.
        people = [make_volunteer(session) for _ in range(6)]
        proposals = [make_proposal(session, one, make_need(session, organisation)) for one in people]
        actors = [actor_for(session, one) for one in people]
        ids = [one.id for one in proposals]
        coordinator = actor_for(session, make_coordinator(session, organisation))
        slot_id = offer_slot(session, coordinator, organisation.id, slot_fields(now(), places=2), at=now()).id
    ended, start = [], threading.Barrier(6)

    def take(actor, proposal_id):
        start.wait()
        try:
            with unit_of_work(sessions) as session:
                fields = {"kind": "visit", "slot_id": slot_id}
                ended.append(ask_introduction(session, actor, proposal_id, fields, at=now()).status.value)
        except NotPossible as refused:
            ended.append(refused.code)

    threads = [threading.Thread(target=take, args=one) for one in zip(actors, ids, strict=True)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with unit_of_work(sessions, readonly=True) as session:
        assert session.get_one(IntroductionSlot, slot_id).places == 2
        statuses = set(session.scalars(select(Proposal.status)))
    engine.dispose()
    assert sorted(ended) == ["booked"] * 2 + ["slot_taken"] * 4
    assert statuses == {ProposalStatus.PROPOSED}


# ------------------------------------------------------------------------------ how visits end with proposals


@pytest.fixture
def visits(session, actor, coordinator, proposal, organisation, at):
    """Offer three times, of which the volunteer has taken two, one by now over; and a question of theirs."""
    taken = []
    for days in (1, 2):
        slot = offer_slot(session, coordinator, organisation.id, slot_fields(at + days * DAY), at=at)
        fields = {"kind": "visit", "slot_id": slot.id}
        taken.append(ask_introduction(session, actor, proposal.id, fields, at=at))
    asked = ask_introduction(session, actor, proposal.id, QUESTION, at=at)
    # At this time the first visit is over.
    return at + 2 * DAY + HOUR, taken, asked


def told_of_cancelling(session, owner):
    wanted = select(Notice).where(Notice.kind == "introduction_cancelled", Notice.account_id == owner.id)
    return session.scalars(wanted).all()


@pytest.mark.parametrize("way", ["decline", "withdraw", "leave the waitlist"])
def test_who_says_no_is_expected_no_more_and_nobody_learns_why(
    session, actor, account, proposal, need, visits, way
):
    at, (past, ahead), asked = visits
    if way == "decline":
        decline_proposal(session, actor, proposal.id, reason=DeclineReason.TOO_FAR, note="No bus", at=at)
    elif way == "withdraw":
        accept_proposal(session, actor, proposal.id, at=at)
        assert ahead.status is IntroductionStatus.BOOKED, "a yes leaves a visit as it is"
        withdraw_proposal(session, actor, proposal.id, note="No bus", at=at)
    else:
        need.places_taken, need.status = need.places, NeedStatus.FULL
        session.flush()
        accept_or_wait(session, actor, proposal.id, at=at)
        withdraw_proposal(session, actor, proposal.id, at=at)

    states = [one.status for one in (past, ahead, asked)]
    assert states == [IntroductionStatus.BOOKED, IntroductionStatus.CANCELLED, IntroductionStatus.ASKED]
    assert ahead.cancelled_by is Side.VOLUNTEER
    (notice,) = told_of_cancelling(session, account)
    assert set(notice.body) == {"introduction_id"}, "the same as of any cancelling"
    event = session.scalars(select(Event).where(Event.name == "introduction.cancelled")).one()
    assert {"centre_id": event.centre_id, "why": event.body.get("why")} == {"centre_id": None, "why": None}


@pytest.mark.parametrize("way", ["close", "cancel", "cancel after a yes", "release"])
def test_what_the_organisation_ends_is_told_to_who_would_have_come(
    session, actor, coordinator, volunteer, proposal, need, visits, way
):
    at, (_, ahead), _ = visits
    if way in ("cancel after a yes", "release"):
        placement = accept_proposal(session, actor, proposal.id, at=at)
    if way == "release":
        release_placement(session, coordinator, placement.id, "We moved", at=at)
    elif way == "close":
        close_need(session, coordinator, need.id, at=at)
    else:
        cancel_need(session, coordinator, need.id, at=at)

    assert (ahead.status, ahead.cancelled_by) == (IntroductionStatus.CANCELLED, Side.ORGANISATION)
    assert len(told_of_cancelling(session, session.get_one(Account, volunteer.account_id))) == 1


def test_closing_leaves_the_visit_of_who_said_yes(session, actor, coordinator, proposal, need, visits):
    at, (_, ahead), _ = visits
    accept_proposal(session, actor, proposal.id, at=at)
    close_need(session, coordinator, need.id, at=at)
    session.refresh(ahead)
    assert ahead.status is IntroductionStatus.BOOKED


def test_what_one_is_getting_to_know_does_not_give_way_to_better_ones(session, actor, volunteer, visits, at):
    late = visits[0]
    volunteer.causes, volunteer.radius_km = ["AnimalWelfare"], 1.0
    volunteer.latitude, volunteer.longitude = 50.45, 30.52
    known = session.scalars(select(Proposal).where(Proposal.volunteer_id == volunteer.id)).one()
    other = make_proposal(session, volunteer, make_need(session))
    propose_for(session, WORKER, volunteer.id, at=late)
    assert (known.status, other.status) == (ProposalStatus.PROPOSED, ProposalStatus.EXPIRED)
