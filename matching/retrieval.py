"""Candidates: the few hundred of the eligible openings that are worth measuring exactly.

The best by words, by causes and skills, by closeness and by freshness, under a rough score of
these with the ranking's own weights; where few are eligible, all of them.
"""

from __future__ import annotations

import numpy as np

from matching import features as measured
from matching.arrays import Bools, Floats, Ints
from matching.asking import Asking
from matching.weights import Weights

#: So many are measured exactly without a rough look; and so many are kept after one.
MEASURED_AT_ONCE, CANDIDATES = 500, 300


def candidates(asking: Asking, mask: Bools, weights: Weights) -> Ints:
    """Choose rows from the eligible ones; ties by need id, so that equal indexes choose alike."""
    rows = np.flatnonzero(mask)
    if len(rows) <= MEASURED_AT_ONCE:
        return rows
    scores = np.zeros(len(mask))
    scores[rows] = _rough_scores(asking, rows, weights)
    return asking.index.best(rows, scores, CANDIDATES)


def _rough_scores(asking: Asking, rows: Ints, weights: Weights) -> Floats:
    """Add up the weightiest features; each is a table look-up or one pass over the rows."""
    index, scores = asking.index, np.zeros(len(rows))
    if len(asking.query.ids):
        similarities = index.texts.scores(asking.query)[rows]
        scores += weights.of("text")[0] * measured.text(similarities)
    for name in ("cause", "skill", "closeness", "freshness"):
        weight, neutral = weights.of(name)
        values = measured.BY_NAME[name](index.rows, rows, asking.person, asking.at)
        scores += weight * np.where(np.isnan(values), neutral, values)
    return scores
