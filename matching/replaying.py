"""Recent volunteers asked again: what suits whom, and how open needs stand, for the prices of exposure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np

from matching.arrays import Floats, Ints
from matching.asking import Asking
from matching.index import Index
from matching.model import Model
from matching.order import best_first
from matching.profiles import Person
from matching.retrieval import candidates
from matching.rows import HOUR, microseconds
from matching.spread import Sample, Standing

#: So many of a volunteer's best needs can come into a list, whatever the prices.
MOST_CANDIDATES = 200
#: How far ahead is looked where a need has no end.
_FARTHEST_DAYS = 60.0
_DAY = 24 * HOUR


def sample_of(
    people: Iterable[Person], index: Index, model: Model, *, visits: float, at: datetime
) -> tuple[Sample, Ints]:
    """Ask what suits each person now; needs are numbered, and the rows of the index behind the numbers given.

    `visits` is how many lists such people look at each day. Hold the index's lock from here until the rows
    have been used.
    """
    found = [_suiting(person, index, model, at) for person in people]
    widest = max((len(rows) for rows, _ in found), default=0)
    needs, utilities = np.zeros((len(found), widest), np.int64), np.full((len(found), widest), -np.inf)
    for number, (rows, own) in enumerate(found):
        needs[number, : len(rows)], utilities[number, : len(own)] = rows, own
    open_rows = np.flatnonzero(index.rows["alive"])
    numbers = np.zeros(len(index.rows), np.int64)
    numbers[open_rows] = np.arange(len(open_rows))
    return Sample(numbers[needs], utilities, visits), open_rows


def _suiting(person: Person, index: Index, model: Model, at: datetime) -> tuple[Ints, Floats]:
    asking = Asking.of(person, index, at)
    rows = candidates(asking, model, most=MOST_CANDIDATES)
    utilities: Floats = model.base + model.contributions(asking.features(rows)).sum(axis=1)
    best = best_first(utilities, index.tie_breakers(rows))[:MOST_CANDIDATES]
    return rows[best], utilities[best]


def standing_of(index: Index, rows: Ints, *, others: float, at: datetime) -> Standing:
    """Say how needs stand: `others` come to each by other ways than lists, each day."""
    columns = index.rows
    last = np.minimum(columns["expires"][rows], columns["over"][rows])
    # In floats, for a need without an end ends at the largest number there is.
    days = (last.astype(np.float64) - microseconds(at, 0)) / _DAY
    return Standing(
        nobody_yet=columns["accepted"][rows] == 0,
        places_left=columns["places"][rows].astype(np.int64),
        days_left=np.clip(days, 0.0, _FARTHEST_DAYS),
        others=np.full(len(rows), others),
    )
