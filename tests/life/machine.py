"""A life on one database or on two at once: each step is played on each, and must be answered alike.

What is known of the world are the rows themselves, as the last step left them. Each step says beforehand how
it must end and which states it changes; after it the rows of both databases, the log and the places are
looked at, and nothing else may have changed.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

import time_machine
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy.orm import Session

from service.access.actors import Actor
from tests.life import checks
from tests.life.rows import LOG, TABLES, Rows
from tests.life.sides import Side
from tests.life.town import BEGINNING, Town, found_town

SECOND = timedelta(seconds=1)
# {id, or kind where it is new: the states it goes through}
Becomes = Mapping[Any, str]


class World(RuleBasedStateMachine):
    """The databases, the time, the rows as they are, and how a step is taken."""

    sides: ClassVar[Sequence[Side]]
    # How many steps have been taken by all lives of this kind.
    steps: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.at = BEGINNING
        self.clock = time_machine.travel(self.at, tick=False)
        self.traveller = self.clock.start()
        self.number = 0
        # Who has left: nobody opens a door for them any more.
        self.departed: set[uuid.UUID | None] = set()
        self.rows: dict[str, Rows] = {}
        self.news: list[SimpleNamespace] = []
        towns = []
        for side in self.sides:
            side.begin_anew()
            towns.append(side.play(found_town, "town", self.at)[1])
        self.town: Town = towns[0]
        assert all(one.volunteers == self.town.volunteers for one in towns)
        self._look_at_all()
        self.begin()

    def begin(self) -> None:
        """Bring a life to where it becomes eventful."""

    def teardown(self) -> None:
        try:
            self.at_the_end()
            self._look_at_all()
        finally:
            self.clock.stop()

    def at_the_end(self) -> None:
        """Say what must hold when a life has come to its end."""

    # ------------------------------------------------------------------ what is there

    def list(self, table: str, *statuses: str, **values: Any) -> list[SimpleNamespace]:
        """List the rows of a table with these values, in these states."""
        return [
            row
            for row in self.rows[table].values()
            if (not statuses or row.status in statuses)
            and all(getattr(row, name) == value for name, value in values.items())
        ]

    def pick(self, number: int, table: str, *statuses: str, **values: Any) -> SimpleNamespace | None:
        """Take a row of a table: one in these states where there are some, else any."""
        fitting = self.list(table, *statuses, **values) or self.list(table, **values) or self.list(table)
        return fitting[number % len(fitting)] if fitting else None

    def volunteer(self, volunteer_id: uuid.UUID) -> Actor:
        """Give the actor of a volunteer."""
        people = (*self.town.volunteers, self.town.stranger)
        return next(one for one in people if one.volunteer_id == volunteer_id)

    def coordinator(self, need_id: uuid.UUID) -> Actor:
        """Give the coordinator of a need's organisation."""
        return self.town.coordinators[self.rows["needs"][need_id].organisation_id]

    # ------------------------------------------------------------------ a step

    def pass_time(self, span: timedelta = SECOND) -> None:
        """Let time pass."""
        self.at += span
        self.traveller.move_to(self.at, tick=False)

    def act(
        self,
        actor: Actor,
        do: Callable[..., Any],
        *words: Any,
        expect: str | Sequence[str] = "done",
        becomes: Becomes | None = None,
        but: Collection[str] = (),
        **named: Any,
    ) -> str:
        """Let somebody do something, on each database; it must end as expected, and change just that.

        `becomes` of None leaves open what changes, and `but` what becomes of some kinds of things, where that
        is for others to say. Who has left does nothing: `gone`.
        """
        if actor.volunteer_id in self.departed:
            return "gone"
        self.pass_time()
        self.number += 1

        def play(session: Session) -> None:
            do(session, actor, *words, at=self.at, **named)

        ends = [side.play(play, self.number, self.at)[0] for side in self.sides]
        assert len(set(ends)) == 1, f"{do.__name__} ended otherwise on the other database: {ends}"
        ended = ends[0]
        expected = (expect,) if isinstance(expect, str) else expect
        assert ended in expected, f"{do.__name__} ended with {ended}, not {expected}"
        for side in self.sides:
            # A change, its event, its jobs and its notices: one transaction, or none.
            assert len(side.transactions) <= (ended == "done"), f"{do.__name__}: {side.transactions}"
        self.steps[f"{do.__name__}: {ended}"] += 1
        changed = self._settle(actor)
        if ended != "done":
            assert not self.news, f"{do.__name__} was refused, and is told of: {self.news}"
        elif becomes is not None:
            foreseen, changed = self._all_but(Counter(becomes.items()), but), self._all_but(changed, but)
            assert changed == foreseen, f"{do.__name__} changed {changed}, not {foreseen}"
        return ended

    def _all_but(self, changed: Counter[Any], kinds: Collection[str]) -> Counter[Any]:
        known = {key for kind in kinds for key in self.rows[f"{kind}s"]}
        kept = {one: count for one, count in changed.items() if one[0] not in known and one[0] not in kinds}
        return Counter(kept)

    def let_jobs_run(self, most: int) -> int:
        """Let a worker do what is due, on each database; nothing that others have to decide may change."""
        self.pass_time()
        self.number += 1
        counts = [side.run_jobs(most, self.number) for side in self.sides]
        assert len(set(counts)) == 1, f"so many jobs were due on the two databases: {counts}"
        self.steps["jobs"] += 1
        self._settle(None)
        return counts[0]

    # ------------------------------------------------------------------ what it has changed

    def _settle(self, actor: Actor | None) -> Counter[Any]:
        """Read what has changed, on each database; look that it is the same, and right."""
        written = sorted(set.union(set(), *(one for side in self.sides for one in side.transactions)))
        before = self.rows
        self.rows = {**before, **self._read(written)}
        changed = self._changed_states(before)
        checks.look(self, before, written, actor)
        return changed

    def _read(self, names: Sequence[str]) -> dict[str, Rows]:
        """Read these tables on each database; they must be equal, and so must the log."""
        logs = [side.reader.news() for side in self.sides]
        found = [side.reader.tables(names) for side in self.sides]
        for log, tables in zip(logs[1:], found[1:], strict=True):
            assert log == logs[0]
            for name in tables:
                assert tables[name] == found[0][name], f"{name} differ: {_difference(tables, found[0], name)}"
        letters = [side.post.sent for side in self.sides]
        assert all(one == letters[0] for one in letters), "other mail has gone out"
        self.news = logs[0]
        return found[0]

    def _look_at_all(self) -> None:
        """Read everything; what was read step by step must still be so."""
        everything = self._read(list(TABLES))
        for name, rows in self.rows.items():
            if name != LOG:
                assert rows == everything[name], f"{name} changed unseen"
        self.rows = everything

    def _changed_states(self, before: dict[str, Rows]) -> Counter[Any]:
        """Say by the log what has changed its state, and how; the rows must say the same (I-17)."""
        ways: dict[tuple[str, uuid.UUID], list[str]] = defaultdict(list)
        for one in self.news:
            # Some facts, a reminder say, name the state and leave it as it is.
            if one.to_state in (None, one.from_state):
                continue
            way = ways[(one.subject_kind, one.subject_id)]
            way[:] = way or [one.from_state or ""]
            assert way[-1] == (one.from_state or ""), f"{one.name} does not follow upon {way}"
            way.append(one.to_state)
        checks.compare_states(before, self.rows, ways)
        new = Counter[Any]()
        for (kind, subject_id), way in ways.items():
            new[(subject_id if way[0] else kind, " ".join(way).strip())] += 1
        return new


def _difference(one: dict[str, Rows], other: dict[str, Rows], name: str) -> list[Any]:
    keys = one[name].keys() | other[name].keys()
    return [
        (one[name].get(key), other[name].get(key))
        for key in keys
        if one[name].get(key) != other[name].get(key)
    ]
