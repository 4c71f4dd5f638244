"""How good a ranking is, in numbers: of one list, of many answers, of a spread; with intervals over persons.

`scores` are higher for better. Equal scores count as their mean over every order they could stand in,
so no metric depends on the order in which a list was handed in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from matching.arrays import Array, Floats

BINS = 15
DRAWS = 1000
#: Each draw of an AUC sorts all answers anew.
AUC_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a mean lies: between these, in so much of the draws as was asked."""

    low: float
    high: float


def ndcg_at_k(gains: npt.ArrayLike, scores: npt.ArrayLike, k: int) -> float:
    """Discounted gain of one list's first k against the best order: Σ gain / log2(place + 1).

    0 where nothing in the list has a gain. Equal scores share their discounts (as in scikit-learn's
    `ndcg_score`).
    """
    gains, scores = np.asarray(gains, np.float64), np.asarray(scores, np.float64)
    discounts = np.zeros(len(gains))
    discounts[:k] = 1 / np.log2(np.arange(2, min(k, len(gains)) + 2))
    best = float(np.sort(gains)[::-1] @ discounts)
    if best == 0:
        return 0.0
    tied = np.unique(-scores, return_inverse=True)[1]
    places = np.sort(tied)
    shared = np.bincount(places, weights=discounts) / np.bincount(places)
    return float(gains @ shared[tied]) / best


def hit_rate_at_k(chosen: int, scores: npt.ArrayLike, k: int) -> float:
    """1 where the chosen one stands among the first k, 0 where not, the chance of it among equals."""
    before, equal = _place(chosen, np.asarray(scores, np.float64))
    return float(np.clip((k - before) / equal, 0.0, 1.0))


def mrr(chosen: int, scores: npt.ArrayLike) -> float:
    """One over the place of the chosen one; its mean over lists is the mean reciprocal rank."""
    before, equal = _place(chosen, np.asarray(scores, np.float64))
    return float(np.mean(1 / np.arange(before + 1, before + equal + 1)))


def recall_at_1(similarities: npt.ArrayLike, own: npt.ArrayLike) -> Floats:
    """For each query (row) 1 where its own text (column `own`) is the nearest of all; 1/n among n equals."""
    table = np.asarray(similarities, np.float64)
    nearest = table == table.max(axis=1, keepdims=True)
    found: Floats = nearest[np.arange(len(table)), np.asarray(own)] / nearest.sum(axis=1)
    return found


def _place(chosen: int, scores: Floats) -> tuple[int, int]:
    """Count those before the chosen one, and those equal to it with itself."""
    own = scores[chosen]
    return int((scores > own).sum()), int((scores == own).sum())


def auc(labels: npt.ArrayLike, scores: npt.ArrayLike) -> float:
    """Chance that a yes scores above a no, equals counting half; NaN where one of them is missing.

    By the ranks' sum (Mann-Whitney).
    """
    yes = np.asarray(labels).astype(bool)
    count, rest = int(yes.sum()), int((~yes).sum())
    if not count or not rest:
        return float("nan")
    ranks = rankdata(np.asarray(scores, np.float64))
    return float((ranks[yes].sum() - count * (count + 1) / 2) / (count * rest))


def auc_by_group(labels: npt.ArrayLike, scores: npt.ArrayLike, groups: npt.ArrayLike) -> Floats:
    """Give each group's AUC, in the groups' order; NaN for those with answers of one kind only."""
    labels, scores = np.asarray(labels), np.asarray(scores, np.float64)
    numbers = np.unique(np.asarray(groups), return_inverse=True)[1]
    order = np.argsort(numbers, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(numbers))[:-1])
    return np.array([auc(labels[part], scores[part]) for part in parts])


def ece(labels: npt.ArrayLike, chances: npt.ArrayLike, bins: int = BINS) -> float:
    """Expected calibration error: how far said chances lie from what came, over bins of equal mass."""
    labels, chances = np.asarray(labels, np.float64), np.asarray(chances, np.float64)
    order = np.argsort(chances, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [abs(float((chances[part] - labels[part]).sum())) for part in parts]
    return float(sum(gaps) / len(labels))


def gini(amounts: npt.ArrayLike) -> float:
    """How unevenly something is spread: 0 all alike, towards 1 all with one; 0 where there is nothing.

    2 Σ i·x_(i) / (n Σ x) − (n + 1) / n, the amounts from least to most, none below 0.
    """
    ordered = np.sort(np.asarray(amounts, np.float64))
    total, count = float(ordered.sum()), len(ordered)
    if total == 0:
        return 0.0
    return float(2 * np.arange(1, count + 1) @ ordered / (count * total) - (count + 1) / count)


def gap_closed(share: float, base: float) -> float:
    """Of what a base left open, how much is closed: (share − base) / (1 − base); 0 where nothing was open.

    Below 0 where the share is less than the base. Both are shares, such as of needs with a volunteer.
    """
    return (share - base) / (1 - base) if base < 1 else 0.0


def bootstrap_interval(
    values: npt.ArrayLike, persons: Array, *, seed: int, draws: int = DRAWS, level: float = 0.95
) -> Interval:
    """Say where the mean of values lies when persons are drawn again, each with all of their values.

    NaN values are left out; without any value the interval is NaN.
    """
    values = np.asarray(values, np.float64)
    known = ~np.isnan(values)
    if not known.any():
        return Interval(float("nan"), float("nan"))
    numbers = np.unique(persons[known], return_inverse=True)[1]
    sums, counts = np.bincount(numbers, weights=values[known]), np.bincount(numbers)
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=draws)
    means = (drawn @ sums) / (drawn @ counts)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def bootstrap_auc(
    labels: npt.ArrayLike,
    scores: npt.ArrayLike,
    persons: Array,
    *,
    seed: int,
    draws: int = AUC_DRAWS,
    level: float = 0.95,
) -> Interval:
    """Say where the AUC of all answers lies when persons are drawn again, each with all of their answers."""
    labels, scores = np.asarray(labels), np.asarray(scores, np.float64)
    numbers = np.unique(persons, return_inverse=True)[1]
    count = int(numbers.max()) + 1
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(count, np.full(count, 1 / count), size=draws)
    rows = (np.repeat(np.arange(len(labels)), often[numbers]) for often in drawn)
    found = [auc(labels[row], scores[row]) for row in rows]
    low, high = np.nanquantile(found, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))
