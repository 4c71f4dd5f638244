"""Shifts: added singly or by a rule, accepted some by some, waited for, given back, moved and cancelled."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from hypothesis import strategies as st
from hypothesis.stateful import rule

from service.operations.placement_shifts import change_own_shifts
from service.operations.shifts import add_shifts, cancel_shift, change_shift
from service.queries.placements import get_own_placement_for_change
from service.queries.shifts import get_shift_for_change
from tests.life.answering import ANSWERS, picks
from tests.life.machine import SECOND
from tests.life.needs import Needs
from tests.life.town import LIVE

HOURS = st.sampled_from([timedelta(hours=3), timedelta(days=1), timedelta(days=6)])
# So many shifts in all are enough.
MOST_SHIFTS = 8
REFUSED = ("need_full", "need_closed", "already_decided", "shift_over", "overlaps", "invalid", "offer_over")


def give_back(session, actor, placement_id, shift_ids, *, at):
    """Keep only these shifts, as the API does."""
    held = get_own_placement_for_change(session, actor, placement_id)
    change_own_shifts(session, actor, held, shift_ids, at=at)


def change(session, actor, shift_id, fields, *, at):
    """Change a shift as the API does."""
    change_shift(session, actor, get_shift_for_change(session, actor, shift_id), fields, at=at)


class Shifting(Needs):
    """A need has dates, each with its own places."""

    @rule(number=picks, span=HOURS, places=st.integers(1, 2), weekly=st.booleans())
    def add_shifts(self, number=0, span=timedelta(days=1), places=1, weekly=False):
        upcoming = [one for one in self.list("shifts", "open", "full") if one.ends_at > self.at]
        need = self.pick(number, "needs", "open", "draft", places_taken=0)
        if need is None or len(upcoming) >= MOST_SHIFTS:
            return
        starts_at = self.at.replace(minute=0, second=0) + span
        fields = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2), "places": places}
        if weekly:
            fields["rrule"] = "FREQ=WEEKLY;COUNT=3"
        ends = ("done", "need_cancelled", "places_held", "invalid")
        self.act(self.coordinator(need.id), add_shifts, need.id, fields, expect=ends)

    @rule(
        number=picks,
        which=picks,
        both=st.booleans(),
        sure=st.booleans(),
        name=st.sampled_from(["accept", "wait"]),
    )
    def accept_shifts(self, number=0, which=0, both=False, sure=False, name="accept"):
        """What overlaps with what one holds already is refused, unless it is meant (I-05)."""
        with_shifts = {one.need_id for one in self.rows["shifts"].values()}
        waiting = [one for one in self.list("proposals", "proposed", "offered") if one.need_id in with_shifts]
        if not waiting:
            return
        proposal = waiting[number % len(waiting)]
        wanted = self.some_shifts(proposal.need_id, which, both=both)
        if not wanted:
            return
        ends = ("done", *REFUSED) if sure or not self.would_overlap(proposal, wanted) else REFUSED
        words = {"shift_ids": [one.id for one in wanted], "confirm_overlap": sure}
        self.act(self.volunteer(proposal.volunteer_id), ANSWERS[name], proposal.id, expect=ends, **words)

    def some_shifts(self, need_id, which: int, *, both: bool) -> list[SimpleNamespace]:
        """Take one or two shifts of a need, those to come first."""
        there = sorted(
            self.list("shifts", need_id=need_id), key=lambda one: (one.ends_at < self.at, one.starts_at)
        )
        return [there[(which + one) % len(there)] for one in range(min(len(there), 1 + both))]

    def would_overlap(self, proposal: SimpleNamespace, wanted: list[SimpleNamespace]) -> bool:
        """Say whether one of these is at a time at which the volunteer has promised to be elsewhere."""
        held = [one for one in self.commitments(proposal.volunteer_id) if one[1] > self.at + SECOND]
        kept = [one for one in wanted if one.status != "cancelled" and one.ends_at > self.at + SECOND]
        return any(start < one.ends_at and one.starts_at < end for one in kept for start, end in held)

    @rule(number=picks, which=picks)
    def give_back_shifts(self, number=0, which=0):
        """Single shifts are given back; not the last one, for that is withdrawing."""
        held = {one.placement_id for one in self.rows["shift_places"].values() if one.placement_id}
        placements = [one for one in self.list("placements", *LIVE) if one.id in held]
        if not placements:
            return
        placement = placements[number % len(placements)]
        kept = [one.id for one in self.some_shifts(placement.need_id, which, both=False)]
        ends = ("done", "last_shift", *REFUSED)
        self.act(self.volunteer(placement.volunteer_id), give_back, placement.id, kept, expect=ends)

    @rule(number=picks, places=st.integers(1, 3), moved=st.booleans())
    def change_shift(self, number=0, places=2, moved=False):
        shift = self.pick(number, "shifts", "open", "full")
        if shift is None:
            return
        fields: dict = {"places": places}
        if moved:
            fields = {"starts_at": shift.starts_at + SECOND * 3600, "ends_at": shift.ends_at + SECOND * 3600}
        over = shift.status == "cancelled" or shift.ends_at <= self.at + SECOND
        ends = ("shift_over",) if over else ("done", "places_held", "invalid")
        self.act(self.coordinator(shift.need_id), change, shift.id, fields, expect=ends)

    @rule(number=picks, sure=st.integers(0, 2))
    def cancel_shift(self, number=0, sure=0):
        """Who held no other shift there is let go, without a reason of their own."""
        shift = self.pick(number, "shifts", "open", "full")
        if shift is None or sure:
            return
        over = shift.status == "cancelled" or shift.ends_at <= self.at + SECOND
        self.act(
            self.coordinator(shift.need_id), cancel_shift, shift.id, expect="shift_over" if over else "done"
        )
