"""What volunteers do with what was proposed to them; and that nobody else can."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy.exc import DatabaseError

from models import Proposal
from models.proposals import DeclineReason
from service.access.actors import Actor
from service.operations.choosing import choose_need
from service.operations.proposals import (
    accept_or_wait,
    accept_proposal,
    decline_proposal,
    reconsider_proposal,
    snooze_proposal,
    withdraw_proposal,
)
from service.operations.proposing import refresh_proposals
from tests.life.foreseeing import SNOOZES, Foreseeing
from tests.life.machine import Becomes
from tests.life.town import CANARIES

picks = st.integers(0, 63)
# What a volunteer can take up again by themselves.
LEFT = ("declined", "snoozed", "expired", "withdrawn")
ANSWERS = {
    "accept": accept_proposal,
    "wait": accept_or_wait,
    "decline": decline_proposal,
    "snooze": snooze_proposal,
    "reconsider": reconsider_proposal,
    "withdraw": withdraw_proposal,
}


class Answering(Foreseeing):
    """A volunteer answers, changes their mind, and looks for themselves."""

    def to_answer(self, number: int) -> SimpleNamespace | None:
        """Take a proposal that waits for its answer: of two one that can be accepted, of one any."""
        waiting = self.list("proposals", "proposed")
        needs = self.rows["needs"]
        good = [
            one for one in waiting if needs[one.need_id].status == "open" and self.is_open(needs[one.need_id])
        ]
        if number % 3 and good:
            return good[number % len(good)]
        return self.pick(number, "proposals", "proposed")

    def answer(self, answer: str, proposal: SimpleNamespace | None, **words: Any) -> None:
        """Let the volunteer answer; it must end as the rows say."""
        if proposal is None:
            return
        if answer == "snooze":
            words = {"until": self.at + SNOOZES[0], **words}
        ended = self.why_not(answer, proposal, **words)
        changes = self.becomes(answer, proposal) if ended == "done" else {}
        actor = self.volunteer(proposal.volunteer_id)
        if self.rows["needs"][proposal.need_id].shift_count:
            # What becomes of places in shifts is for `checks` to say, and tests/life/shifting.py.
            self.act(actor, ANSWERS[answer], proposal.id, expect=(ended, "shift_over", "invalid"), **words)
            return
        self.act(actor, ANSWERS[answer], proposal.id, expect=ended, becomes=changes, **words)

    @rule(number=picks, sure=st.booleans())
    def accept(self, number=0, sure=False):
        """With the name in the message, to see where it goes; and sometimes whatever else is then."""
        proposal = self.to_answer(number)
        if proposal is not None:
            name, *_ = (self.rows["volunteers"][proposal.volunteer_id].name or "Nobody").split()
            self.answer("accept", proposal, message=f"{name} is glad to come.", confirm_overlap=sure)

    @rule(number=picks, sure=st.booleans())
    def accept_or_wait(self, number=0, sure=True):
        """Who finds a need full waits for it."""
        full = [one for one in self.list("proposals", "proposed")
                if self.rows["needs"][one.need_id].status == "full"]  # fmt: skip
        proposal = full[number % len(full)] if full and number % 4 else self.to_answer(number)
        self.answer("wait", proposal, confirm_overlap=sure)

    @rule(number=picks, answer=st.sampled_from(["accept", "accept", "decline", "wait"]))
    def answer_offer(self, number=0, answer="accept"):
        """A place that came free is offered, and the volunteer decides again."""
        proposal = self.pick(number, "proposals", "offered")
        if proposal is not None and proposal.status == "offered":
            self.answer(answer, proposal)

    @rule(number=picks, reason=st.sampled_from([None, *DeclineReason]))
    def decline(self, number=0, reason=None):
        self.answer("decline", self.to_answer(number), reason=reason)

    @rule(number=picks, span=st.sampled_from(SNOOZES))
    def snooze(self, number=0, span=SNOOZES[0]):
        self.answer("snooze", self.to_answer(number), until=self.at + span)

    @rule(number=picks)
    def reconsider(self, number=0):
        self.answer("reconsider", self.pick(number, "proposals", "declined", "snoozed"))

    @rule(number=picks)
    def withdraw(self, number=0):
        self.answer(
            "withdraw", self.pick(number, "proposals", *(("accepted",) if number % 3 else ("waitlisted",)))
        )

    @rule(number=picks, name=st.sampled_from(sorted(ANSWERS)))
    def answer_in_any_state(self, number=0, name="accept"):
        self.answer(name, self.pick(number, "proposals"))

    @rule(number=picks)
    def choose(self, number=0):
        """A volunteer takes a need up by themselves, whatever became of it, but for what others ended."""
        volunteer = self.town.volunteers[number % len(CANARIES)]
        self.take_up(
            volunteer, self.pick(number // len(CANARIES), "needs", *(("open",) if number % 3 else ()))
        )

    def take_up(self, volunteer: Actor, need: SimpleNamespace) -> None:
        """Let a volunteer choose a need."""
        known = self.list("proposals", need_id=need.id, volunteer_id=volunteer.volunteer_id)
        was = known[0].status if known else ""
        trusted = self.rows["organisations"][need.organisation_id].status == "verified"
        in_time = not self.is_over(need)
        if not (trusted and need.status in ("open", "full") and in_time):
            seen = known or (need.status in ("open", "full") and not in_time)
            ended = "need_closed" if seen else "not_found"
        elif need.minimum_age and volunteer == self.town.volunteers[-1]:
            ended = "not_of_age"
        else:
            ended = "done" if was in ("", "proposed", *LEFT) or self.was_let_go(known) else "already_decided"
        changes: Becomes = {}
        if ended == "done" and was != "proposed":
            changes = {known[0].id: f"{was} proposed"} if known else {"proposal": "proposed"}
        self.act(volunteer, choose_need, need.id, expect=ended, becomes=changes)

    def was_let_go(self, known: list[SimpleNamespace]) -> bool:
        """Say whether a placement ended only because its shifts were cancelled."""
        rows = [
            one for one in self.list("placements", "released") if known and one.proposal_id == known[0].id
        ]
        last = max(rows, key=lambda one: one.ended_at, default=None)
        return known[0].status == "released" and last is not None and last.release_reason is None

    @rule(number=picks)
    def refresh(self, number=0):
        """A volunteer asks for a new ranking; `checks` say what may come of it."""
        volunteer = self.town.volunteers[number % len(CANARIES)]
        self.act(volunteer, refresh_proposals, volunteer.volunteer_id, becomes=None)

    @rule(number=picks, name=st.sampled_from(sorted(ANSWERS)), who=st.integers(0, 9))
    def anyone_else_answers(self, number=0, name="accept", who=0):
        """I-01: whoever else tries is refused, and nothing changes."""
        proposal = self.pick(number, "proposals", "proposed")
        if proposal is None:
            return
        others = self.town.others(self.volunteer(proposal.volunteer_id))
        words = {"until": self.at + SNOOZES[0]} if name == "snooze" else {}
        actor = others[who % len(others)]
        self.act(actor, ANSWERS[name], proposal.id, expect=("not_allowed", "not_found"), **words)

    @rule(number=picks)
    def insert_an_accepted_proposal(self, number=0):
        """I-09: nothing begins as accepted; the databases themselves refuse it."""
        volunteer = self.town.stranger
        need = self.pick(number, "needs")
        self.act(volunteer, insert_accepted, need.id, expect="database")


def insert_accepted(session, actor, need_id, *, at):
    """Go round all rules, as a faulty program might."""
    proposal = Proposal(
        volunteer_id=actor.volunteer_id, need_id=need_id, status="accepted", accepted_by=actor.volunteer_id,
        origin="ranking", score=1.0, reasons=[], model="x",
    )  # fmt: skip
    session.add(proposal)
    with pytest.raises(DatabaseError) as refused:
        session.flush()
    raise refused.value
