"""What a need has for everybody: the parts of rough scores that no person changes, kept between rankings.

They are told anew of all needs when another model ranks, another hour has begun or prices are new, and of a
few when these change.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from matching import features as measured
from matching.arrays import Array, Ints
from matching.model import Model
from matching.pairs import Pairs
from matching.rows import HOUR, Rows, microseconds
from matching.spread import HIGHEST_FLOOR, LARGEST_WEIGHT, terms_of, worth_of

Measure = Callable[[Rows, Ints], Array]

#: The features that no person changes.
OF_THE_NEED = ("commitment", "freshness", "soon", "untaken", "places", "ease")
_AT_ONCE = 20_000


@dataclass(slots=True)
class Kept:
    """A number for each of the first rows, told by `measure`; those of `stale` rows are to be told anew."""

    key: Hashable
    measure: Measure
    values: Array = field(default_factory=lambda: np.zeros(0, np.float32))
    stale: set[int] = field(default_factory=set)

    def of(self, rows: Rows) -> Array:
        """Give the numbers of all rows: those that are known, with what has changed."""
        new = range(len(self.values), len(rows), _AT_ONCE)
        if new:
            runs = (np.arange(first, min(first + _AT_ONCE, len(rows))) for first in new)
            self.values = np.concatenate([self.values, *(self.measure(rows, run) for run in runs)])
        if self.stale:
            some = np.array(sorted(self.stale))
            self.values[some] = self.measure(rows, some)
            self.stale.clear()
        return self.values


def merits_of(model: Model, at: datetime) -> tuple[Hashable, Measure]:
    """Say how to tell what a model adds for each need whoever asks, as of the full hour."""
    hour = microseconds(at, 0) // HOUR
    then = datetime.fromtimestamp(hour * HOUR // 1_000_000, UTC)

    def measure(rows: Rows, chosen: Ints) -> Array:
        pairs = Pairs(rows, (), np.zeros(0, np.int64), chosen, then)
        merits = np.zeros(len(chosen))
        for name in OF_THE_NEED:
            if name in model.names:
                values = measured.BY_NAME[name](pairs)
                merits += model.lookups.added_alone(model.names.index(name), values)
        return merits.astype(np.float32)

    return (model, hour), measure


def prices_told(rows: Rows, chosen: Ints, spread: float) -> Array:
    """Give what an acceptance of some needs is worth (`matching.spread`).

    A need that no night has priced yet counts as one to which nobody would come.
    """
    told = rows["price"].take(chosen).astype(np.float64)
    prices = np.where(np.isnan(told), LARGEST_WEIGHT * spread, told)
    return worth_of(prices, rows["accepted"].take(chosen) == 0)


def exposure_of(spread: float) -> tuple[Hashable, Measure]:
    """Say how to tell the most that exposure could add for each need, and what it would take away."""

    def measure(rows: Rows, chosen: Ints) -> Array:
        return terms_of(prices_told(rows, chosen, spread), HIGHEST_FLOOR).astype(np.float32)

    return spread, measure
