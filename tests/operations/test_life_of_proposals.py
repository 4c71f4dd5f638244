"""A state machine over the life of proposals: whatever happens in whatever order, the invariants hold.

The machine keeps a plain model beside the database: what state each proposal and placement is in, and
every change that it has seen. After each step the rows, the places and the event log must say the same.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from models import Event, Job, Need, Place, Placement, Proposal
from models.errors import NotPossible
from models.jobs import JobStatus
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.placements import LIVE
from models.proposals import STEPS, ProposalStatus
from service.access.actors import WORKER, Actor, ActorKind
from service.db import make_engine, make_sessions, now, unit_of_work
from service.errors import NotAllowed, NotFound, Refusal
from service.operations.choosing import choose_need
from service.operations.introductions import (
    UNDECIDED,
    ask_introduction,
    cancel_introduction,
    reply_to_introduction,
)
from service.operations.needs import cancel_need, change_need, close_need, publish_need
from service.operations.organisations import verify_organisation
from service.operations.placements import confirm_placement, release_placement
from service.operations.proposals import (
    accept_proposal,
    decline_proposal,
    reconsider_proposal,
    snooze_proposal,
    wake_proposal,
    withdraw_proposal,
)
from service.queries.needs import get_need_for_change
from tests.making import (
    actor_for,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
)

VOLUNTEERS, NEEDS = 4, 2
P = ProposalStatus
SNOOZE = timedelta(minutes=1)


def not_now(session, actor, proposal_id, *, at):
    snooze_proposal(session, actor, proposal_id, until=at + SNOOZE, at=at)


# What each answer makes of a proposal, in the state it must be in first.
ANSWERS = {
    "accept": (accept_proposal, {P.PROPOSED: P.ACCEPTED}),
    "decline": (decline_proposal, {P.PROPOSED: P.DECLINED}),
    "snooze": (not_now, {P.PROPOSED: P.SNOOZED}),
    "reconsider": (reconsider_proposal, {P.DECLINED: P.PROPOSED, P.SNOOZED: P.PROPOSED}),
    "withdraw": (withdraw_proposal, {P.ACCEPTED: P.WITHDRAWN}),
}
picks = st.integers(0, 63)
# What a volunteer can take up again by themselves.
LEFT = (P.DECLINED, P.SNOOZED, P.EXPIRED, P.WITHDRAWN)


class Life(RuleBasedStateMachine):
    """One organisation with two needs, four volunteers, and everybody who might act."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.engine = make_engine(self.url)
        self.sessions = make_sessions(self.engine)
        self.at = now()
        with self.work() as session:
            centre = make_centre(session)
            organisation = make_organisation(session, centre)
            needs = [make_need(session, organisation, places=one + 1) for one in range(NEEDS)]
            volunteers = [make_volunteer(session, centre) for _ in range(VOLUNTEERS)]
            rows = [make_proposal(session, one, need) for one in volunteers for need in needs]
            self.volunteers = {one.id: actor_for(session, one) for one in volunteers}
            self.coordinator = actor_for(session, make_coordinator(session, organisation))
            self.staff = actor_for(session, make_staff(session, centre))
            self.centre = actor_for(session, centre)
            self.stranger = actor_for(session, make_volunteer(session))
            self.organisation_id = organisation.id
            self.places = {one.id: one.places for one in needs}
            self.proposals = {one.id: (one.volunteer_id, one.need_id) for one in rows}
        self.status = dict.fromkeys(self.proposals, P.PROPOSED)
        self.need_status = dict.fromkeys(self.places, NeedStatus.OPEN)
        self.verified = True
        self.questions: dict[uuid.UUID, uuid.UUID] = {}
        self.asked: set[uuid.UUID] = set()
        self.steps: dict[uuid.UUID, list[tuple[P, P]]] = defaultdict(list)

    def teardown(self) -> None:
        self.engine.dispose()

    def work(self):
        self.at += timedelta(seconds=1)
        return unit_of_work(self.sessions, at=self.at)

    def pick(self, number: int, *statuses: P) -> uuid.UUID:
        """Take a proposal; where some have one of these states, one of them."""
        ids = list(self.proposals)
        fitting = [one for one in ids if self.status[one] in statuses]
        return (fitting or ids)[number % len(fitting or ids)]

    def held(self, need_id: uuid.UUID) -> int:
        return sum(self.status[one] is P.ACCEPTED for one, (_, of) in self.proposals.items() if of == need_id)

    def moved(self, proposal_id: uuid.UUID, to: P) -> None:
        self.steps[proposal_id].append((self.status[proposal_id], to))
        self.status[proposal_id] = to

    def follow_places(self, need_id: uuid.UUID) -> None:
        """An open need is full when its last place is taken, and open again when one is freed."""
        if self.need_status[need_id] in (NeedStatus.OPEN, NeedStatus.FULL):
            left = self.places[need_id] - self.held(need_id)
            self.need_status[need_id] = NeedStatus.OPEN if left else NeedStatus.FULL

    def may(self, answer: str, proposal_id: uuid.UUID) -> bool:
        before, need_id = self.status[proposal_id], self.proposals[proposal_id][1]
        if before is P.EXPIRED and P.PROPOSED in ANSWERS[answer][1]:
            # It comes back for its answer where the need has opened again.
            return self.verified and self.need_status[need_id] is NeedStatus.OPEN
        if before is P.SNOOZED and P.PROPOSED in ANSWERS[answer][1]:
            before = P.PROPOSED
        if before not in ANSWERS[answer][1]:
            return False
        if answer == "accept":
            return self.verified and self.need_status[need_id] is NeedStatus.OPEN
        # A no that is taken back, of a need that has gone, would be a proposal nobody can answer.
        if answer == "reconsider":
            return self.verified and self.need_status[need_id] in (NeedStatus.OPEN, NeedStatus.FULL)
        return True

    def answer(self, answer: str, proposal_id: uuid.UUID) -> None:
        act, becomes = ANSWERS[answer]
        volunteer_id, need_id = self.proposals[proposal_id]
        allowed = self.may(answer, proposal_id)
        try:
            with self.work() as session:
                act(session, self.volunteers[volunteer_id], proposal_id, at=self.at)
        except NotPossible:
            assert not allowed, f"{answer} was refused"
            return
        assert allowed, f"{answer} was possible"
        if self.status[proposal_id] not in becomes:
            # It comes back, or wakes, for its answer.
            self.moved(proposal_id, P.PROPOSED)
        self.moved(proposal_id, becomes[self.status[proposal_id]])
        self.follow_places(need_id)

    @rule(number=picks)
    def accept(self, number):
        self.answer("accept", self.pick(number, P.PROPOSED))

    @rule(number=picks)
    def decline(self, number):
        self.answer("decline", self.pick(number, P.PROPOSED))

    @rule(number=picks)
    def snooze(self, number):
        self.answer("snooze", self.pick(number, P.PROPOSED))

    @rule(number=picks)
    def reconsider(self, number):
        self.answer("reconsider", self.pick(number, P.DECLINED, P.SNOOZED))

    @rule(number=picks, late=st.booleans())
    def wake(self, number, late):
        """The job of a not-now runs, in time or before; what has been answered it leaves alone."""
        proposal_id = self.pick(number, P.SNOOZED)
        if late:
            self.at += SNOOZE
        with self.work() as session:
            wake_proposal(session, WORKER, proposal_id, at=self.at)
            due = session.get_one(Proposal, proposal_id).status is not P.SNOOZED
        if self.status[proposal_id] is P.SNOOZED and (late or due):
            open_ = self.need_status[self.proposals[proposal_id][1]] in (NeedStatus.OPEN, NeedStatus.FULL)
            self.moved(proposal_id, P.PROPOSED if self.verified and open_ else P.EXPIRED)

    @rule(number=picks)
    def choose(self, number):
        """A volunteer takes a need up by themselves, whatever became of it, but for what others ended."""
        proposal_id = self.pick(number, *LEFT)
        volunteer_id, need_id = self.proposals[proposal_id]
        seen = self.verified and self.need_status[need_id] in (NeedStatus.OPEN, NeedStatus.FULL)
        allowed = seen and self.status[proposal_id] in (*LEFT, P.PROPOSED)
        try:
            with self.work() as session:
                choose_need(session, self.volunteers[volunteer_id], need_id, at=self.at)
        except (NotPossible, NotFound):
            assert not allowed, "choosing was refused"
            return
        assert allowed
        if self.status[proposal_id] is not P.PROPOSED:
            self.moved(proposal_id, P.PROPOSED)

    @rule(number=picks)
    def withdraw(self, number):
        self.answer("withdraw", self.pick(number, P.ACCEPTED))

    @rule(number=picks, name=st.sampled_from(sorted(ANSWERS)))
    def answer_in_any_state(self, number, name):
        self.answer(name, self.pick(number))

    @rule(number=picks, name=st.sampled_from(sorted(ANSWERS)), who=st.integers(0, 5))
    def anyone_else_answers(self, number, name, who):
        """I-01: whoever else tries is refused, and nothing changes."""
        proposal_id = self.pick(number, *ANSWERS[name][1])
        operator = Actor(ActorKind.OPERATOR, account_id=uuid.uuid4())
        others = [self.coordinator, self.staff, self.centre, self.stranger, operator, WORKER]
        with pytest.raises((NotAllowed, NotFound)), self.work() as session:
            ANSWERS[name][0](session, others[who], proposal_id, at=self.at)

    @rule(number=picks)
    def confirm(self, number):
        self.on_placement(number, confirm_placement, None)

    @rule(number=picks)
    def release(self, number):
        self.on_placement(number, release_placement, P.RELEASED, "We found somebody nearer")

    def on_placement(self, number, act, becomes, *words):
        proposal_id = self.pick(number, P.ACCEPTED)
        if self.status[proposal_id] is not P.ACCEPTED:
            return
        with unit_of_work(self.sessions, readonly=True) as session:
            placement_id = self.placement_of(session, proposal_id).id
        try:
            with self.work() as session:
                act(session, self.coordinator, placement_id, *words, at=self.at)
        except NotPossible:
            # Only confirming can be refused, where it has been done.
            assert becomes is None
            return
        if becomes is not None:
            self.moved(proposal_id, becomes)
            self.follow_places(self.proposals[proposal_id][1])

    def placement_of(self, session: Session, proposal_id: uuid.UUID) -> Placement:
        return session.scalars(
            select(Placement).where(Placement.proposal_id == proposal_id, Placement.status.in_(LIVE))
        ).one()

    @rule(number=picks)
    def anyone_else_releases(self, number):
        proposal_id = self.pick(number, P.ACCEPTED)
        if self.status[proposal_id] is not P.ACCEPTED:
            return
        for actor in (self.stranger, self.staff, self.centre, *self.volunteers.values()):
            with pytest.raises((NotAllowed, NotFound)), self.work() as session:
                placement = self.placement_of(session, proposal_id)
                release_placement(session, actor, placement.id, "because", at=self.at)

    @rule(number=picks, act=st.sampled_from([close_need, cancel_need, publish_need]))
    def change_state_of_need(self, number, act):
        need_id = list(self.places)[number % NEEDS]
        try:
            with self.work() as session:
                act(session, self.coordinator, need_id, at=self.at)
        except (NotPossible, Refusal):
            return
        with unit_of_work(self.sessions, readonly=True) as session:
            self.need_status[need_id] = session.get_one(Need, need_id).status
        if act is not publish_need:
            for proposal_id, (_, of) in self.proposals.items():
                if of == need_id and self.status[proposal_id] in (P.PROPOSED, P.SNOOZED):
                    self.moved(proposal_id, P.EXPIRED)

    @rule(number=picks, places=st.integers(1, 4))
    def change_places(self, number, places):
        need_id = list(self.places)[number % NEEDS]
        allowed = places >= self.held(need_id)
        try:
            with self.work() as session:
                need = get_need_for_change(session, self.coordinator, need_id)
                change_need(session, self.coordinator, need, {"places": places}, at=self.at)
        except Refusal:
            assert not allowed, "lowering was refused"
            return
        assert allowed
        self.places[need_id] = places
        self.follow_places(need_id)

    @rule(number=picks)
    def ask(self, number):
        """Getting to know each other leaves the proposal as it is, and ends with the decision."""
        proposal_id = self.pick(number, *UNDECIDED)
        volunteer_id, need_id = self.proposals[proposal_id]
        open_ = self.verified and self.need_status[need_id] in (NeedStatus.OPEN, NeedStatus.FULL)
        allowed = open_ and self.status[proposal_id] in UNDECIDED
        fields = {"kind": "question", "text": "Is there a bus?"}
        try:
            with self.work() as session:
                asked = ask_introduction(
                    session, self.volunteers[volunteer_id], proposal_id, fields, at=self.at
                )
        except NotPossible:
            assert not allowed, "asking was refused"
            return
        assert allowed
        self.questions[asked.id] = volunteer_id
        self.asked.add(asked.id)

    @precondition(lambda self: self.questions)
    @rule(number=picks, answered=st.booleans())
    def end_question(self, number, answered):
        """A question is answered or taken back once, whatever has become of its proposal."""
        question_id = list(self.questions)[number % len(self.questions)]
        volunteer = self.volunteers[self.questions[question_id]]
        for _ in range(2):
            try:
                with self.work() as session:
                    if answered:
                        reply_to_introduction(session, self.coordinator, question_id, "Yes.", at=self.at)
                    else:
                        cancel_introduction(session, volunteer, question_id, at=self.at)
            except NotPossible:
                assert question_id not in self.questions
                return
            del self.questions[question_id]
        pytest.fail("a question ended twice")

    @invariant()
    def only_who_waits_is_reminded_of(self):
        """Two reminders wait for each question that waits, and none for any other."""
        with unit_of_work(self.sessions, readonly=True) as session:
            jobs = session.scalars(
                select(Job).where(Job.kind == "introductions.remind", Job.status == JobStatus.WAITING)
            )
            reminded = Counter(uuid.UUID(one.payload["introduction_id"]) for one in jobs)
        # Earlier histories have left theirs in the same database.
        ours = {one: count for one, count in reminded.items() if one in self.asked}
        assert ours == dict.fromkeys(self.questions, 2)

    @rule()
    def suspend(self):
        self.judge(OrganisationStatus.SUSPENDED)

    @precondition(lambda self: not self.verified)
    @rule()
    def verify(self):
        self.judge(OrganisationStatus.VERIFIED)

    def judge(self, status):
        with self.work() as session:
            verify_organisation(session, self.staff, self.organisation_id, status, "looked", at=self.at)
        self.verified = status is OrganisationStatus.VERIFIED

    @rule(number=picks)
    def insert_an_accepted_proposal(self, number):
        """I-09: nothing begins as accepted, and no two proposals join the same two."""
        volunteer_id, need_id = self.proposals[self.pick(number)]
        with pytest.raises(DatabaseError), self.work() as session:
            session.add(
                Proposal(
                    volunteer_id=volunteer_id,
                    need_id=need_id,
                    status=P.ACCEPTED,
                    accepted_by=volunteer_id,
                    origin="ranking",
                    score=1.0,
                    reasons=[],
                    model="x",
                )
            )

    @invariant()
    def the_rows_say_the_same(self):
        with unit_of_work(self.sessions, readonly=True) as session:
            rows = session.scalars(select(Proposal).where(Proposal.id.in_(self.proposals))).all()
            assert {one.id: one.status for one in rows} == self.status
            for one in rows:
                # I-01
                assert one.status is not P.ACCEPTED or one.accepted_by == one.volunteer_id
            for need in session.scalars(select(Need).where(Need.id.in_(self.places))):
                assert need.status is self.need_status[need.id]
                assert need.places == self.places[need.id]
                self.places_are_sound(session, need)

    def places_are_sound(self, session: Session, need: Need) -> None:
        """I-03 and I-04: as many placements last as places are held, each its own, never too many."""
        held = session.scalars(
            select(Place.placement_id).where(Place.need_id == need.id, Place.placement_id.is_not(None))
        ).all()
        live = session.scalars(
            select(Placement.id).where(Placement.need_id == need.id, Placement.status.in_(LIVE))
        ).all()
        total = session.scalar(select(func.count()).select_from(Place).where(Place.need_id == need.id))
        assert sorted(held) == sorted(live)
        assert len(held) == self.held(need.id) == need.places_taken <= need.places == total

    @invariant()
    def every_change_is_one_event(self):
        """I-02 and I-17: the log holds exactly the steps that were taken, each of them allowed."""
        with unit_of_work(self.sessions, readonly=True) as session:
            events = session.execute(
                select(Event.subject_id, Event.from_state, Event.to_state)
                .where(Event.subject_id.in_(self.proposals))
                .order_by(Event.number)
            )
            logged: dict[uuid.UUID, list[tuple[P, P]]] = defaultdict(list)
            for subject_id, before, after in events:
                logged[subject_id].append((P(before), P(after)))
        assert logged == self.steps
        assert all(after in STEPS[before] for steps in logged.values() for before, after in steps)


@pytest.mark.slow
def test_the_invariants_hold_whatever_happens(committed_database_url):
    class Here(Life):
        url = committed_database_url

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            # A failing history is told whole: shortening it costs minutes on a real database.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
