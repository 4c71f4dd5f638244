"""Getting to know each other: questions, and visits at times that the organisation offers."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from service.operations.introductions import (
    ask_introduction,
    cancel_introduction,
    cancel_slot,
    offer_slot,
    reply_to_introduction,
)
from tests.life.answering import picks
from tests.life.needs import Needs

# So many questions, or offered times, are enough.
MOST_WAITING = 6
UNDECIDED = ("proposed", "snoozed", "waitlisted", "offered")
VISITS = (timedelta(hours=2), timedelta(days=3))


class Asking(Needs):
    """A volunteer asks before deciding; it binds nobody."""

    def may_ask(self, proposal) -> str:
        """Say whether an introduction can be asked for."""
        if proposal.status not in UNDECIDED:
            return "already_decided"
        return "done" if self.is_open(self.rows["needs"][proposal.need_id]) else "need_closed"

    @rule(number=picks)
    def ask(self, number=0):
        """Asking leaves the proposal as it is."""
        if len(self.list("introductions", "asked")) >= MOST_WAITING:
            self.reply(number)
            return
        proposal = self.pick(number, "proposals", *UNDECIDED)
        if proposal is None:
            return
        fields = {"kind": "question", "text": "Is there a bus?"}
        actor, ended = self.volunteer(proposal.volunteer_id), self.may_ask(proposal)
        changes = {"introduction": "asked"}
        self.act(actor, ask_introduction, proposal.id, fields, expect=ended, becomes=changes)

    @rule(number=picks)
    def reply(self, number=0):
        """A question is answered once, whatever has become of its proposal."""
        asked = self.pick(number, "introductions", "asked", kind="question")
        if asked is None:
            return
        ended = "done" if asked.status == "asked" else "introduction_over"
        actor = self.town.coordinators[asked.organisation_id]
        changes = {asked.id: "asked answered"}
        self.act(actor, reply_to_introduction, asked.id, "Yes.", expect=ended, becomes=changes)

    @rule(number=picks, by_volunteer=st.booleans())
    def take_back(self, number=0, by_volunteer=True):
        """The volunteer takes a question back; either side a visit."""
        asked = self.pick(number, "introductions", "asked", "booked")
        if asked is None:
            return
        proposal = self.rows["proposals"][asked.proposal_id]
        ended = "done" if asked.status in ("asked", "booked") else "introduction_over"
        actor = self.volunteer(proposal.volunteer_id)
        if not by_volunteer:
            actor = self.town.coordinators[asked.organisation_id]
            ended = "not_allowed" if asked.kind == "question" else ended
        changes = {asked.id: f"{asked.status} cancelled"}
        self.act(actor, cancel_introduction, asked.id, expect=ended, becomes=changes)

    @rule(number=picks, span=st.sampled_from(VISITS), places=st.integers(1, 2))
    def offer_visit(self, number=0, span=VISITS[1], places=1):
        if len(self.list("introduction_slots", cancelled_at=None)) >= MOST_WAITING:
            self.cancel_visit(number)
            return
        organisation_id, coordinator = list(self.town.coordinators.items())[number % 2]
        starts_at = self.at + span
        fields = {"kind": "visit", "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1),
                  "timezone": "Europe/Kyiv", "places": places}  # fmt: skip
        self.act(coordinator, offer_slot, organisation_id, fields, becomes={})

    @rule(number=picks, which=picks)
    def take_visit(self, number=0, which=0):
        proposal = self.pick(number, "proposals", *UNDECIDED)
        if proposal is None:
            return
        organisation_id = self.rows["needs"][proposal.need_id].organisation_id
        slot = self.pick(which, "introduction_slots", organisation_id=organisation_id)
        if slot is None:
            return
        ended = self.may_ask(proposal)
        booked = self.list("introductions", "booked", slot_id=slot.id)
        free = len(booked) < slot.places and all(one.proposal_id != proposal.id for one in booked)
        offered = slot.cancelled_at is None and slot.starts_at > self.at + timedelta(seconds=1)
        if ended == "done" and slot.organisation_id != organisation_id:
            ended = "not_found"
        elif ended == "done" and not (free and offered):
            ended = "slot_taken"
        fields = {"kind": "visit", "slot_id": slot.id}
        actor, changes = self.volunteer(proposal.volunteer_id), {"introduction": "booked"}
        self.act(actor, ask_introduction, proposal.id, fields, expect=ended, becomes=changes)

    @rule(number=picks)
    def cancel_visit(self, number=0):
        """A time is taken back, and with it every visit."""
        slot = self.pick(number, "introduction_slots", cancelled_at=None)
        if slot is None:
            return
        ended = "done" if slot.cancelled_at is None else "introduction_over"
        booked = self.list("introductions", "booked", slot_id=slot.id)
        changes = {one.id: "booked cancelled" for one in booked}
        actor = self.town.coordinators[slot.organisation_id]
        self.act(actor, cancel_slot, slot.id, expect=ended, becomes=changes)
