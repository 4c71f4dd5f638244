"""Several people asking one index at one moment, each beside some of its rows: what features are measured of.

All pairs stand in one row of arrays, person by person, so that a feature is measured of thousands of pairs as
quickly as of a few. What it says of a pair does not depend on which others stand beside it (I-24).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from matching.arrays import Array, Floats, Ints
from matching.profiles import Person
from matching.rows import Rows


@dataclass(frozen=True, slots=True)
class Pairs:
    """People, how many rows each of them is beside, and these rows, one person's after another's."""

    rows: Rows
    people: Sequence[Person]
    counts: Ints
    chosen: Ints
    at: datetime

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.chosen)

    def column(self, name: str) -> Array:
        """Give a column of the rows, a number for each pair."""
        column: Array = self.rows[name].take(self.chosen)
        return column

    def said(self, values: Sequence[float] | Array) -> Array:
        """Give what each person said to each of their pairs."""
        return np.repeat(values, self.counts)

    def looked_up(self, name: str, table_of: Callable[[Rows, Person], Array]) -> Floats:
        """Look up a column's numbers, each in the table of the pair's own person; tables are equally long."""
        tables = [table_of(self.rows, person) for person in self.people]
        numbers = self.column(name)
        if len(tables) == 1:
            found: Floats = tables[0].take(numbers, mode="wrap")
            return found
        length = len(tables[0]) if tables else 0
        places = self.said(np.arange(len(tables)) * length) + numbers % max(length, 1)
        every: Floats = np.concatenate([*tables, np.zeros(0)])
        looked_up: Floats = every.take(places)
        return looked_up

    def each(self, measure: Callable[[Person, Ints], Floats], among: Callable[[Person], bool]) -> Floats:
        """Measure person by person those that are asked for; the others' pairs are unknown (NaN)."""
        measured = np.full(len(self), np.nan)
        ends = np.cumsum(self.counts).tolist()
        for person, begin, end in zip(self.people, [0, *ends], ends, strict=False):
            if among(person):
                measured[begin:end] = measure(person, self.chosen[begin:end])
        return measured


def of_one(rows: Rows, person: Person, chosen: Ints, at: datetime) -> Pairs:
    """Give one person beside some rows."""
    return Pairs(rows, [person], np.array([len(chosen)]), chosen, at)
