"""What coordinators do: needs come, change and go; places are confirmed and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from service.operations.needs import cancel_need, change_need, close_need, create_need, publish_need
from service.operations.placements import confirm_placement, release_placement
from service.queries.needs import get_need_for_change
from tests.life.answering import Answering, picks
from tests.life.town import FAR, LIVE
from tests.making import HERE

# So many needs that have not been cancelled are enough for four volunteers.
MOST_NEEDS = 9
SPANS = (None, timedelta(days=1), timedelta(days=20))


def change(session, actor, need_id, fields, *, at):
    """Change a need as the API does."""
    change_need(session, actor, get_need_for_change(session, actor, need_id), fields, at=at)


class Needs(Answering):
    """A coordinator asks for volunteers."""

    @rule(number=picks, places=st.integers(1, 3), span=st.sampled_from(SPANS), far=st.booleans())
    def write_need(self, number=0, places=1, span=None, far=False):
        """A need comes in as a draft."""
        if len(self.rows["needs"]) - len(self.list("needs", "cancelled")) >= MOST_NEEDS:
            return
        organisation_id, coordinator = list(self.town.coordinators.items())[number % 2]
        where = FAR if far else HERE
        fields = {"organisation_id": organisation_id, "title": "Sort books", "places": places,
                  "causes": ["Community"], "location": where}  # fmt: skip
        if span is not None:
            fields |= {"starts_at": self.at + span, "ends_at": self.at + span + timedelta(hours=3)}
        self.act(coordinator, create_need, fields, becomes={"need": "draft"})

    @rule(number=picks)
    def publish(self, number=0):
        need = self.pick(number, "needs", "draft", "closed")
        ended, becomes = "done", "open" if need.places_taken < need.places else "full"
        if self.rows["organisations"][need.organisation_id].status == "suspended":
            ended = "organisation_suspended"
        elif need.status not in ("draft", "closed"):
            ended = "need_not_draft"
        elif self.is_over(need):
            ended = "need_over"
        changes = {need.id: f"{need.status} {becomes}"}
        but = {"need"} if need.shift_count else set()
        self.act(self.coordinator(need.id), publish_need, need.id, expect=ended, becomes=changes, but=but)

    @rule(number=picks, sure=st.integers(0, 3))
    def close(self, number=0, sure=0):
        """Needs are closed more seldom than opened, so that there is something to live for."""
        need = self.pick(number, "needs", "open", "full")
        if sure:
            return
        ended = "done" if need.status in ("open", "full") else "need_not_open"
        changes = {need.id: f"{need.status} closed", **self.gone(need)}
        self.act(self.coordinator(need.id), close_need, need.id, expect=ended, becomes=changes)

    @rule(number=picks, sure=st.integers(0, 7))
    def cancel(self, number=0, sure=0):
        """It ends for good."""
        need = self.pick(number, "needs", "open", "full", "closed")
        if sure:
            return
        ended = "need_cancelled" if need.status == "cancelled" else "done"
        changes = {need.id: f"{need.status} cancelled", **self.gone(need, cancelled=True)}
        self.act(self.coordinator(need.id), cancel_need, need.id, expect=ended, becomes=changes)

    @rule(number=picks, places=st.integers(1, 4))
    def change_places(self, number=0, places=1):
        need = self.pick(number, "needs", "open", "full", shift_count=0)
        ended = "done" if places >= need.places_taken else "places_held"
        changes: dict[Any, str] = {}
        if need.status == "full":
            changes = self.freed(need, places - need.places_taken)
        elif need.status == "open" and places == need.places_taken:
            changes = {need.id: "open full"}
        coordinator = self.coordinator(need.id)
        self.act(coordinator, change, need.id, {"places": places}, expect=ended, becomes=changes)

    @rule(number=picks, what=st.sampled_from(["title", "rewards", "dates"]))
    def change_what_is_said(self, number=0, what="title"):
        need = self.pick(number, "needs", "open", "full", "draft")
        fields: dict[str, Any] = {"title": f"Sort books, {self.number}"}
        if what == "rewards":
            fields = {"rewards": ["training"] if not need.rewards else []}
        elif what == "dates":
            start = self.at + timedelta(days=9)
            fields = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
        self.act(self.coordinator(need.id), change, need.id, fields, becomes={})

    @rule(number=picks)
    def confirm(self, number=0):
        placement = self.pick(number, "placements", "held")
        if placement is None:
            return
        ended = "done" if placement.status == "held" else "placement_not_held"
        actor = self.coordinator(placement.need_id)
        changes = {placement.id: "held confirmed"}
        self.act(actor, confirm_placement, placement.id, expect=ended, becomes=changes)

    @rule(number=picks)
    def release(self, number=0):
        placement = self.pick(number, "placements", *LIVE)
        if placement is None:
            return
        ended = "done" if placement.status in LIVE else "placement_over"
        changes = {}
        if ended == "done":
            proposal = self.rows["proposals"][placement.proposal_id]
            changes = {proposal.id: "accepted released", **self.visits_end(proposal.id)}
            changes |= self.given_back(placement, "released")
        actor = self.coordinator(placement.need_id)
        foreseen = None if self.rows["needs"][placement.need_id].shift_count else changes
        self.act(actor, release_placement, placement.id, "Somebody nearer", expect=ended, becomes=foreseen)

    @rule(number=picks, who=st.integers(0, 9), act=st.sampled_from([confirm_placement, release_placement]))
    def anyone_else_manages(self, number=0, who=0, act=confirm_placement):
        """Only the organisation's own coordinator confirms and releases."""
        placement = self.pick(number, "placements", *LIVE)
        if placement is None:
            return
        others = self.town.others(self.coordinator(placement.need_id))
        words = ("because",) if act is release_placement else ()
        actor = others[who % len(others)]
        self.act(actor, act, placement.id, *words, expect=("not_allowed", "not_found"))
