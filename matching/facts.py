"""What there is to tell of a person and a need: facts, read of many pairs together (`matching.reasons`)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np

from matching.arrays import Ints
from matching.asking import Asking, pairs_with
from matching.features import kilometres_of
from matching.pairs import Pairs
from matching.profiles import Person
from matching.rows import LONG_AGO, Rows, microseconds

#: Half of the radius is near, but neither is more than so many kilometres, nor less than one too far.
NEAR_KM, NEXT_DOOR_KM = 25.0, 1.0
_DAY = 86_400_000_000  # microseconds


class Pair(NamedTuple):
    """A person who asks, and the need in one row of the index, with what there is to tell of it.

    `words` are the person's own that the need's text met; where there are none, `alike` is how near the two
    are in meaning, from 0 to 1; `km` lie between them, or NaN. Days are full ones, below 0 where there is
    no such time, or it is on the other side of now. Causes, skills and requirements are numbers of sets.
    """

    asking: Asking
    words: tuple[str, ...]
    alike: float
    km: float
    days_published: int
    days_to_start: int
    row: int
    location: int
    slots: int
    text_language: int
    hours: float
    places: int
    causes: int
    skills: int
    requirements: int

    @property
    def rows(self) -> Rows:
        """Give the index's rows."""
        return self.asking.index.rows

    @property
    def person(self) -> Person:
        """Give the person."""
        return self.asking.person

    @property
    def is_near(self) -> bool:
        """Say whether the need is near, for this person; an unknown place is not."""
        return self.km <= min(max(self.asking.person.radius_km / 2, NEXT_DOOR_KM), NEAR_KM)


_COLUMNS = Pair._fields[Pair._fields.index("location") :]


def pairs_of(asking: Asking, rows: Ints) -> list[Pair]:
    """Look at some rows together, which is faster than one by one."""
    held = asking.index.texts.held(asking.query, rows)
    return pairs_of_all([asking], [rows], [held.ids_in(np.arange(len(rows)))])


def pairs_of_all(
    askings: Sequence[Asking], rows: Sequence[Ints], held: Sequence[list[list[int]]]
) -> list[Pair]:
    """Look at some rows of several people, with what each holds of their words: one's after another's."""
    words: list[tuple[str, ...]] = []
    alike: list[float] = []
    for asking, some, ids in zip(askings, rows, held, strict=True):
        met = asking.index.texts.met(asking.query, ids)
        without = [place for place, one in enumerate(met) if not one]  # where words were met, they are told
        own = np.zeros(len(some))
        if without:
            own[without] = asking.index.texts.alike(asking.query, some[without])
        words += met
        alike += own.tolist()
    pairs = pairs_with(askings, rows)
    columns = [pairs.column(name).tolist() for name in _COLUMNS]
    owners = chain.from_iterable(repeat(one, len(some)) for one, some in zip(askings, rows, strict=True))
    days = (_days(pairs, "published", -1), _days(pairs, "starts", 1))
    told = (owners, words, alike, kilometres_of(pairs).tolist(), *days, pairs.chosen.tolist(), *columns)
    return list(map(Pair._make, zip(*told, strict=True)))


def _days(pairs: Pairs, name: str, side: int) -> list[int]:
    """Count the full days to a time, or from it (side -1); below 0 where there is none."""
    times = pairs.column(name)
    days = side * (np.where(times == LONG_AGO, 0, times) - microseconds(pairs.at, 0)) // _DAY
    found: list[int] = np.where(times == LONG_AGO, -1, days).tolist()
    return found
