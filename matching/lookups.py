"""A fitted ranking as plain arrays: weights, and tables looked up by bins of one or two features.

A score is the base and all contributions, exactly: one for each feature (its weight times its distance
from neutral, and its table) and one for each pair of features with a table. Arrays only: a request that
scores needs nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.arrays import Floats, Ints

Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Lookups:
    """What is added up for each row.

    `edges` holds each feature's upper bounds of all bins but the last; the cells of its tables are these
    bins, then one for unknown (NaN). A pair's table has a row for each cell of the first feature and a
    column for each of the second. Unknown adds nothing to the weighted part.
    """

    weight: Floats
    neutral: Floats
    base: float
    edges: tuple[Floats, ...]
    singles: tuple[Floats, ...]
    pairs: dict[Pair, Floats]

    @property
    def terms(self) -> tuple[tuple[int, ...], ...]:
        """Which features each contribution is about."""
        return (*((one,) for one in range(len(self.weight))), *self.pairs)

    def contributions(self, features: Floats) -> Floats:
        """Give what each of `terms` adds to the score of each row."""
        cells = codes(self.edges, features)
        known = np.where(np.isnan(features), 0.0, self.weight * (features - self.neutral))
        tables = [table[cells[:, one]] for one, table in enumerate(self.singles)]
        both = [table[cells[:, a], cells[:, b]] for (a, b), table in self.pairs.items()]
        return np.column_stack([known + np.column_stack(tables), *both])

    def scores(self, features: Floats) -> Floats:
        """Give the score of each row."""
        added: Floats = self.contributions(features).sum(axis=1)
        return self.base + added


def edges_of(values: Floats, most: int) -> Floats:
    """Cut a feature's known values into at most so many bins of about equal mass."""
    known = values[~np.isnan(values)]
    if not len(known):
        return np.zeros(0)
    distinct = np.unique(known)
    if len(distinct) <= most:
        return np.asarray((distinct[:-1] + distinct[1:]) / 2)
    return np.unique(np.quantile(known, np.arange(1, most) / most))


def codes(edges: Sequence[Floats], features: Floats) -> Ints:
    """Give the cell of each value in its feature's tables: its bin, or the last cell for unknown."""
    cells = [
        np.where(np.isnan(column), len(bounds) + 1, np.searchsorted(bounds, column))
        for bounds, column in zip(edges, features.T, strict=True)
    ]
    return np.column_stack(cells)
