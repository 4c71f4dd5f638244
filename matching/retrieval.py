"""Candidates: the few hundred of the eligible openings that are worth measuring exactly.

The best by words, by causes and skills, by closeness, by freshness and by the person's own answers, under
a rough score of these with the ranking's own weights; where few are eligible, all of them.

Roughly means: each feature's values are cut into cells, what a cell adds is worked out once, and all rows
look it up. A cell's middle is a few thousandths off; the order in the end is by exact scores.
"""

from __future__ import annotations

import numpy as np

from matching import features as measured
from matching.arrays import Array, Floats, Ints
from matching.asking import Asking
from matching.distances import EARTH_KM, kilometres, squared_chord
from matching.eligibility import chords_from
from matching.model import Model
from matching.profiles import LOCATION_TYPES, REMOTE
from matching.rows import HOUR, microseconds

#: So many are measured exactly without a rough look; and so many are kept after one.
MEASURED_AT_ONCE, CANDIDATES = 300, 200

_REMOTE = LOCATION_TYPES.index(REMOTE)
#: Cells of similarity, of distance from 0 to the radius, of hours since publication, and of likeness to what
#: was answered.
_SIMILARITIES, _DISTANCES, _HOURS, _TASTES = 512, 512, 24 * 120, 256


def candidates(asking: Asking, rows: Ints, model: Model) -> Ints:
    """Choose of the eligible rows; ties by need id, so that equal indexes choose alike."""
    if len(rows) <= MEASURED_AT_ONCE:
        return rows
    return asking.index.best(rows, rough_scores(asking, rows, model), CANDIDATES)


def rough_scores(asking: Asking, rows: Ints, model: Model) -> Array:
    """Add up the weightiest features, by cells."""
    index, person = asking.index, asking.person
    scores = np.zeros(len(rows), np.float32)
    if asking.query.says_something:
        cells = (index.texts.scores(asking.query, rows) * _SIMILARITIES).astype(np.int32)
        scores += _added("text", measured.text(_middles(_SIMILARITIES)), model)[cells]
    scores += _added("cause", measured.cause_of_sets(index.rows, person), model)[index.rows["causes"][rows]]
    scores += _added("skill", measured.skill_of_sets(index.rows, person), model)[index.rows["skills"][rows]]
    if person.latitude is not None:
        scores += _added("closeness", _closeness(asking), model)[_distance_cells(asking, rows)]
    for name, taste in (("like_accepted", person.accepted), ("unlike_declined", person.declined)):
        if taste.needs:
            scores += _added(name, np.append(_middles(_TASTES), np.nan), model)[
                _taste_cells(asking, rows, name)
            ]
    return scores + _added("freshness", _freshness(), model)[_hour_cells(asking, rows)]


def _middles(cells: int) -> Floats:
    """Give the middle of each cell of 0 to 1; 1 itself has one, too."""
    return np.minimum((np.arange(cells + 1) + 0.5) / cells, 1.0)


def _added(name: str, values: Floats, model: Model) -> Array:
    """Give what the model adds for each of a feature's values, other features aside."""
    if name not in model.names:
        return np.zeros(len(values), np.float32)
    return model.lookups.added_alone(model.names.index(name), values).astype(np.float32)


def _closeness(asking: Asking) -> Floats:
    """Give the closeness of each cell of distance; then of what is remote, and of an unknown place."""
    radius_km = asking.person.radius_km
    distances = kilometres(_middles(_DISTANCES) ** 2 * squared_chord(radius_km))
    return np.append(measured.closeness_of(distances, radius_km), [measured.REMOTE_CLOSENESS, np.nan])


def _distance_cells(asking: Asking, rows: Ints) -> Array:
    squared = chords_from(asking.index.rows, asking.person, rows)
    per_chord = _DISTANCES / max(np.sqrt(squared_chord(asking.person.radius_km)), 1e-3 / EARTH_KM)
    cells: Array = np.fmin(np.sqrt(squared) * per_chord, _DISTANCES + 2.0).astype(np.int32)
    cells[asking.index.rows["location"][rows] == _REMOTE] = _DISTANCES + 1
    return cells


def _taste_cells(asking: Asking, rows: Ints, name: str) -> Array:
    """Give the cells of a feature of taste; of what nobody knows the last one."""
    values = measured.BY_NAME[name](asking.index.rows, rows, asking.person, asking.at)
    cells: Array = np.where(np.isnan(values), _TASTES + 1.0, values * _TASTES).astype(np.int32)
    return cells


def _freshness() -> Floats:
    """Give the freshness of each full hour; then of all that is older, and of what nobody knows."""
    return np.append(measured.freshness_of(np.arange(_HOURS) / 24), [0.0, np.nan])


def _hour_cells(asking: Asking, rows: Ints) -> Array:
    published = asking.index.rows["published_hour"][rows]
    hours: Array = np.clip(microseconds(asking.at, 0) // HOUR - published, 0, _HOURS)
    hours[published < 0] = _HOURS + 1
    return hours
