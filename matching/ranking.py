"""Which needs to propose to a volunteer, best first, and why: eligible, retrieved, scored, told.

A pure function of the person, the openings, the model and the time: the same always gives the
same list, whatever the history of the index. No library beyond NumPy and SciPy is imported here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from math import isnan
from uuid import UUID

import numpy as np

from matching.arrays import Floats, Ints
from matching.asking import Asking
from matching.index import Index
from matching.model import Model, chance_of, rule_model
from matching.order import best_first
from matching.profiles import Person
from matching.reasons import Reason, pairs_of, reasons_of
from matching.retrieval import candidates
from matching.spread import LARGEST_WEIGHT, arrange, attention_of, terms_of, worth_of

#: More needs of one organisation than this wait until the others' needs have been listed.
MOST_OF_ONE_ORGANISATION = 3


@dataclass(frozen=True, slots=True)
class Match:
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
        rows = candidates(asking, index.eligible_rows(person, at=at), model)
        features = asking.features(rows)
        added = model.contributions(features)
        utilities = model.base + added.sum(axis=1)
        relevant = best_first(utilities, index.tie_breakers(rows))
        order, terms = _spread(index, rows, utilities, relevant, limit=limit, spread=spread)
        organisations = index.rows["organisation"][rows]
        chosen = _organisations_in_turn(order, organisations, limit)
        moved: set[int] = set()
        if spread > 0:
            by_relevance = _organisations_in_turn(relevant, organisations, limit)
            moved = _moved_up(chosen, by_relevance, utilities, terms)
        return _matches(
            asking,
            rows[chosen],
            utilities[chosen],
            added[chosen],
            features[chosen],
            terms=terms[chosen],
            moved=[one in moved for one in chosen],
        )


def consider(
    person: Person, index: Index, need_id: UUID, model: Model | None = None, *, at: datetime
) -> Match:
    """Say how well one need suits a person, whether or not it would be proposed; KeyError: not here."""
    model = model or rule_model()
    with index.lock:
        asking, rows = Asking.of(person, index, at), np.array([index.row_of(need_id)])
        features = asking.features(rows)
        added = model.contributions(features)
        utilities = model.base + added.sum(axis=1)
        (match,) = _matches(asking, rows, utilities, added, features, terms=np.zeros(1), moved=[False])
        return match


def _spread(
    index: Index, rows: Ints, utilities: Floats, relevant: Ints, *, limit: int, spread: float
) -> tuple[Ints, Floats]:
    """Give the order in which exposure is spread, and what that adds to each utility.

    The most relevant need stays first. A need that no night has priced yet counts as one to which nobody
    would come.
    """
    if spread <= 0:
        return relevant, np.zeros(len(rows))
    told = index.rows["price"][rows].astype(np.float64)
    prices = np.where(np.isnan(told), LARGEST_WEIGHT * spread, told)
    worth = worth_of(prices, index.rows["accepted"][rows] == 0)
    floor = arrange(utilities[relevant], worth[relevant], attention_of(limit)).floor
    terms = terms_of(worth, floor)
    behind = relevant[1:]
    falling = np.argsort(-(utilities + terms)[behind], kind="stable")
    return np.concatenate([relevant[:1], behind[falling]]), terms


def _moved_up(chosen: list[int], relevant: list[int], utilities: Floats, terms: Floats) -> set[int]:
    """Say which needs stand higher than by relevance alone, and would not without their own term."""
    before, moved = {one: place for place, one in enumerate(relevant)}, set()
    left_out = list(before.keys() - set(chosen))
    best_behind = (utilities + terms)[left_out].max(initial=-np.inf)
    for place, one in reversed(list(enumerate(chosen))):
        higher = place < before.get(one, len(chosen))
        if place and terms[one] > 0 and higher and utilities[one] < best_behind:
            moved.add(one)
        best_behind = max(best_behind, utilities[one] + terms[one])
    return moved


def _organisations_in_turn(order: Ints, organisations: Ints, limit: int) -> list[int]:
    """Cut the list to its limit, needs beyond an organisation's third behind all others."""
    seen: Counter[int] = Counter()
    first: list[int] = []
    behind: list[int] = []
    for one, organisation in zip(order.tolist(), organisations[order].tolist(), strict=True):
        seen[organisation] += 1
        (first if seen[organisation] <= MOST_OF_ONE_ORGANISATION else behind).append(one)
        if len(first) == limit:
            break
    return [*first, *behind][:limit]


def _matches(
    asking: Asking,
    rows: Ints,
    utilities: Floats,
    added: Floats,
    features: Floats,
    *,
    terms: Floats,
    moved: list[bool],
) -> list[Match]:
    """Tell some rows together: asking NumPy for one number at a time would take longer than all the rest."""
    scores, numbers, exposure = chance_of(utilities).tolist(), utilities.tolist(), terms.tolist()
    contributions, values = added.tolist(), features.tolist()
    matches = []
    for one, pair in enumerate(pairs_of(asking, rows)):
        reasons = reasons_of(pair, contributions[one])
        matches.append(
            Match(
                need_id=asking.index.need_id(pair.row),
                score=scores[one],
                utility=numbers[one],
                reasons=_with_exposure(reasons, exposure[one]) if moved[one] else reasons,
                contributions=tuple(contributions[one]),
                features=tuple([None if isnan(value) else value for value in values[one]]),
                exposure=exposure[one],
            )
        )
    return matches


def _with_exposure(reasons: tuple[Reason, ...], term: float) -> tuple[Reason, ...]:
    """Tell among what speaks for a need that nobody has come yet, with exactly what that added."""
    told_for = [*(one for one in reasons if one.weight > 0), Reason("no_volunteer_yet", term)]
    told_for.sort(key=lambda one: -one.weight)
    return (*told_for, *(one for one in reasons if one.weight <= 0))
