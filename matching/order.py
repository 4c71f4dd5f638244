"""Putting scores in order so that the same scores always give the same order."""

from __future__ import annotations

import numpy as np

from matching.arrays import Floats, Ints


def best(scores: Floats, tie_breakers: tuple[Ints, Ints], limit: int) -> Ints:
    """Give the places of the highest scores, best first; equal ones by the smaller tie-breakers.

    Sorts only what can be among the first `limit`, so that it costs little more than one pass.
    """
    places = np.arange(len(scores))
    if limit < len(scores):
        threshold = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        places = np.flatnonzero(scores >= threshold)
    high, low = tie_breakers
    return places[np.lexsort((low[places], high[places], -scores[places]))][:limit]
