"""Putting scores in order so that the same scores always give the same order."""

from __future__ import annotations

import numpy as np

from matching.arrays import Floats, Ints


def contenders(scores: Floats, limit: int) -> Ints:
    """Give the places of all scores that can be among the first so many: in one pass, unsorted."""
    if limit >= len(scores):
        return np.arange(len(scores))
    threshold = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    return np.flatnonzero(scores >= threshold)


def best_first(scores: Floats, tie_breakers: tuple[Ints, Ints]) -> Ints:
    """Put all scores in order, best first; equal ones by the smaller tie-breakers."""
    order = np.argsort(-scores, kind="stable")
    falling = scores.take(order)
    if not (falling[1:] == falling[:-1]).any():
        return order
    high, low = tie_breakers
    return np.lexsort((low, high, -scores))
