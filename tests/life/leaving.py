"""Somebody leaves in the middle of it all, and everything goes on without them."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from service.operations.erasure import erase_volunteer
from tests.life.machine import World
from tests.life.rows import LOG, TABLES
from tests.life.town import CANARIES

# Later than this in a life; then in one of so many tries.
EARLIEST, SELDOM = 60, 3


class Leaving(World):
    """At most one of the four leaves, for a town of nobody proves nothing."""

    @rule(number=st.integers(0, SELDOM * 2 - 1))
    def leave(self, number=0):
        """What they began is ended, nothing about them is left, and what they do afterwards is not done."""
        if number % SELDOM or self.departed or self.number < EARLIEST:
            return
        place = number // SELDOM
        volunteer = self.town.volunteers[place]
        self.act(volunteer, erase_volunteer, volunteer.volunteer_id)
        self.departed.add(volunteer.volunteer_id)
        # What goes with an account goes unseen.
        self.rows = self._read([name for name in TABLES if name != LOG])
        assert CANARIES[place].casefold() not in str(self.rows).casefold()
        held = self.list("placements", "held", "confirmed", volunteer_id=volunteer.volunteer_id)
        waits = self.list(
            "proposals", "proposed", "snoozed", "waitlisted", "offered", volunteer_id=volunteer.volunteer_id
        )
        assert not held + waits
