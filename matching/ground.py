"""What several people who are near each other look at: rows, rules, and rough scores.

What would be read again for each person is read once for all: the rows near any of them, the rules that ask
nothing of a person, and the products of their words' meanings with all these rows, as products of matrices.
What a person is left with does not depend on who else is there (I-24): sums are either of whole numbers, and
exact, or made row by row.

Roughly means: a feature's values are cut into cells, what a cell adds is worked out once, and all rows look
it up. A cell's middle is a few thousandths off; the order in the end is by exact scores.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache

import numpy as np

from matching import features as measured
from matching import rules
from matching.arrays import Array, Bools, Floats, Ints
from matching.asking import Asking
from matching.distances import EARTH_KM, kilometres, squared_chord
from matching.eligibility import RULES, chords_from
from matching.merits import Measure, exposure_of, merits_of
from matching.model import Model
from matching.part import Part, near_any
from matching.profiles import Person
from matching.rows import day_number
from matching.taste import likeness, shares_of, taste_of_causes
from matching.times import ALL_SLOTS

_OF_THE_NEED = ("unverified", "closed", "full", "unpublished", "expired", "over")
#: Cells of similarity, of distance up to the radius, of likeness to what was answered, of slots in common.
_SIMILARITIES, _DISTANCES, _TASTES, _SLOTS = 512, 512, 256, 22


class Ground:
    """The rows near any of some people who ask one index at one moment, as far as anybody may be asked."""

    def __init__(self, askings: Sequence[Asking], model: Model, *, spread: float) -> None:
        """Read what all of them look at."""
        first = askings[0]
        self._index, self._at, self._model = first.index, first.at, model
        near = near_any(self._index.rows, [one.person for one in askings])
        mask = near["alive"]
        for code in _OF_THE_NEED:
            mask = mask & RULES[code](near, first.person, self._at)
        self._known: dict[object, Array] = {}
        self._look_at(near if mask.all() else near.only(mask))
        self._read_ages(is_worth_it=len(askings) > 1)
        self._is_for_one = len(askings) == 1
        if self._is_for_one:  # what is not for them need not be looked at any further
            self._look_at(self._part.only(self._passing(first.person)))
            self._known.clear()
        self._causes, self._skills = (self._part[name].astype(np.intp) for name in ("causes", "skills"))
        self._timed = ((self._part["slots"] != 0) & (self._part["slots"] != ALL_SLOTS)).astype(np.float32)
        self._merits = self._kept("merits", merits_of(model, self._at))
        #: The most that exposure could add to each row, where it is spread.
        self.exposure = self._kept("exposure", exposure_of(spread)) if spread > 0 else None
        self._words = self._index.texts.beside(self.rows, [one.query for one in askings])

    def _look_at(self, part: Part) -> None:
        self._part, self.rows = part, part.numbers()
        self._somewhere = np.flatnonzero(part["location"] != rules.REMOTE_TYPE)
        self._places = Part(self._index.rows, self.rows.take(self._somewhere))

    def _kept(self, name: str, told: tuple[Hashable, Measure]) -> Array:
        return self._index.kept(name, *told).take(self.rows)

    def _read_ages(self, *, is_worth_it: bool) -> None:
        """Number the different demands of age, which are far fewer than rows, where several people ask."""
        self._today = day_number(self._at.date())
        least, most, starts = (self._part[name] for name in ("minimum_age", "maximum_age", "start_day"))
        self._ages: tuple[Array, Array, Array] = (least, most, starts)
        self._age_of: Ints | None = None
        if is_worth_it:
            least, most, starts = (one.astype(np.int64) for one in self._ages)
            half = 1 << 16
            keys = (np.maximum(starts, self._today) * half + least + half // 2) * half + most + half // 2
            _, first, self._age_of = np.unique(keys, return_index=True, return_inverse=True)
            self._ages = least[first], most[first], starts[first]

    def eligible(self, person: Person) -> Bools:
        """Mark, among `rows`, what may be proposed to one of the people."""
        return np.ones(len(self.rows), bool) if self._is_for_one else self._passing(person)

    def _passing(self, person: Person) -> Bools:
        born = rules.UNSAID_DAY if person.birth_date is None else day_number(person.birth_date)
        least, most, starts = self._ages
        mask = rules.are_of_age(born, least, most, starts, self._today)
        if self._age_of is not None:
            mask = np.asarray(mask.take(self._age_of))
        if person.languages:
            mask &= self._once("language", person, person.languages)
        if person.location_types:
            mask &= self._once("location_type", person, person.location_types)
        if person.slots:
            mask &= RULES["wrong_time"](self._part, person, self._at)
        if person.latitude is not None:
            mask[self._somewhere] &= RULES["too_far"](self._places, person, self._at)
        if person.answered:
            mask &= ~np.isin(self.rows, self._index.rows_of(person.answered))
        return mask

    def _once(self, code: str, person: Person, said: object) -> Bools:
        """Ask a rule once of all who said the same."""
        known = self._known.get((code, said))
        if known is None:
            known = self._known[code, said] = RULES[code](self._part, person, self._at)
        return known

    def rough_scores(self, number: int, asking: Asking) -> Array:
        """Add up what the model makes of each row, by cells, for the person of this number among all."""
        person, model, columns = asking.person, self._model, self._index.rows
        scores = self._merits.copy()
        if asking.query.says_something:
            likeness = self._words.likeness(number, asking.query)
            likeness *= np.float32(_SIMILARITIES)
            scores += _text_cells(model).take(likeness.astype(np.intp))
        scores += _added("cause", measured.cause_of_sets(columns, person), model).take(self._causes)
        scores += _added("skill", measured.skill_of_sets(columns, person), model).take(self._skills)
        scores += self._language(person)
        if person.slots:
            cells = np.bitwise_count(self._part["slots"] & np.int32(person.slots))
            in_common = _time_cells(model).take(cells)
            in_common *= self._timed
            scores += in_common
        if person.latitude is not None:
            remote, beyond = _distance_table(model, person.radius_km)
            scores += remote
            scores[self._somewhere] += beyond.take(self._distance_cells(person))
        for name, taste in (("like_accepted", person.accepted), ("unlike_declined", person.declined)):
            if taste.needs:
                table = _added(name, np.append(_middles(_TASTES), np.nan), model)
                scores += table.take(self._taste_cells(asking, name))
        return scores

    def _language(self, person: Person) -> Array:
        """Give what reading a need's language adds; once for all who read the same."""
        values = measured.reads(self._index.rows, person)
        key = ("reads", values.tobytes())
        known = self._known.get(key)
        if known is None:
            table = _added("language", values, self._model)
            known = self._known[key] = table.take(self._part["text_language"], mode="wrap")
        return known

    def _is_of(self, organisations: Sequence[int]) -> Bools:
        """Mark the rows of some organisations, of which there are few."""
        column, mask = self._part["organisation"], np.zeros(len(self.rows), bool)
        for number in organisations:
            mask |= column == number
        return mask

    def _distance_cells(self, person: Person) -> Ints:
        squared = chords_from(self._places, person)
        per_chord = _DISTANCES / max(np.sqrt(squared_chord(person.radius_km)), 1e-3 / EARTH_KM)
        cells: Ints = np.fmin(np.sqrt(squared) * per_chord, _DISTANCES + 1.0).astype(np.int64)
        return cells

    def _taste_cells(self, asking: Asking, name: str) -> Ints:
        """Give the cells of a feature of taste; of what nobody knows the last one."""
        person, rows = asking.person, self._index.rows
        taste = person.accepted if name == "like_accepted" else person.declined
        # All but the few organisations that were answered are alike but for their causes.
        by_cause = taste_of_causes(rows, taste)
        alike = np.where(np.isnan(by_cause), _TASTES + 1.0, _side(name, by_cause) * _TASTES).astype(np.int64)
        cells: Ints = alike.take(self._causes)
        there = np.flatnonzero(self._is_of([one for one, _ in shares_of(rows, taste)]))
        values = _side(name, likeness(rows, self.rows.take(there), taste))
        cells[there] = (values * _TASTES).astype(np.int64)
        return cells


