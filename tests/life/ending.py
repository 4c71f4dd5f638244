"""How placements end when their time has come: completed, or a no-show that is answered, or mended."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from service.operations.placement_ends import answer_no_show, complete_placement, record_no_show
from tests.life.answering import picks
from tests.life.needs import Needs
from tests.life.town import LIVE

# On the way to completion every state is on record.
TO_COMPLETED = {
    "held": "held confirmed completed",
    "confirmed": "confirmed completed",
    "no_show": "no_show completed",
}


class Ending(Needs):
    """What was promised has been done, or not."""

    @rule(number=picks)
    def complete(self, number=0):
        placement = self.pick(number, "placements", *(LIVE if number % 4 else ("no_show",)))
        if placement is None:
            return
        ended = "done" if placement.status in TO_COMPLETED else "placement_over"
        held = [
            self.rows["shifts"][one.shift_id] for one in self.list("shift_places", placement_id=placement.id)
        ]
        if any(one.status != "cancelled" and one.ends_at > self.at + timedelta(seconds=1) for one in held):
            ended = "shifts_ahead"
        changes = {placement.id: TO_COMPLETED.get(placement.status, "")}
        actor = self.coordinator(placement.need_id)
        self.act(actor, complete_placement, placement.id, thanks="Thank you!", expect=ended, becomes=changes)

    @rule(number=picks)
    def miss(self, number=0):
        """The organisation says that somebody did not come; not before it was time to come."""
        placement = self.pick(number, "placements", *LIVE)
        if placement is None:
            return
        need = self.rows["needs"][placement.need_id]
        ended = "done" if placement.status in LIVE else "placement_over"
        begins = need.starts_at
        held = [one.shift_id for one in self.list("shift_places", placement_id=placement.id)]
        if held:
            begins = min(self.rows["shifts"][one].starts_at for one in held)
        if ended == "done" and begins and begins > self.at + timedelta(seconds=1):
            ended = "need_not_begun"
        elif ended == "done" and self.has_counted_hours(placement.id):
            ended = "hours_confirmed"
        actor = self.coordinator(need.id)
        # What is still to come in shifts is free for others.
        changes = None if held else {placement.id: f"{placement.status} no_show"}
        self.act(actor, record_no_show, placement.id, note="Nobody came", expect=ended, becomes=changes)

    def has_counted_hours(self, placement_id) -> bool:
        """Say whether the organisation has vouched for hours."""
        counted = self.list("hours", "confirmed", "corrected", "disputed", placement_id=placement_id)
        return any(one.minutes if one.corrected_minutes is None else one.corrected_minutes for one in counted)

    @rule(number=picks, late=st.booleans())
    def answer_for_no_show(self, number=0, late=False):
        """The volunteer has the right to answer, once or again."""
        placement = self.pick(number, "placements", "no_show")
        if placement is None:
            return
        ended = "done" if placement.status == "no_show" else "no_show_not_said"
        actor = self.volunteer(placement.volunteer_id)
        self.act(actor, answer_no_show, placement.id, "I was ill.", expect=ended, becomes={})
