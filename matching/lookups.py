"""A fitted ranking as plain arrays: weights, and tables looked up by bins of one or two features.

A score is the base and all contributions, exactly: one for each feature (its weight times its distance
from neutral, and its table) and one for each pair of features with a table. Arrays only: a request that
scores needs nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

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

    @cached_property
    def has_tables(self) -> bool:
        """Say whether any table adds anything."""
        return bool(self.pairs) or any(table.any() for table in self.singles)

    def check(self, columns: int) -> None:
        """Refuse parts that do not fit so many columns, or hold what is no number: ValueError."""
        shapes = {self.weight.shape, self.neutral.shape, (len(self.edges),), (len(self.singles),)}
        if shapes != {(columns,)}:
            raise ValueError("as many weights, neutral values, edges and tables as features are needed")
        sizes = [len(edges) + 2 for edges in self.edges]
        if any(table.shape != (size,) for table, size in zip(self.singles, sizes, strict=True)):
            raise ValueError("a feature's table must have a cell for each bin and one for unknown")
        for (a, b), table in self.pairs.items():
            if not 0 <= a < b < columns or table.shape != (sizes[a], sizes[b]):
                raise ValueError("a pair's table must have a cell for each two of its features' cells")
        if any((np.diff(edges) <= 0).any() for edges in self.edges):
            raise ValueError("edges must go up")
        numbers = [np.array([self.base]), self.weight, self.neutral, *self.edges, *self.singles]
        if not all(np.isfinite(one).all() for one in (*numbers, *self.pairs.values())):
            raise ValueError("everything must be a finite number")

    def contributions(self, features: Floats) -> Floats:
        """Give what each of `terms` adds to the score of each row."""
        known = np.where(np.isnan(features), 0.0, self.weight * (features - self.neutral))
        if not self.has_tables:
            return known
        cells = codes(self.edges, features)
        tables = [table[cells[:, one]] for one, table in enumerate(self.singles)]
        both = [table[cells[:, a], cells[:, b]] for (a, b), table in self.pairs.items()]
        return np.column_stack([known + np.column_stack(tables), *both])

    def added_alone(self, number: int, values: Floats) -> Floats:
        """Give what one feature adds for each of these values, tables of two features aside."""
        weight, neutral, edges = self.weight[number], self.neutral[number], self.edges[number]
        unknown = np.isnan(values)
        known: Floats = np.where(unknown, 0.0, weight * (values - neutral))
        if not self.singles[number].any():
            return known
        cells = np.where(unknown, len(edges) + 1, np.searchsorted(edges, values))
        return known + self.singles[number][cells]

    def scores(self, features: Floats) -> Floats:
        """Give the score of each row."""
        added: Floats = self.contributions(features).sum(axis=1)
        return self.base + added

    def calibrated(self, base: float, scale: float) -> Lookups:
        """Give the tables of base + scale · score: the same order (scale above 0), other chances."""
        return Lookups(
            scale * self.weight,
            self.neutral,
            base + scale * self.base,
            self.edges,
            tuple(scale * table for table in self.singles),
            {pair: scale * table for pair, table in self.pairs.items()},
        )


def plain(weight: Floats, neutral: Floats, base: float) -> Lookups:
    """Make lookups of weights alone."""
    return Lookups(weight, neutral, base, (np.zeros(0),) * len(weight), (np.zeros(2),) * len(weight), {})


def mean_of(some: Sequence[Lookups]) -> Lookups:
    """Give the tables of the mean score of some, which must cut their features at the same edges.

    Raises ValueError where they do not.
    """
    first = some[0]
    for other in some[1:]:
        alike = zip((first.neutral, *first.edges), (other.neutral, *other.edges), strict=True)
        if not all(np.array_equal(one, another) for one, another in alike):
            raise ValueError("Tables of other bins, or other neutral values, have no mean.")
    pairs = {
        pair: np.sum([one.pairs[pair] for one in some if pair in one.pairs], axis=0) / len(some)
        for pair in dict.fromkeys(pair for one in some for pair in one.pairs)
    }
    return Lookups(
        np.mean([one.weight for one in some], axis=0),
        first.neutral,
        float(np.mean([one.base for one in some])),
        first.edges,
        tuple(np.mean(tables, axis=0) for tables in zip(*(one.singles for one in some), strict=True)),
        pairs,
    )


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
