"""What rankers learn from and are judged on: lists of offers as rows of features, and what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matching.arrays import Array, Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Histories:
    """What each list's person had taken before: a row of counts of items for each list, and each row's item.

    Items are what comes again, such as projects, or the groups that events belong to.
    """

    taken: sparse.csr_matrix
    items: Ints

    def keep(self, marked: Bools, rows: Bools) -> Histories:
        """Give those of the marked lists and rows only."""
        return Histories(self.taken[marked], self.items[rows])


@dataclass(frozen=True, eq=False)
class Lists:
    """Offers in lists, one list after another.

    `features` has one row for each offer and one column for each name; NaN is unknown. `chosen` marks the
    offers that were taken. `starts` says where each list begins, and at last where the last one ends.
    `persons` and the marks of `segments` have one value for each list. `histories` are for rankers that know
    no features; None where persons have none.
    """

    names: tuple[str, ...]
    features: Floats
    chosen: Bools
    starts: Ints
    persons: Array
    segments: dict[str, Bools]
    histories: Histories | None = None

    def __len__(self) -> int:
        """Count the lists."""
        return len(self.starts) - 1

    @property
    def list_of(self) -> Ints:
        """For each row, the number of its list."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def rows(self, number: int) -> slice:
        """Give the rows of one list."""
        return slice(int(self.starts[number]), int(self.starts[number + 1]))

    def column(self, name: str) -> Floats:
        """Give the values of one feature."""
        values: Floats = self.features[:, self.names.index(name)]
        return values

    def keep(self, marked: Bools) -> Lists:
        """Give the marked lists only."""
        lengths = np.diff(self.starts)
        rows = np.repeat(marked, lengths)
        starts = np.concatenate([[0], np.cumsum(lengths[marked])])
        segments = {name: mark[marked] for name, mark in self.segments.items()}
        persons = self.persons[marked]
        histories = self.histories.keep(marked, rows) if self.histories else None
        return Lists(self.names, self.features[rows], self.chosen[rows], starts, persons, segments, histories)


def joined(parts: Sequence[Lists]) -> Lists:
    """Put lists of the same features one after another; what histories count may differ, and is left out."""
    first = parts[0]
    lengths = np.concatenate([np.diff(part.starts) for part in parts])
    return Lists(
        first.names,
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.chosen for part in parts]),
        np.concatenate([[0], np.cumsum(lengths)]),
        np.concatenate([part.persons for part in parts]),
        {name: np.concatenate([part.segments[name] for part in parts]) for name in first.segments},
    )


def one_each(
    names: tuple[str, ...], features: Floats, chosen: Bools, persons: Array, segments: dict[str, Bools]
) -> Lists:
    """Make lists of one offer each: taken or not, with nothing beside it."""
    return Lists(names, features, chosen, np.arange(len(features) + 1), persons, segments)
