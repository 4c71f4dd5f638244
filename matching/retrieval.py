"""Candidates: the eligible openings that are worth measuring exactly; where few are eligible, all of them.

The best under a rough score of all that the model measures (`matching.ground`); and where exposure is spread
(`matching.spread`), the best by that score with the most that exposure could add.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from matching.arrays import Array, Ints
from matching.asking import Asking
from matching.ground import Ground
from matching.index import Index
from matching.model import Model
from matching.order import best_first, contenders
from matching.profiles import Person

#: So many are measured exactly without a rough look; and so many are kept after one.
MEASURED_AT_ONCE, CANDIDATES = 150, 96

#: So many people are asked for together at most, and those of no wider circles than so many kilometres.
GROUP = 96
CIRCLES_KM = (30.0, 100.0)
_BANDS = 10  # of each degree

Cell = tuple[float, ...]


def candidates(asking: Asking, model: Model, *, spread: float = 0.0, most: int = CANDIDATES) -> Ints:
    """Choose for one person; ties by need id, so that equal indexes choose alike."""
    return candidates_of([asking], model, spread=spread, most=most)[0]


def candidates_of(
    askings: Sequence[Asking], model: Model, *, spread: float = 0.0, most: int = CANDIDATES
) -> list[Ints]:
    """Choose for several people who ask one index at one moment: for each what they would get alone."""
    ground = Ground(askings, model, spread=spread)
    found = []
    for number, asking in enumerate(askings):
        places = np.flatnonzero(ground.eligible(asking.person))
        if len(places) > max(most, MEASURED_AT_ONCE):
            scores = ground.rough_scores(number, asking).take(places)
            places = _best(ground, places, scores, most, asking.index)
        found.append(ground.rows.take(places))
    return found


def _best(ground: Ground, places: Ints, scores: Array, most: int, index: Index) -> Ints:
    """Keep the best places."""
    if ground.exposure is None:
        return _first(ground, places, scores, most, index)
    exposed = scores + ground.exposure.take(places)
    kinds = (_first(ground, places, one, most // 2, index) for one in (scores, exposed))
    return np.union1d(*kinds)


def _first(ground: Ground, places: Ints, scores: Array, limit: int, index: Index) -> Ints:
    some = contenders(scores, limit)
    if len(some) > limit:  # equals, of which only some can be kept
        order = best_first(scores.take(some), index.tie_breakers(ground.rows.take(places.take(some))))
        some = some.take(order[:limit])
    return places.take(some)


def cell_of(person: Person) -> Cell:
    """Say among whom a person is asked for, and in what order: by size of circle, by degree, by band."""
    if person.latitude is None or person.longitude is None:
        return (math.inf, 0.0, 0.0, 0.0, 0.0)
    latitude, longitude = person.latitude, person.longitude
    circle = sum(person.radius_km > km for km in CIRCLES_KM)
    return (circle, round(latitude), round(longitude), round(latitude * _BANDS), longitude)


def groups_of(people: Sequence[Person]) -> list[list[int]]:
    """Put people's numbers in groups of those who are near each other."""
    cells = [cell_of(one) for one in people]
    groups: list[list[int]] = []
    last: Cell = ()
    for one in sorted(range(len(people)), key=cells.__getitem__):
        square = cells[one][:3]
        if square != last or len(groups[-1]) == GROUP:
            groups.append([])
        groups[-1].append(one)
        last = square
    return groups
