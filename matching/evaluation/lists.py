"""What rankers learn from and are judged on: lists of offers as rows of features, and what was chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.arrays import Array, Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Lists:
    """Offers in lists, one list after another.

    `features` has one row for each offer and one column for each name; NaN is unknown. `chosen` marks the
    offers that were taken. `starts` says where each list begins, and at last where the last one ends.
    `persons` and the marks of `segments` have one value for each list.
    """

    names: tuple[str, ...]
    features: Floats
    chosen: Bools
    starts: Ints
    persons: Array
    segments: dict[str, Bools]

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
        return Lists(self.names, self.features[rows], self.chosen[rows], starts, persons, segments)


def one_each(
    names: tuple[str, ...], features: Floats, chosen: Bools, persons: Array, segments: dict[str, Bools]
) -> Lists:
    """Make lists of one offer each: taken or not, with nothing beside it."""
    return Lists(names, features, chosen, np.arange(len(features) + 1), persons, segments)
