"""What volunteers do with what was proposed to them; and that nobody else can."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy.exc import DatabaseError

from models import Proposal
from models.proposals import DeclineReason
from service.operations.choosing import choose_need
from service.operations.proposals import (
    accept_proposal,
    decline_proposal,
    reconsider_proposal,
    snooze_proposal,
    withdraw_proposal,
)
from service.operations.proposing import refresh_proposals
from tests.life.checks import suits
from tests.life.machine import Becomes, World
from tests.life.town import CANARIES, LIVE

picks = st.integers(0, 63)
SNOOZES = (timedelta(hours=1), timedelta(days=2))
# What a volunteer can take up again by themselves.
LEFT = ("declined", "snoozed", "expired", "withdrawn")
ANSWERS = {
    "accept": (accept_proposal, "accepted"),
    "decline": (decline_proposal, "declined"),
    "snooze": (snooze_proposal, "snoozed"),
    "reconsider": (reconsider_proposal, "proposed"),
    "withdraw": (withdraw_proposal, "withdrawn"),
}


def is_over(need, at):
    """Say whether a need's dates have passed."""
    last = need.ends_at or need.starts_at
    return last is not None and last <= at


class Answering(World):
    """A volunteer answers, changes their mind, and looks for themselves."""

    def is_open(self, need: SimpleNamespace) -> bool:
        """Say whether a need can still be answered, when a second more has passed."""
        trusted = self.rows["organisations"][need.organisation_id].status == "verified"
        return (
            trusted and need.status in ("open", "full") and not is_over(need, self.at + timedelta(seconds=1))
        )

    def why_not(self, answer: str, proposal: SimpleNamespace) -> str:
        """Say how an answer must end: `done`, or its refusal."""
        need, was = self.rows["needs"][proposal.need_id], proposal.status
        if answer == "reconsider":
            return self._no_room(need, full="done") if was in ("declined", "snoozed") else "not_declined"
        if answer == "withdraw":
            return self._may_withdraw(proposal, need)
        if was not in ("proposed", "snoozed", "expired"):
            return "already_decided"
        if answer == "accept" or was == "expired":
            why = self._no_room(need, full="need_full")
            unfit = was == "expired" and not suits(self, proposal.volunteer_id, need)
            return "already_decided" if why == "done" and unfit else why
        return "done"

    def _may_withdraw(self, proposal: SimpleNamespace, need: SimpleNamespace) -> str:
        if proposal.status != "accepted":
            return "not_accepted"
        if is_over(need, self.at + timedelta(seconds=1)):
            return "need_over"
        return "done" if self.list("placements", *LIVE, proposal_id=proposal.id) else "placement_over"

    def _no_room(self, need: SimpleNamespace, *, full: str) -> str:
        if not self.is_open(need):
            return "need_closed"
        return full if need.status == "full" else "done"

    def becomes(self, answer: str, proposal: SimpleNamespace) -> dict:
        """Say what an answer that is given changes."""
        need, was = self.rows["needs"][proposal.need_id], proposal.status
        back = "proposed " if was in ("expired", "snoozed") and answer != "reconsider" else ""
        changes = {proposal.id: f"{was} {back}{ANSWERS[answer][1]}"}
        if answer == "accept":
            changes["placement"] = "held"
            if need.places_taken + 1 == need.places:
                changes[need.id] = "open full"
        if answer == "withdraw":
            changes |= self.freed(proposal, "withdrawn")
        return changes

    def freed(self, proposal: SimpleNamespace, how: str) -> dict:
        """Say what changes when a place is given back."""
        (placement,) = self.list("placements", *LIVE, proposal_id=proposal.id)
        need = self.rows["needs"][proposal.need_id]
        changes = {placement.id: f"{placement.status} {how}"}
        if need.status == "full":
            changes[need.id] = "full open"
        return changes

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

    def answer(self, answer: str, proposal: SimpleNamespace | None, **words) -> None:
        """Let the volunteer answer; it must end as the rows say."""
        if proposal is None:
            return
        ended = self.why_not(answer, proposal)
        changes = self.becomes(answer, proposal) if ended == "done" else {}
        if answer == "snooze":
            words = {"until": self.at + SNOOZES[0], **words}
        actor = self.volunteer(proposal.volunteer_id)
        self.act(actor, ANSWERS[answer][0], proposal.id, expect=ended, becomes=changes, **words)

    @rule(number=picks)
    def accept(self, number=0):
        proposal = self.to_answer(number)
        if proposal is not None:
            name = self.rows["volunteers"][proposal.volunteer_id].name.split()[0]
            self.answer("accept", proposal, message=f"{name} is glad to come.")

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
        self.answer("withdraw", self.pick(number, "proposals", "accepted"))

    @rule(number=picks, name=st.sampled_from(sorted(ANSWERS)))
    def answer_in_any_state(self, number=0, name="accept"):
        self.answer(name, self.pick(number, "proposals"))

    @rule(number=picks)
    def choose(self, number=0):
        """A volunteer takes a need up by themselves, whatever became of it, but for what others ended."""
        volunteer = self.town.volunteers[number % len(CANARIES)]
        need = self.pick(number // len(CANARIES), "needs", *(("open",) if number % 3 else ()))
        known = self.list("proposals", need_id=need.id, volunteer_id=volunteer.volunteer_id)
        was = known[0].status if known else ""
        trusted = self.rows["organisations"][need.organisation_id].status == "verified"
        in_time = not is_over(need, self.at + timedelta(seconds=1))
        if not (trusted and need.status in ("open", "full") and in_time):
            seen = known or (need.status in ("open", "full") and not in_time)
            ended = "need_closed" if seen else "not_found"
        elif need.minimum_age and volunteer == self.town.volunteers[-1]:
            ended = "not_of_age"
        else:
            ended = "done" if was in ("", "proposed", *LEFT) else "already_decided"
        changes: Becomes = {}
        if ended == "done" and was != "proposed":
            changes = {known[0].id: f"{was} proposed"} if known else {"proposal": "proposed"}
        self.act(volunteer, choose_need, need.id, expect=ended, becomes=changes)

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
        self.act(actor, ANSWERS[name][0], proposal.id, expect=("not_allowed", "not_found"), **words)

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