def _side(name: str, alike: Floats) -> Floats:
    """Give the feature of a likeness: what is like the accepted, or unlike the declined."""
    return alike if name == "like_accepted" else 1 - alike


def _middles(cells: int) -> Floats:
    """Give the middle of each cell of 0 to 1; 1 itself has one, too."""
    return np.minimum((np.arange(cells + 1) + 0.5) / cells, 1.0)


def _added(name: str, values: Floats, model: Model) -> Array:
    """Give what the model adds for each of a feature's values, other features aside."""
    if name not in model.names:
        return np.zeros(len(values), np.float32)
    return model.lookups.added_alone(model.names.index(name), values).astype(np.float32)


@lru_cache(maxsize=4)
def _text_cells(model: Model) -> Array:
    return _added("text", measured.text(_middles(_SIMILARITIES)), model)


@lru_cache(maxsize=4)
def _time_cells(model: Model) -> Array:
    """Give what so many slots in common add, against saying nothing of its time."""
    told = _added("time", np.append(1 - 0.5 ** np.arange(_SLOTS), np.nan), model)
    more: Array = (told - told[_SLOTS])[:_SLOTS]
    return more


@lru_cache(maxsize=64)
def _distance_table(model: Model, radius_km: float) -> tuple[np.float32, Array]:
    """Give what is added for what is remote, and what more for each cell of distance and an unknown place."""
    distances = kilometres(_middles(_DISTANCES) ** 2 * squared_chord(radius_km))
    values = np.append(measured.closeness_of(distances, radius_km), [np.nan, measured.REMOTE_CLOSENESS])
    *cells, remote = _added("closeness", values, model)
    return remote, np.array(cells) - remote
