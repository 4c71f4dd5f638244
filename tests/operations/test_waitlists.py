"""Waitlists: whose turn it is, what is offered, and how an offer ends; never an acceptance by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import Event, Job, Need, Notice, Place, Proposal, Volunteer, Wait
from models.errors import NotPossible
from models.jobs import JobStatus
from models.needs import NeedStatus
from models.notices import NoticeKind
from models.organisations import OrganisationStatus
from models.placements import PlacementStatus
from models.proposals import ProposalStatus
from service.access.actors import WORKER
from service.config import Settings
from service.errors import NotAllowed, NotFound, Refusal
from service.jobs.mail import make_sender
from service.jobs.needs import expire_gone
from service.jobs.tools import Tools
from service.operations.choosing import choose_need
from service.operations.needs import cancel_need, change_need, close_need
from service.operations.offer_ends import lapse_offer
from service.operations.offers import OFFER_HOURS
from service.operations.organisations import verify_organisation
from service.operations.placements import release_placement
from service.operations.proposals import (
    accept_or_wait,
    accept_proposal,
    decline_proposal,
    snooze_proposal,
    withdraw_proposal,
)
from service.operations.proposing import follow_need, pass_need
from service.queries.needs import get_need_for_change
from service.queries.waitlists import count_waiting
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
    time_of,
)

P = ProposalStatus
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFER = timedelta(hours=OFFER_HOURS)


class Queue:
    """A full need of one place, who holds it, and who waits for it, in this order."""

    def __init__(self, session, waiting=2, **over):
        self.session, self.at = session, time_of(session)
        self.organisation = make_organisation(session)
        self.account = make_coordinator(session, self.organisation)
        self.coordinator = actor_for(session, self.account)
        self.need = make_need(session, self.organisation, **{"places": 1, **over})
        self.holder = self.come()
        self.placement = accept_proposal(session, *self.holder, at=self.at)
        self.line = [self.wait() for _ in range(waiting)]

    def come(self):
        volunteer = make_volunteer(self.session)
        proposal = make_proposal(self.session, volunteer, self.need)
        return actor_for(self.session, volunteer), proposal.id

    def wait(self):
        comer = self.come()
        assert accept_or_wait(self.session, *comer, message="Any day", at=self.at) is None
        return comer

    def free(self):
        withdraw_proposal(self.session, *self.holder, at=self.at)

    def proposal(self, number):
        return self.session.get_one(Proposal, self.line[number][1], populate_existing=True)

    def volunteer(self, number):
        return self.session.get_one(Volunteer, self.proposal(number).volunteer_id)

    @property
    def states(self):
        return [self.proposal(number).status for number in range(len(self.line))]

    def told(self, kind):
        """Say who of the line was told of a kind, in its order, with what the notice knows."""
        rows = self.session.execute(
            select(Notice.account_id, Notice.body)
            .where(Notice.kind == kind.value)
            .order_by(Notice.created_at)
        )
        accounts = [actor.account_id for actor, _ in self.line]
        return [(accounts.index(row.account_id), row.body) for row in rows if row.account_id in accounts]

    def is_sound(self):
        """I-03: as many places are taken as are held or kept, and never more than there are."""
        need = self.session.get_one(Need, self.need.id, populate_existing=True)
        rows = self.session.scalars(select(Place).where(Place.need_id == need.id)).all()
        taken = sum(one.placement_id is not None or one.offered_to is not None for one in rows)
        assert taken == need.places_taken <= need.places == len(rows)
        offered = {one.offered_to for one in rows} - {None}
        wanted = select(Proposal.id).where(Proposal.need_id == need.id, Proposal.status == P.OFFERED)
        assert offered == set(self.session.scalars(wanted))
        waits = set(self.session.scalars(select(Wait.proposal_id).where(Wait.need_id == need.id)))
        wanted = select(Proposal.id).where(Proposal.need_id == need.id, Proposal.status == P.WAITLISTED)
        assert waits == set(self.session.scalars(wanted))
        assert not waits or need.status is NeedStatus.FULL
        return need.status


@pytest.fixture
def queue(session):
    return Queue(session)


def test_a_full_need_is_waited_for_only_by_who_asks_for_it(session, queue):
    comer = queue.come()

    with pytest.raises(NotPossible, match="need_full"):
        accept_proposal(session, *comer, at=queue.at)

    assert queue.states == [P.WAITLISTED, P.WAITLISTED]
    assert queue.proposal(0).message == "Any day"
    assert queue.is_sound() is NeedStatus.FULL


def test_where_there_is_room_nobody_waits(session):
    need = make_need(session, places=1)
    volunteer = make_volunteer(session)
    proposal = make_proposal(session, volunteer, need)

    placement = accept_or_wait(session, actor_for(session, volunteer), proposal.id, at=time_of(session))

    assert placement is not None
    assert proposal.status is P.ACCEPTED


def test_a_freed_place_is_offered_to_the_first_and_is_nobody_elses(session, queue):
    queue.free()

    assert queue.states == [P.OFFERED, P.WAITLISTED]
    assert queue.proposal(0).decision_due == queue.at + OFFER
    assert queue.told(NoticeKind.PLACE_OFFERED) == [(0, {"due": (queue.at + OFFER).isoformat()})]
    assert queue.is_sound() is NeedStatus.FULL, "who comes now cannot jump the line"
    named = session.scalars(select(Event.name).where(Event.subject_id == queue.need.id))
    assert "need.reopened" not in named.all()
    with pytest.raises(NotPossible, match="need_full"):
        accept_proposal(session, *queue.come(), at=queue.at)


def test_accepting_takes_exactly_the_offered_place(session, queue):
    queue.free()
    number = session.scalars(select(Place.number).where(Place.offered_to.is_not(None))).one()

    placement = accept_proposal(session, *queue.line[0], at=queue.at + HOUR)

    assert (placement.place_number, placement.status) == (number, PlacementStatus.HELD)
    assert placement.message == "Any day"
    assert queue.states == [P.ACCEPTED, P.WAITLISTED]
    assert queue.is_sound() is NeedStatus.FULL
    lapse_offer(session, WORKER, queue.line[0][1], at=queue.at + OFFER)
    assert queue.states == [P.ACCEPTED, P.WAITLISTED]


@pytest.mark.parametrize("way", ["decline", "lapse"])
def test_what_one_lets_go_is_offered_to_the_next_and_then_to_all(session, queue, way):
    queue.free()
    for number in range(2):
        at = queue.at + OFFER * (number + 1)
        if way == "decline":
            at -= HOUR
            decline_proposal(session, *queue.line[number], at=at)
        else:
            lapse_offer(session, WORKER, queue.line[number][1], at=at - HOUR)
            assert queue.states[number] is P.OFFERED, "its time is not over"
            lapse_offer(session, WORKER, queue.line[number][1], at=at)
        assert queue.states[number] is (P.DECLINED if way == "decline" else P.EXPIRED)
        open_ = NeedStatus.OPEN if number else NeedStatus.FULL
        assert queue.is_sound() is open_
    assert [who for who, _ in queue.told(NoticeKind.PLACE_OFFERED)] == [0, 1]
    late = [(0, {"why": "late"}), (1, {"why": "late"})]
    assert queue.told(NoticeKind.WAITING_ENDED) == ([] if way == "decline" else late)
    # Nobody is held to have said anything: they can choose it again, and stand at the end.
    if way == "lapse":
        assert choose_need(session, queue.line[0][0], queue.need.id, at=at).status is P.PROPOSED


def test_no_log_names_who_freed_a_place_by_a_no_or_for_whom(session, queue):
    queue.free()
    for one in queue.line:
        decline_proposal(session, *one, at=queue.at)
    wanted = select(Event).where(Event.name.in_(("proposal.offered", "need.reopened")))
    found = session.scalars(wanted.order_by(Event.number)).all()
    assert [one.name for one in found] == ["proposal.offered", "proposal.offered", "need.reopened"]
    assert {(one.actor_kind, one.actor_id) for one in found} == {("worker", None)}


def test_after_its_time_an_offer_cannot_be_accepted_even_before_the_job_has_run(session, queue):
    queue.free()

    with pytest.raises(NotPossible, match="offer_over"):
        accept_proposal(session, *queue.line[0], at=queue.at + OFFER)


def test_an_offer_ends_before_the_need_begins(session):
    at = time_of(session)
    soon = Queue(session, waiting=1, starts_at=at + 5 * HOUR, ends_at=at + 9 * HOUR)
    begun = Queue(session, waiting=1, starts_at=at - HOUR, ends_at=at + 7 * HOUR)
    session.info["offer_hours"] = 3
    short = Queue(session, waiting=1, starts_at=at + 5 * HOUR, ends_at=at + 9 * HOUR)
    short.free()
    session.info.pop("offer_hours")
    for one in (soon, begun):
        one.free()

    assert [one.proposal(0).decision_due - at for one in (soon, begun, short)] == [
        5 * HOUR,
        7 * HOUR,
        3 * HOUR,
    ]


def test_an_offer_ends_earlier_where_the_need_is_moved_forward(session):
    at = time_of(session)
    queue = Queue(session, waiting=1, starts_at=at + 9 * DAY, ends_at=at + 10 * DAY)
    queue.free()
    for hours in (5, 7):
        need = get_need_for_change(session, queue.coordinator, queue.need.id)
        change_need(session, queue.coordinator, need, {"starts_at": at + hours * HOUR}, at=at)
        follow_need(session, WORKER, queue.need.id, at=at)
    lapses = session.scalars(select(Job).where(Job.kind == "proposals.lapse")).all()

    assert queue.proposal(0).decision_due == at + 5 * HOUR
    assert [one.due_at for one in lapses] == [at + 5 * HOUR]


@pytest.mark.parametrize("way", ["release", "more places", "withdraw"])
def test_however_a_place_comes_free_it_is_offered(session, queue, way):
    if way == "release":
        release_placement(session, queue.coordinator, queue.placement.id, "We moved", at=queue.at)
    elif way == "withdraw":
        queue.free()
    else:
        need = get_need_for_change(session, queue.coordinator, queue.need.id)
        change_need(session, queue.coordinator, need, {"places": 2}, at=queue.at)

    assert queue.states == [P.OFFERED, P.WAITLISTED]
    assert queue.is_sound() is NeedStatus.FULL


def test_more_places_than_people_wait_leave_the_need_open(session, queue):
    need = get_need_for_change(session, queue.coordinator, queue.need.id)
    change_need(session, queue.coordinator, need, {"places": 5}, at=queue.at)

    assert queue.states == [P.OFFERED, P.OFFERED]
    assert queue.is_sound() is NeedStatus.OPEN
    with pytest.raises(Refusal, match="places_held"):
        change_need(session, queue.coordinator, need, {"places": 2}, at=queue.at)
    session.expire_all()
    change_need(session, queue.coordinator, need, {"places": 3}, at=queue.at)
    assert queue.is_sound() is NeedStatus.FULL


def test_who_waits_leaves_by_withdrawing_and_those_behind_move_up(session, queue):
    with pytest.raises(NotPossible, match="already_decided"):
        decline_proposal(session, *queue.line[0], at=queue.at)
    with pytest.raises(NotPossible, match="already_decided"):
        snooze_proposal(session, *queue.line[0], until=queue.at + DAY, at=queue.at)
    withdraw_proposal(session, *queue.line[0], at=queue.at)
    queue.free()

    assert queue.states == [P.WITHDRAWN, P.OFFERED]
    with pytest.raises(NotPossible, match="not_accepted"):
        withdraw_proposal(session, *queue.line[1], at=queue.at)


@pytest.mark.parametrize("way", ["close", "cancel", "suspend", "pass"])
def test_when_a_need_goes_nobody_waits_for_it_and_no_place_is_kept(session, way):
    at = time_of(session)
    queue = Queue(session, places=2, waiting=0, starts_at=at + DAY, ends_at=at + 2 * DAY)
    other = queue.come()
    accept_proposal(session, *other, at=at)
    queue.line = [queue.wait(), queue.wait()]
    queue.free()
    before = {"close": close_need, "cancel": cancel_need}.get(way)
    if before is not None:
        before(session, queue.coordinator, queue.need.id, at=at)
    elif way == "suspend":
        status = OrganisationStatus.SUSPENDED
        verify_organisation(session, WORKER, queue.organisation.id, status, "looked", at=at)
    else:
        pass_need(session, WORKER, queue.need.id, at=at + DAY)
        assert queue.states == [P.OFFERED, P.WAITLISTED], "it is not over yet"
        pass_need(session, WORKER, queue.need.id, at=at + 2 * DAY)

    assert queue.states == [P.EXPIRED, P.EXPIRED]
    queue.is_sound()
    assert session.get_one(Need, queue.need.id).places_taken == 1
    assert sorted(queue.told(NoticeKind.WAITING_ENDED)) == [(0, {"why": "gone"}), (1, {"why": "gone"})]
    if way == "cancel":
        event = session.scalars(select(Event).where(Event.name == "need.cancelled")).one()
        assert event.body == {"places_taken": "1"}, "who is offered a place holds none"


def test_a_night_finds_what_has_passed_without_an_order(sessions, session):
    at = time_of(session)
    past, open_ = (make_need(session, starts_at=at + days * DAY) for days in (-1, 1))
    volunteer = make_volunteer(session)
    rows = [make_proposal(session, volunteer, one) for one in (past, open_)]
    session.commit()

    assert not expire_gone(Tools(sessions, Settings(), make_sender("folder:nowhere")), at)

    session.expire_all()
    assert [one.status for one in rows] == [P.EXPIRED, P.PROPOSED]


def test_a_passing_date_is_a_job_that_moves_with_it(session):
    at = time_of(session)
    queue = Queue(session, waiting=1, starts_at=at + DAY, ends_at=at + 2 * DAY)
    for days in (3, 5):
        need = get_need_for_change(session, queue.coordinator, queue.need.id)
        change_need(session, queue.coordinator, need, {"ends_at": at + days * DAY}, at=at)
    job = session.scalars(select(Job).where(Job.kind == "needs.pass")).one()

    assert (job.due_at, job.status) == (at + 5 * DAY, JobStatus.WAITING)


def test_who_no_longer_fits_waits_no_more_and_what_they_were_offered_goes_on(session):
    queue = Queue(session, waiting=3)
    queue.free()
    need = get_need_for_change(session, queue.coordinator, queue.need.id)
    change_need(session, queue.coordinator, need, {"minimum_age": 30}, at=queue.at)
    # Only the third says an age that fits.
    for number, year in ((0, 2010), (2, 1980)):
        volunteer = queue.volunteer(number)
        volunteer.birth_date = queue.at.date().replace(year=year, day=1)
    session.flush()

    follow_need(session, WORKER, queue.need.id, at=queue.at)

    assert queue.states == [P.EXPIRED, P.EXPIRED, P.OFFERED]
    assert sorted(queue.told(NoticeKind.WAITING_ENDED)) == [(0, {"why": "unfit"}), (1, {"why": "unfit"})]
    assert queue.is_sound() is NeedStatus.FULL


def test_what_one_knew_and_passed_over_is_no_reason_to_go(session):
    queue = Queue(session, waiting=1)
    far = make_volunteer(session, latitude=50.45, longitude=30.52)
    actor = actor_for(session, far)
    proposal = choose_need(session, actor, queue.need.id, at=queue.at)
    accept_or_wait(session, actor, proposal.id, at=queue.at)
    queue.line.append((actor, proposal.id))

    follow_need(session, WORKER, queue.need.id, at=queue.at)

    assert queue.states == [P.WAITLISTED, P.WAITLISTED]


def test_what_had_expired_is_waited_for_from_where_it_was(session, queue):
    comer = queue.come()
    session.get_one(Proposal, comer[1]).status = P.EXPIRED
    session.flush()

    assert accept_or_wait(session, *comer, at=queue.at) is None

    assert session.get_one(Proposal, comer[1]).status is P.WAITLISTED
    names = session.scalars(select(Event.to_state).where(Event.subject_id == comer[1]).order_by(Event.number))
    assert names.all() == ["proposed", "waitlisted"]


def test_how_many_wait_is_told_to_the_coordinator_from_five_on(session, queue):
    for _ in range(2):
        queue.wait()
    assert count_waiting(session, queue.coordinator, queue.need.id) is None
    queue.wait()
    assert count_waiting(session, queue.coordinator, queue.need.id) == 5
    others = [queue.line[0][0], WORKER, actor_for(session, make_coordinator(session))]
    for one in others:
        with pytest.raises((NotFound, NotAllowed)):
            count_waiting(session, one, queue.need.id)


def test_no_step_of_waiting_is_anothers_to_take(session, queue):
    queue.free()
    comer = queue.come()
    for actor in (queue.coordinator, WORKER, queue.line[0][0]):
        for act, proposal_id in (
            (accept_or_wait, comer[1]),
            (accept_proposal, queue.line[1][1]),
            (withdraw_proposal, queue.line[1][1]),
        ):
            with pytest.raises((NotFound, NotAllowed)):
                act(session, actor, proposal_id, at=queue.at)
    with pytest.raises(NotAllowed):
        lapse_offer(session, queue.coordinator, queue.line[0][1], at=queue.at + OFFER)
    assert session.scalar(select(func.count()).select_from(Wait)) == 1
