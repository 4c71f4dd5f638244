"""The policies that are compared: what others do, ours, and what could be done if tastes were known."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from matching.arrays import Floats, Ints
from matching.simulation.market import Market, Policy, Visit
from matching.spread import (
    KEEP,
    LARGEST_WEIGHT,
    SLOTS,
    Forecast,
    Sample,
    Standing,
    arrange,
    choose_weight,
    replay,
    worth_of,
)

#: SmartSort's decay for each acceptance of the last week; see docs/spread.md on how it was chosen.
DECAY = 0.65
#: The dial of ours, from 0 to 1; see docs/spread.md on how it was chosen.
SPREAD = 0.3
_REPLAYED = 200
#: Prices move a little each night, so few rounds are enough.
_ROUNDS = 2
_DAYS_BETWEEN_CHOICES = 10


def _top(scores: Floats) -> Ints:
    """Give the places of the highest scores, falling, equals in the order given."""
    if len(scores) > SLOTS:
        least = np.partition(scores, len(scores) - SLOTS)[len(scores) - SLOTS]
        some = np.flatnonzero(scores >= least)
        return some[np.argsort(-scores[some], kind="stable")][:SLOTS]
    return np.argsort(-scores, kind="stable")


class Relevance(Policy):
    """What suits the volunteer best, by estimates and the need's quality: the strongest without spreading."""

    name = "relevance"

    def order(self, market: Market, visit: Visit) -> Ints:
        """Order by utility."""
        return _top(visit.utilities)


class Popularity(Policy):
    """What most have taken, where places are left; of equals what suits better."""

    name = "popularity"

    def order(self, market: Market, visit: Visit) -> Ints:
        """Order by acceptances so far."""
        return _top(market.accepted[visit.needs] + 1e-3 * visit.utilities)


class SmartSort(Policy):
    """Relevance with a penalty for each acceptance of the last week: log a + k·log ρ.

    After Manshadi, Rodilitz, Saban and Suresh (SSRN 4497747); the field's exact decay is not public.
    """

    name = "smartsort"

    def __init__(self, decay: float = DECAY) -> None:
        """Take ρ, between 0 and 1."""
        self._penalty = float(np.log(decay))

    def order(self, market: Market, visit: Visit) -> Ints:
        """Order by utility less the penalty."""
        return _top(visit.utilities + self._penalty * market.taken_lately[visit.needs])


class Halfway(Policy):
    """Ours: `matching.spread`, with prices told each night by a replay of the last volunteers."""

    name = "halfway"

    def __init__(self, spread: float = SPREAD, keep: float = KEEP, weight: float | None = None) -> None:
        """Take the dial from 0 to 1; a given weight is used as it is."""
        self._most = LARGEST_WEIGHT * spread
        self._weight, self._fixed, self._keep = weight, weight is not None, keep
        self._chosen_at = -np.inf
        self._alone: Floats | None = None
        self._filled: Floats = np.zeros(0)
        self._prices: Floats = np.zeros(0)

    def utilities(self, market: Market, volunteers: Ints, needs: Ints) -> Floats:
        """Say how well needs suit volunteers, as far as this policy knows."""
        return market.estimates(volunteers, needs)

    def begin_day(self, market: Market) -> None:
        """Tell the prices anew."""
        if self._alone is None:
            self._alone, self._filled = np.ones(len(market.accepted)), np.zeros(len(market.accepted))
            self._prices = np.full(len(market.accepted), self._most if self._weight is None else self._weight)
        needs = np.flatnonzero(market.open(market.at))
        if not market.visits_so_far or not len(needs):
            return
        sample, standing = self._sample(market, needs), _standing(market, needs)
        before = Forecast(self._alone[needs], self._filled[needs], 0.0)
        if not self._fixed and market.at - self._chosen_at >= _DAYS_BETWEEN_CHOICES:
            self._chosen_at = market.at
            self._weight = choose_weight(sample, standing, self._most, keep=self._keep, before=before)[0]
        weight = self._most if self._weight is None else self._weight
        forecast = replay(sample, standing, weight, before=before, rounds=_ROUNDS)
        self._alone[needs], self._filled[needs] = forecast.left_alone, forecast.filled
        self._prices = Forecast(self._alone, self._filled, 0.0).prices(weight)

    def _sample(self, market: Market, needs: Ints) -> Sample:
        town, last = market.town, market.visits_so_far
        first = max(0, last - _REPLAYED)
        volunteers = town.who[first:last]
        possible = town.eligible[np.ix_(volunteers, needs)] & ~market.answered[np.ix_(volunteers, needs)]
        utilities = np.where(possible, self.utilities(market, volunteers, needs), -np.inf)
        numbers = np.broadcast_to(np.arange(len(needs)), utilities.shape)
        return Sample(numbers, utilities, len(volunteers) / max(market.at - town.when[first], 0.1))

    def order(self, market: Market, visit: Visit) -> Ints:
        """Arrange the list."""
        utilities = self.utilities(market, np.array([visit.volunteer]), visit.needs)[0]
        by_relevance = np.argsort(-utilities, kind="stable")
        needs = visit.needs[by_relevance]
        worth = worth_of(self._prices[needs], market.accepted[needs] == 0)
        return by_relevance[arrange(utilities[by_relevance], worth, market.attention).order]


class Oracle(Halfway):
    """Ours, if everybody's true tastes and each need's quality were known: how far knowledge would carry."""

    name = "oracle"

    def utilities(self, market: Market, volunteers: Ints, needs: Ints) -> Floats:
        """Say the truth."""
        true = market.town.utilities[np.ix_(volunteers, needs)].astype(np.float64)
        return true - market.town.world.outside


def _standing(market: Market, needs: Ints) -> Standing:
    return Standing(
        nobody_yet=market.accepted[needs] == 0,
        places_left=market.places_left[needs],
        days_left=market.town.deadline[needs] - market.at,
        others=np.zeros(len(needs)),
    )


def policies_with(spread: float = SPREAD, decay: float = DECAY) -> tuple[Callable[[], Policy], ...]:
    """Give all policies, relevance first, with the dial of ours and SmartSort's ρ where they are wanted."""
    return Relevance, Popularity, partial(SmartSort, decay), partial(Halfway, spread), partial(Oracle, spread)


POLICIES = policies_with()
