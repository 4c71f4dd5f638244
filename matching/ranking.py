"""Which needs to propose to a volunteer, best first, and why: eligible, retrieved, scored, told.

A pure function of the person, the openings, the model and the time: the same always gives the
same list, whatever the history of the index. No library beyond NumPy and SciPy is imported here.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np

from matching.arrays import Array, Floats, Ints
from matching.asking import Asking, askings_of, features_of, held_by
from matching.facts import pairs_of_all
from matching.index import Index
from matching.merits import prices_told
from matching.model import Model, chance_of, rule_model
from matching.order import best_first
from matching.profiles import Person
from matching.reasons import Reason, largest_first, reasons_of
from matching.retrieval import candidates, candidates_of, groups_of
from matching.spread import attention_of, floors_of, terms_of
from matching.text import Held

#: More needs of one organisation than this wait until the others' needs have been listed.
MOST_OF_ONE_ORGANISATION = 3


class Match(NamedTuple):
    """A need for a volunteer: how well it suits, and what speaks for it and against it.

    `utility` is on the scale of log-odds (`matching.model`) and `score` the chance that belongs to it, from
    0 to 1. `contributions` holds what each of the model's features added: with its base they add up to the
    utility. `features` are the features as they were; None is unknown. `exposure` is what fair exposure
    added to the utility when the list was put in order (`matching.spread`): 0 where it was not spread.
    """

    need_id: UUID
    score: float
    utility: float
    reasons: tuple[Reason, ...]
    contributions: tuple[float, ...]
    features: tuple[float | None, ...]
    exposure: float = 0.0


def rank(
    person: Person,
    index: Index,
    model: Model | None = None,
    *,
    at: datetime,
    limit: int = 20,
    spread: float = 0.0,
) -> list[Match]:
    """List the best needs for a person at a moment, in the order in which they are to be shown.

    That is by utility, equals by need id, but for needs of an organisation that is on the list three times
    already: they come after those of the others. Without a model the rules rank. With `spread`, a dial from 0
    to 1, the order behind the first need is that of utility + `exposure`, in which needs come up that would
    be left alone (`matching.spread`).
    """
    model = model or rule_model()
    with index.lock:
        asking = Asking.of(person, index, at)
        rows = candidates(asking, model, spread=spread)
        return _listed([asking], [rows], model, limit=limit, spread=spread)[0]


def rank_many(
    people: Sequence[Person],
    index: Index,
    model: Model | None = None,
    *,
    at: datetime,
    limit: int = 20,
    spread: float = 0.0,
) -> list[list[Match]]:
    """List the best needs for many people: exactly what `rank` gives each of them, in a fraction of the time.

    Those who are near each other are asked for together (`matching.ground`). The lock is held for one
    such group at a time: what changes meanwhile counts for those who come later.
    """
    model = model or rule_model()
    found: list[list[Match]] = [[] for _ in people]
    with without_collecting():
        for group in groups_of(people):
            with index.lock:
                askings = askings_of([people[one] for one in group], index, at)
                rows = candidates_of(askings, model, spread=spread)
                lists = _listed(askings, rows, model, limit=limit, spread=spread)
            for one, matches in zip(group, lists, strict=True):
                found[one] = matches
    return found


@contextmanager
def without_collecting() -> Iterator[None]:
    """Have no garbage looked for: lists are thousands of small things that hold each other in no ring.

    Who is done with the lists before this ends saves that they are ever looked through.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def consider(
    person: Person, index: Index, need_id: UUID, model: Model | None = None, *, at: datetime
) -> Match:
    """Say how well one need suits a person, whether or not it would be proposed; KeyError: not here."""
    model = model or rule_model()
    with index.lock:
        asking, rows = Asking.of(person, index, at), np.array([index.row_of(need_id)])
        measured = _measured([asking], [rows], model)
        (match,) = _matches([asking], measured, [np.zeros(1, np.int64)], np.zeros(1), [set()])[0]
        return match


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a model makes of several people's candidates: one person's after another's."""

    rows: Ints
    ends: list[int]
    held: list[Held]
    features: Floats
    added: Floats
    utilities: Floats

    def parts(self, values: Array) -> list[Array]:
        """Cut values, one for each candidate, into those of each person."""
        return [values[begin:end] for begin, end in zip([0, *self.ends], self.ends, strict=False)]


def _measured(askings: Sequence[Asking], rows: Sequence[Ints], model: Model) -> _Measured:
    held = held_by(askings, rows)
    features = features_of(askings, rows, held)
    added = model.contributions(features)
    ends: list[int] = np.cumsum([len(some) for some in rows]).tolist()
    return _Measured(np.concatenate(rows), ends, held, features, added, model.base + added.sum(axis=1))


