"""One run: volunteers come one after another, see the list that a policy makes, and choose or leave."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from matching.arrays import Bools, Floats, Ints
from matching.simulation.town import Town
from matching.spread import SLOTS, attention_of

#: How many acceptances' worth of doubt there is that a need is better or worse than its features say.
KAPPA = 3.0
_DAYS_REMEMBERED = 7
_JUDGED = 10
#: A slot is dead where the chance that it is chosen is below this.
_DEAD = 0.002
#: What makes a need good enough for a cascade volunteer, above the utility of taking nothing.
_GOOD_ENOUGH = 0.6

_DISCOUNTS = 1 / np.log2(np.arange(2, _JUDGED + 2))


class Policy(ABC):
    """A way to put needs in order."""

    name: str

    def begin_day(self, market: Market) -> None:
        """Do what is done at night: nothing, if a policy does not say so."""
        return

    @abstractmethod
    def order(self, market: Market, visit: Visit) -> Ints:
        """Give the places, among those that are possible, of the needs to list; at most `SLOTS`."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One volunteer at one moment: what may be listed, and how well it is thought to suit (log-odds)."""

    number: int
    volunteer: int
    at: float
    needs: Ints
    utilities: Floats


@dataclass(slots=True)
class Counted:
    """What was counted over a run, one entry a visit."""

    gained: list[float] = field(default_factory=list)
    ndcg: list[float] = field(default_factory=list)
    slots: int = 0
    dead: int = 0


class Market:
    """A town as it goes: who has come to which need, what was shown."""

    def __init__(self, town: Town) -> None:
        """Begin on the first day."""
        needs = town.world.needs
        self.town = town
        self.at = 0.0
        self.visits_so_far = 0
        self.accepted: Ints = np.zeros(needs, np.int64)
        self.places_left = town.places.copy()
        self.quality: Floats = np.zeros(needs)
        self.taken_lately: Ints = np.zeros(needs, np.int64)
        self.first_shown: Floats = np.full(needs, np.inf)
        self.answered: Bools = np.zeros(town.eligible.shape, bool)
        self.attention = attention_of(SLOTS)
        self.counted = Counted()
        self._expected: Floats = np.zeros(needs)
        self._lately: deque[tuple[float, int]] = deque()

    def open(self, at: float) -> Bools:
        """Mark the needs that take volunteers."""
        return (self.town.published <= at) & (self.town.deadline > at) & (self.places_left > 0)

    def estimates(self, volunteers: Ints, needs: Ints) -> Floats:
        """Say how well needs are thought to suit volunteers: log-odds, with each need's quality so far."""
        known = self.town.estimates[np.ix_(volunteers, needs)].astype(np.float64)
        return known + self.quality[needs] - self.town.world.outside

    def run(self, policy: Policy) -> Market:
        """Let all volunteers come."""
        day = -1
        for number, at in enumerate(self.town.when.tolist()):
            self.at, self.visits_so_far = at, number
            if int(at) > day:
                day = int(at)
                self.quality = np.log((KAPPA + self.accepted) / (KAPPA + self._expected))
                policy.begin_day(self)
            self._visit(policy, number, at)
        return self

    def _visit(self, policy: Policy, number: int, at: float) -> None:
        volunteer = int(self.town.who[number])
        possible = self.open(at) & self.town.eligible[volunteer] & ~self.answered[volunteer]
        needs = np.flatnonzero(possible)
        if not len(needs):
            return
        self._forget(at)
        utilities = self.estimates(np.array([volunteer]), needs)[0]
        order = policy.order(self, Visit(number, volunteer, at, needs, utilities))
        self._count(volunteer, needs, order)
        self._note(needs[order], utilities[order], at)
        chosen = self._choose(number, volunteer, needs[order])
        if chosen is not None:
            self._accept(volunteer, chosen, at)

    def _forget(self, at: float) -> None:
        while self._lately and self._lately[0][0] < at - _DAYS_REMEMBERED:
            self.taken_lately[self._lately.popleft()[1]] -= 1

    def _note(self, shown: Ints, utilities: Floats, at: float) -> None:
        """Note what was shown, and how many would have come if no need were better than it looks."""
        taken = np.exp(utilities - self.quality[shown]) * self.attention[: len(shown)]
        self._expected[shown] += taken / (1 + taken.sum())
        self.first_shown[shown] = np.minimum(self.first_shown[shown], at)

    def _choose(self, number: int, volunteer: int, shown: Ints) -> int | None:
        town = self.town
        liked = town.utilities[volunteer, shown] + town.noise[number, shown]
        if town.world.cascade:
            read = liked[: town.depth[number]]
            good = np.flatnonzero(read > town.outside[number] + _GOOD_ENOUGH)
            return int(shown[good[0]]) if len(good) else None
        liked = liked + np.log(self.attention[: len(shown)])
        best = int(liked.argmax())
        return int(shown[best]) if liked[best] > town.outside[number] else None

    def _accept(self, volunteer: int, need: int, at: float) -> None:
        self.accepted[need] += 1
        self.places_left[need] -= 1
        self.taken_lately[need] += 1
        self._lately.append((at, need))
        self.answered[volunteer, need] = True
        self.counted.gained.append(float(self.town.utilities[volunteer, need]))

    def _count(self, volunteer: int, needs: Ints, order: Ints) -> None:
        gains = np.exp(self.town.utilities[volunteer, needs].astype(np.float64))
        first = gains[order[:_JUDGED]]
        best = np.sort(gains)[::-1][:_JUDGED]
        self.counted.ndcg.append(float(first @ _DISCOUNTS[: len(first)] / (best @ _DISCOUNTS[: len(best)])))
        taken = gains[order] * self.attention[: len(order)]
        chances = taken / (np.exp(self.town.world.outside) + taken.sum())
        self.counted.slots += len(order)
        self.counted.dead += int((chances < _DEAD).sum())
