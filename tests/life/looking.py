"""Everybody looks at what they may see, over HTTP, while it changes; and pages through it."""

from __future__ import annotations

import re

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.life import sight
from tests.life.answering import picks
from tests.life.machine import World

PATHS = (
    "/v1/needs",
    "/v1/needs?q=books",
    "/v1/needs/<need>",
    "/v1/needs/<need>/placements",
    "/v1/needs/<need>/advice",
    "/v1/organisations",
    "/v1/organisations/<organisation>",
    "/v1/organisations/<organisation>/introductions",
    "/v1/organisations/<organisation>/introduction-slots",
    "/v1/volunteers",
    "/v1/volunteers/<volunteer>",
    "/v1/volunteers/<volunteer>/proposals",
    "/v1/volunteers/<volunteer>/placements",
    "/v1/proposals/<proposal>",
    "/v1/proposals/<proposal>/introductions",
    "/v1/needs/<need>/shifts",
    "/v1/needs/<need>/waitlist",
    "/v1/needs/<need>/invitations",
    "/v1/organisations/<organisation>/hours",
    "/v1/organisations/<organisation>/hours/sums",
    "/v1/organisations/<organisation>/feedback",
    "/v1/volunteers/<volunteer>/hours",
    "/v1/volunteers/<volunteer>/record",
    "/v1/volunteers/<volunteer>/invitations",
    "/v1/placements/<placement>/hours",
    "/v1/placements/<placement>/shifts",
    "/v1/placements/<placement>/messages",
    "/v1/placements/<placement>/feedback",
    "/v1/proposals/<proposal>/messages",
    "/v1/conversations",
    "/v1/notices",
    "/v1/me",
)


class Looking(World):
    """A GET changes nothing, is answered alike by both databases, and shows nobody what is not theirs."""

    def ask_over_http(self, who: str, path: str) -> str:
        """Ask on each database."""
        self.pass_time()
        self.number += 1
        headers = self.town.headers.get(who, {})
        answers = [side.ask(path, headers, self.number) for side in self.sides]
        status, text = answers[0]
        assert all(one == answers[0] for one in answers), f"{path}: {answers}"
        assert status in (200, 401, 403, 404), f"{path}: {text}"
        written = set.union(set(), *(one for side in self.sides for one in side.transactions))
        # That a token was used is noted once a day.
        assert written <= {"tokens"}, f"GET {path} wrote to {written}"
        self._settle(None)
        self.steps[f"GET: {status}"] += 1
        return text

    @rule(number=picks, who=st.integers(0, 8), path=st.sampled_from(PATHS))
    def look_around(self, number=0, who=4, path=PATHS[0]):
        """I-10: whatever an organisation asks for, it finds nobody in it but who holds a place there."""
        names = [*self.town.everyone(), "nobody"]
        name = names[who % len(names)]
        for noun in re.findall("<([a-z]+)>", path):
            row = self.pick(number, f"{noun}s")
            if row is None:
                return
            path = path.replace(f"<{noun}>", str(row.id))
        # A refusal names the address that was asked for.
        text = self.ask_over_http(name, path).replace(path, "")
        for number_, organisation_id in enumerate(self.town.coordinators):
            if name == f"coordinator{number_}":
                met = sight.met_by(self, organisation_id)
                sight.must_not_show(self, text, sight.others_than(self, met))
        if name in ("stranger", "nobody"):
            sight.must_not_show(self, text, sight.others_than(self, set()))
