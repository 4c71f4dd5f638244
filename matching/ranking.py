"""Which needs to propose to a volunteer, best first, and why: eligible, retrieved, scored, told.

A pure function of the person, the openings, the weights and the time: the same always gives the
same list, whatever the history of the index. No library beyond NumPy and SciPy is imported here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from matching.arrays import Floats, Ints
from matching.asking import Asking
from matching.index import Index
from matching.order import best_first
from matching.profiles import Person
from matching.reasons import Pair, Reason, pairs_of, reasons_of
from matching.retrieval import candidates
from matching.scoring import contributions
from matching.weights import Weights, rule_weights

#: More needs of one organisation than this wait until the others' needs have been listed.
MOST_OF_ONE_ORGANISATION = 3


@dataclass(frozen=True, slots=True)
class Match:
    """A need for a volunteer: its score from 0 to 1, and what speaks for it and against it.

    `contributions` holds what each of `matching.features.FEATURES` added; with the weights' base
    they add up to the score.
    """

    need_id: UUID
    score: float
    reasons: tuple[Reason, ...]
    contributions: tuple[float, ...]


def rank(
    person: Person,
    index: Index,
    weights: Weights | None = None,
    *,
    at: datetime,
    limit: int = 20,
) -> list[Match]:
    """List the best needs for a person at a moment, best first, equals by need id.

    The list is in order of score, but for needs of an organisation that is on it three times
    already: they come after those of the others.
    """
    weights = weights or rule_weights()
    with index.lock:
        asking = Asking.of(person, index, at)
        rows = candidates(asking, index.eligible(person, at=at), weights)
        added = contributions(weights, asking.features(rows))
        scores = weights.base + added.sum(axis=1)
        order = best_first(scores, index.tie_breakers(rows))
        chosen = _organisations_in_turn(order, index.rows["organisation"][rows], limit)
        pairs = pairs_of(asking, rows[chosen])
        return [_match(pair, scores[one], added[one]) for pair, one in zip(pairs, chosen, strict=True)]


def _organisations_in_turn(order: Ints, organisations: Ints, limit: int) -> list[int]:
    """Cut the list to its limit, needs beyond an organisation's third behind all others."""
    seen: Counter[int] = Counter()
    first: list[int] = []
    behind: list[int] = []
    for one in order.tolist():
        organisation = int(organisations[one])
        seen[organisation] += 1
        (first if seen[organisation] <= MOST_OF_ONE_ORGANISATION else behind).append(one)
        if len(first) == limit:
            break
    return [*first, *behind][:limit]


def _match(pair: Pair, score: float, added: Floats) -> Match:
    need_id = pair.asking.index.need_id(pair.row)
    return Match(need_id, float(score), reasons_of(pair, added), tuple(added.tolist()))
