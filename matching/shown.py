"""Lists as they were put before volunteers, and what was taken from them: what a ranking learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.arrays import Array, Bools, Floats, Ints
from matching.choice import Choices


@dataclass(frozen=True, eq=False)
class Shown:
    """Lists, one after another in the order of time; the rows of a list stand together.

    `features` has one row for each offer, as it was then, and one column for each name; NaN is unknown.
    `taken` marks what the volunteer said yes to. `places` say what stood where, 0 first. `starts` says where
    each list begins, and at last where the last one ends. `volunteers` names each list's volunteer, `needs`
    each row's need.
    """

    names: tuple[str, ...]
    features: Floats
    taken: Bools
    places: Ints
    starts: Ints
    volunteers: Array
    needs: Array

    def __len__(self) -> int:
        """Count the lists."""
        return len(self.starts) - 1

    @property
    def list_of(self) -> Ints:
        """For each row, the number of its list."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    @property
    def answered(self) -> Bools:
        """Mark the lists from which something was taken."""
        return np.bincount(self.list_of[self.taken], minlength=len(self)) > 0

    def choices(self) -> Choices:
        """Give what was chosen, with the option to choose nothing."""
        return Choices(self.taken, self.starts, outside=True)

    def rows(self, number: int) -> slice:
        """Give the rows of one list."""
        return slice(int(self.starts[number]), int(self.starts[number + 1]))

    def keep(self, marked: Bools) -> Shown:
        """Give the marked lists only."""
        lengths = np.diff(self.starts)
        rows = np.repeat(marked, lengths)
        starts = np.concatenate([[0], np.cumsum(lengths[marked])])
        return Shown(
            self.names, self.features[rows], self.taken[rows], self.places[rows], starts,
            self.volunteers[marked], self.needs[rows],
        )  # fmt: skip

    def without(self, names: frozenset[str]) -> Shown:
        """Give the same lists with some features unknown."""
        features = self.features.copy()
        features[:, [self.names.index(name) for name in names if name in self.names]] = np.nan
        return Shown(
            self.names, features, self.taken, self.places, self.starts, self.volunteers, self.needs
        )  # fmt: skip