def _listed(
    askings: Sequence[Asking], rows: Sequence[Ints], model: Model, *, limit: int, spread: float
) -> list[list[Match]]:
    """Put several people's candidates in order, and tell of each list's needs."""
    index, measured = askings[0].index, _measured(askings, rows, model)
    own = measured.parts(measured.utilities)
    ids = zip(*(measured.parts(one) for one in index.tie_breakers(measured.rows)), strict=True)
    relevant = [best_first(utilities, some) for utilities, some in zip(own, ids, strict=True)]
    organisations = measured.parts(index.rows["organisation"].take(measured.rows))
    terms = _terms(index, measured, relevant, limit=limit, spread=spread)
    chosen, moved = [], []
    of_each = zip(own, relevant, organisations, measured.parts(terms), strict=True)
    for utilities, falling, there, added in of_each:
        by_relevance = _organisations_in_turn(falling, there, limit)
        if spread > 0:
            behind = falling[1:]
            spreading = behind[np.argsort(-(utilities + added)[behind], kind="stable")]
            order = _organisations_in_turn(np.concatenate([falling[:1], spreading]), there, limit)
            chosen.append(order)
            moved.append(_moved_up(order, by_relevance, utilities, added))
        else:
            chosen.append(by_relevance)
            moved.append(set())
    return _matches(askings, measured, [np.array(some, np.int64) for some in chosen], terms, moved)


def _terms(
    index: Index, measured: _Measured, relevant: Sequence[Ints], *, limit: int, spread: float
) -> Floats:
    """Say what spreading exposure adds to each utility; the most relevant need stays first all the same."""
    if spread <= 0:
        return np.zeros(len(measured.rows))
    worth = prices_told(index.rows, measured.rows, spread)
    utilities, values = (
        [one.take(falling) for one, falling in zip(measured.parts(all_of_them), relevant, strict=True)]
        for all_of_them in (measured.utilities, worth)
    )
    floors = floors_of(utilities, values, attention_of(limit))
    return terms_of(worth, np.repeat(floors, np.diff(measured.ends, prepend=0)))


def _moved_up(chosen: list[int], relevant: list[int], utilities: Floats, terms: Floats) -> set[int]:
    """Say which needs stand higher than by relevance alone, and would not without their own term."""
    before, moved = {one: place for place, one in enumerate(relevant)}, set()
    left_out = list(before.keys() - set(chosen))
    spread = utilities + terms
    best_behind = spread.take(left_out).max(initial=-np.inf)
    for place, one in reversed(list(enumerate(chosen))):
        higher = place < before.get(one, len(chosen))
        if place and terms[one] > 0 and higher and utilities[one] < best_behind:
            moved.add(one)
        best_behind = max(best_behind, spread[one])
    return moved


def _organisations_in_turn(order: Ints, organisations: Ints, limit: int) -> list[int]:
    """Cut the list to its limit, needs beyond an organisation's third behind all others."""
    seen: Counter[int] = Counter()
    first: list[int] = []
    behind: list[int] = []
    for one, organisation in zip(order.tolist(), organisations.take(order).tolist(), strict=True):
        seen[organisation] += 1
        (first if seen[organisation] <= MOST_OF_ONE_ORGANISATION else behind).append(one)
        if len(first) == limit:
            break
    return [*first, *behind][:limit]


def _matches(
    askings: Sequence[Asking],
    measured: _Measured,
    chosen: Sequence[Ints],
    terms: Floats,
    moved: Sequence[set[int]],
) -> list[list[Match]]:
    """Tell of all lists' needs together: asking NumPy for one at a time would take the longest."""
    places = np.concatenate([begin + some for begin, some in zip([0, *measured.ends], chosen, strict=False)])
    utilities, index = measured.utilities.take(places), askings[0].index
    rows = [some.take(own) for some, own in zip(measured.parts(measured.rows), chosen, strict=True)]
    held = [some.ids_in(own) for some, own in zip(measured.held, chosen, strict=True)]
    is_moved = [one in some for some, own in zip(moved, chosen, strict=True) for one in own.tolist()]
    added = measured.added.take(places, axis=0)
    told = zip(
        index.need_ids_of(measured.rows.take(places)),
        pairs_of_all(askings, rows, held),
        chance_of(utilities).tolist(),
        utilities.tolist(),
        added.tolist(),
        largest_first(added),
        _with_none(measured.features.take(places, axis=0)),
        terms.take(places).tolist(),
        is_moved,
        strict=True,
    )
    matches = []
    for need_id, pair, score, utility, parts, order, values, term, is_higher in told:
        reasons = reasons_of(pair, parts, order)
        matches.append(
            Match(
                need_id,
                score,
                utility,
                _with_exposure(reasons, term) if is_higher else reasons,
                tuple(parts),
                tuple(values),
                term,
            )
        )
    ends = np.cumsum([len(own) for own in chosen]).tolist()
    return [matches[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


def _with_none(features: Floats) -> list[list[float | None]]:
    """Give numbers row by row, and None for what is unknown."""
    values = features.astype(object)
    values[np.isnan(features)] = None
    rows: list[list[float | None]] = values.tolist()
    return rows


def _with_exposure(reasons: tuple[Reason, ...], term: float) -> tuple[Reason, ...]:
    """Tell among what speaks for a need that nobody has come yet, with exactly what that added."""
    told_for = [*(one for one in reasons if one.weight > 0), Reason("no_volunteer_yet", term, {})]
    told_for.sort(key=lambda one: -one.weight)
    return (*told_for, *(one for one in reasons if one.weight <= 0))
