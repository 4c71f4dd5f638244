"""What is given and said: hours, messages, invitations, and staying when a need has changed."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from service.operations.hours import (
    accept_correction,
    confirm_hours,
    correct_hours,
    dispute_correction,
    enter_hours,
)
from service.operations.invitations import send_invitation
from service.operations.messages import write_message_about_placement, write_message_about_proposal
from service.operations.reconfirming import reconfirm_placement
from tests.life.answering import picks
from tests.life.ending import Ending
from tests.life.town import LIVE

GIVES_HOURS = (*LIVE, "completed")
WRITTEN = ("done", "conversation_over", "through_centre", "conversation_waits")
INVITED = ("done", "not_found", "need_closed", "invitations_spent")


class Giving(Ending):
    """A placement is lived."""

    def placement(self, number: int, *statuses: str) -> SimpleNamespace | None:
        """Take a placement, in one of these states if there is one."""
        return self.pick(number, "placements", *statuses)

    @rule(number=picks, minutes=st.integers(1, 700))
    def enter_hours(self, number=0, minutes=90):
        """Never more than a day has, and only of what was accepted and not left."""
        placement = self.placement(number, *GIVES_HOURS)
        if placement is None:
            return
        ends = ("done", "invalid") if placement.status in GIVES_HOURS else ("placement_over",)
        fields = {"date": self.at.date(), "minutes": minutes}
        changes = {"hours": "entered"}
        actor = self.volunteer(placement.volunteer_id)
        self.act(actor, enter_hours, placement.id, fields, expect=ends, becomes=changes)

    @rule(number=picks, minutes=st.integers(0, 700))
    def answer_hours(self, number=0, minutes=60):
        """The organisation confirms what waits, or says how long it was."""
        hours = self.pick(number, "hours", "entered", "disputed")
        if hours is None:
            return
        corrects = bool(number % 2)
        act: Callable[..., Any] = correct_hours if corrects else confirm_hours
        words: tuple[Any, ...] = (minutes, "We counted.") if corrects else ()
        becomes = "corrected" if corrects else "confirmed"
        missed = self.rows["placements"][hours.placement_id].status == "no_show"
        ended = "done" if hours.status in ("entered", "disputed") else "hours_answered"
        if missed:
            ended = "placement_over"
        ends = (ended, "done") if ended == "hours_answered" else (ended,)
        changes = {hours.id: f"{hours.status} {becomes}"} if ended == "done" else None
        actor = self.coordinator(hours.need_id)
        self.act(actor, act, hours.id, *words, expect=ends, becomes=changes)

    @rule(number=picks)
    def settle_hours(self, number=0):
        """The volunteer takes a correction, or says that it was otherwise."""
        hours = self.pick(number, "hours", "corrected")
        if hours is None:
            return
        ended = "done" if hours.status == "corrected" else "hours_not_corrected"
        actor = self.volunteer(hours.volunteer_id)
        if number % 2:
            changes = {hours.id: "corrected disputed"}
            self.act(actor, dispute_correction, hours.id, "I was there.", expect=ended, becomes=changes)
            return
        changes = {hours.id: "corrected confirmed"}
        self.act(actor, accept_correction, hours.id, expect=ended, becomes=changes)

    @rule(number=picks)
    def stay(self, number=0):
        """Who is asked again says that they stay."""
        asked = [one for one in self.list("placements", *LIVE) if one.asked_again_at]
        placement = asked[number % len(asked)] if asked else self.placement(number, *LIVE)
        if placement is None:
            return
        ended = "done" if placement.asked_again_at else "not_asked"
        if placement.status not in LIVE:
            ended = "placement_over"
        elif ended == "done" and self.is_over(self.rows["needs"][placement.need_id]):
            ended = "need_over"
        actor = self.volunteer(placement.volunteer_id)
        self.act(actor, reconfirm_placement, placement.id, expect=ended, becomes={})

    @rule(number=picks, organisation=st.booleans())
    def write(self, number=0, organisation=False):
        """Either side writes; before an acceptance only the volunteer begins."""
        placement = self.placement(number, *LIVE)
        if organisation and placement is not None:
            actor = self.coordinator(placement.need_id)
            self.act(
                actor, write_message_about_placement, placement.id, "Welcome!", expect=WRITTEN, becomes={}
            )
            return
        proposal = self.pick(number, "proposals")
        if proposal is not None:
            actor = self.volunteer(proposal.volunteer_id)
            self.act(actor, write_message_about_proposal, proposal.id, "Hello!", expect=WRITTEN, becomes={})

    @rule(number=picks, which=picks)
    def invite(self, number=0, which=0):
        """An organisation asks whom it knows; how it ends tells nothing of them."""
        placement, need = self.placement(number), self.pick(which, "needs", "open")
        if placement is None:
            return
        fields = {"placement_id": placement.id}
        same = self.coordinator(need.id) == self.coordinator(placement.need_id)
        ends = "need_closed" if not self.is_open(need) else "done" if same else "not_found"
        expect = INVITED if ends == "need_closed" else (ends, "invitations_spent")
        self.act(self.coordinator(need.id), send_invitation, need.id, fields, expect=expect, becomes={})
