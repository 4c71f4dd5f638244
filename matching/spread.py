"""Fair exposure: lists in which needs that would be left alone come up for those whom they suit.

An acceptance counts 1; one of a need that has nobody yet counts more, by the weight times the chance that
nobody else will come; one that takes a place which others would take anyway counts less. A list is put in the
order that earns most under a conditional logit with position effects. Its first slot stays pure relevance.

Prices are told by a replay of recent volunteers through the policy itself (`replay`). Arrays only: fit for
a request. Utilities are log-odds against taking nothing (`matching.model`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import pdtrc

from matching.arrays import Bools, Floats, Ints

#: The most that the first volunteer's coming can count beside an acceptance: with the dial at 1.
LARGEST_WEIGHT = 1.2
#: What taking a place costs that others would surely take, against what a first volunteer is worth.
COST_OF_A_PLACE = 0.5
#: How much of the acceptances that relevance alone would bring a replay must keep.
KEEP = 0.965
#: How many slots of a list are arranged, and how much less each place is looked at than the first.
SLOTS = 15
_STEEPNESS = 0.5
_ROUNDS = 4
#: The floor that terms are told from is no higher: an acceptance that counts 1 must stay worth something.
HIGHEST_FLOOR = 0.9
#: Before any replay nobody is known to come.
FIRST_PRICE = 1.0
#: Some volunteers come to help today, some only look: the utility of taking nothing differs between them by
#: this (a standard deviation), told by three kinds of them (Gauss-Hermite), who are so many of all.
_INTENT = 2.0
_NOTHING = np.exp(_INTENT * np.array([-np.sqrt(3.0), 0.0, np.sqrt(3.0)]))
_PARTS = np.array([1 / 6, 2 / 3, 1 / 6])


def attention_of(length: int) -> Floats:
    """Say how much each place of a list is looked at: e to its position effect, the first place's is 1."""
    seen: Floats = np.arange(1, length + 1, dtype=np.float64) ** -_STEEPNESS
    return seen


def worth_of(prices: Floats, nobody_yet: Bools) -> Floats:
    """Say what an acceptance of each need is worth: 1 + price; a bonus ends with the first volunteer."""
    worth: Floats = 1.0 + np.where(nobody_yet, prices, np.minimum(prices, 0.0))
    return worth


def terms_of(worth: Floats, floor: Floats | float) -> Floats:
    """Say what exposure adds to each utility in the order of a list: log((worth - z) / (1 - z)), z the floor.

    0 for what is worth 1 like any acceptance, above it for what is worth more; -inf for what is worth less
    than the floor. z is taken for 0.9 at most, so that what is worth 1 never loses all.
    """
    z = np.minimum(floor, HIGHEST_FLOOR)
    over = np.maximum(worth - z, 0.0) / (1 - z)
    terms: Floats = np.log(over, out=np.full(len(worth), -np.inf), where=over > 0)
    return terms


@dataclass(frozen=True, slots=True)
class Arranged:
    """A list: which of the given needs stand in it, the first first, and what decided.

    `order` numbers them as they were given; `floor` is what the list earns on average (z): beyond the first
    slot needs stand by utility + log(worth - floor).
    """

    order: Ints
    floor: float

    def all_behind(self, utilities: Floats, worth: Floats) -> Ints:
        """Give this list with all other needs behind it, in the order in which they would follow."""
        rest = np.ones(len(utilities), bool)
        rest[self.order] = False
        others = np.flatnonzero(rest)
        earning = np.exp(utilities[others]) * (worth[others] - self.floor)
        return np.concatenate([self.order, others[np.argsort(-earning, kind="stable")]])


def arrange(utilities: Floats, worth: Floats, attention: Floats) -> Arranged:
    """Put the needs that earn most, in the best order, behind the most relevant one; equals keep their order.

    The needs are given in order of relevance: the first of them stays first. For a floor z the best list has
    the largest a·(worth - z), a = e^utility, in falling order (the rearrangement inequality). z is what such
    a list earns, Σ a·v·worth / (o + Σ a·v), v the attention to the slot, o = e^(utility of nothing), as a
    mean over kinds of volunteers; it is raised to its fixed point in rounds (Dinkelbach 1967). With equal
    worth this is the order of utility.
    """
    length = min(len(attention), len(utilities))
    if length == 0:
        return Arranged(np.zeros(0, np.int64), 0.0)
    accepting, seen = np.exp(utilities), attention[:length]
    order, floor = np.arange(length), 0.0
    for _ in range(_ROUNDS):
        earning = accepting[1:] * (worth[1:] - floor)
        order = np.concatenate([[0], 1 + _largest(earning, length - 1)])
        taken = accepting[order] * seen
        floor = float(_floor(taken @ worth[order], taken.sum())[0])
    return Arranged(order, floor)


def floors_of(utilities: Sequence[Floats], worth: Sequence[Floats], attention: Floats) -> Floats:
    """Give the floors of many lists at once: of each `arrange` would give the same, but for rounding.

    All lists are made equally long by needs that nobody takes, so that a floor is added up in one way,
    whichever lists stand beside it (I-24).
    """
    widest = max([len(attention), *map(len, utilities)])
    accepting, values = np.zeros((len(utilities), widest)), np.ones((len(utilities), widest))
    for number, (own, valued) in enumerate(zip(utilities, worth, strict=True)):
        accepting[number, : len(own)], values[number, : len(own)] = np.exp(own), valued
    padding = accepting[:, 1:] == 0
    order, floors = np.zeros((len(utilities), len(attention)), np.int64), np.zeros(len(utilities))
    for _ in range(_ROUNDS):
        earning = np.where(padding, np.inf, accepting[:, 1:] * (floors[:, None] - values[:, 1:]))
        order[:, 1:] = 1 + np.argsort(earning, axis=1, kind="stable")[:, : len(attention) - 1]
        taken = np.take_along_axis(accepting, order, axis=1) * attention
        earned = (taken * np.take_along_axis(values, order, axis=1)).sum(axis=1)
        floors = _floor(earned, taken.sum(axis=1))[0]
    return floors


def _floor(earned: Floats, taken: Floats) -> tuple[Floats, Floats]:
    """Say what a further acceptance must be worth to add to lists, and what turns Σ a·v into a chance.

    Where one kind of volunteer takes something anyway, what is added only takes from what is there: their
    share in the mean is the larger, and so is the floor.
    """
    each = _PARTS / (_NOTHING + np.asarray(taken)[..., None])
    chance = each.sum(axis=-1)
    floor: Floats = (each / (_NOTHING + np.asarray(taken)[..., None])).sum(axis=-1) * earned / chance
    return floor, chance


def _largest(values: Floats, count: int) -> Ints:
    """Give the places of the largest values, falling; equal ones in the order given."""
    if count < len(values):
        least = np.partition(values, len(values) - count)[len(values) - count] if count else np.inf
        contending = np.flatnonzero(values >= least)
        return contending[np.argsort(-values[contending], kind="stable")][:count]
    return np.argsort(-values, kind="stable")


@dataclass(frozen=True, slots=True)
class Sample:
    """Recent volunteers with the needs that suit them, to be asked again.

    `needs` (volunteers x candidates) numbers the needs, `utilities` says how well each suits; -inf pads rows.
    `visits` is how many such volunteers look at a list each day.
    """

    needs: Ints
    utilities: Floats
    visits: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How needs stand: has it nobody yet, its places left, its days left, who comes by other ways a day."""

    nobody_yet: Bools
    places_left: Ints
    days_left: Floats
    others: Floats


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a replay says: each need's chance that nobody comes, and to fill; and acceptances a visit."""

    left_alone: Floats
    filled: Floats
    acceptances: float

    def prices(self, weight: float) -> Floats:
        """Give each need's price: weight x (chance to be left alone - cost x chance to fill anyway)."""
        price: Floats = weight * (self.left_alone - COST_OF_A_PLACE * self.filled)
        return price


def replay(
    sample: Sample,
    standing: Standing,
    weight: float,
    *,
    before: Forecast | None = None,
    attention: Floats | None = None,
    rounds: int = 3,
) -> Forecast:
    """Show all sampled volunteers their lists under a weight, and say what comes of it until each deadline.

    Prices decide the lists and follow from them, so each round moves them half of the way (damped, towards a
    fixed point). Without a forecast from before everybody is taken to be left alone: the prior.
    """
    count = len(standing.nobody_yet)
    seen = attention_of(SLOTS) if attention is None else attention
    now = before or Forecast(np.full(count, FIRST_PRICE), np.zeros(count), 0.0)
    accepting = np.exp(sample.utilities)
    for _ in range(rounds):
        worth = worth_of(now.prices(weight), standing.nobody_yet)
        slots, chances = _lists(accepting, worth[sample.needs], seen)
        shown = np.take_along_axis(sample.needs, slots, axis=1)
        came = np.bincount(shown.ravel(), weights=chances.ravel(), minlength=count) / max(len(accepting), 1)
        expected = (came * sample.visits + standing.others) * np.maximum(standing.days_left, 0.0)
        now = Forecast(
            (now.left_alone + np.exp(-expected)) / 2,
            (now.filled + _at_least(standing.places_left, expected)) / 2,
            float(came.sum()),
        )
    return now


def relevance_acceptances(sample: Sample, attention: Floats | None = None) -> float:
    """Say how many acceptances a visit would bring if relevance alone ordered the lists."""
    seen = attention_of(SLOTS) if attention is None else attention
    accepting = np.exp(sample.utilities)
    return float(_lists(accepting, np.ones_like(accepting), seen)[1].sum() / max(len(accepting), 1))


def choose_weight(
    sample: Sample, standing: Standing, most: float, *, keep: float, before: Forecast | None = None
) -> tuple[float, Forecast]:
    """Give the largest weight up to `most` that keeps this part of relevance's acceptances, and its forecast.

    Tried are `most` and tenths of it, the largest first; 0 if none keeps enough.
    """
    wanted = keep * relevance_acceptances(sample)
    for tenth in range(10, 0, -1):
        forecast = replay(sample, standing, most * tenth / 10, before=before)
        if forecast.acceptances >= wanted:
            return most * tenth / 10, forecast
    return 0.0, replay(sample, standing, 0.0, before=before)


def _lists(accepting: Floats, worth: Floats, attention: Floats) -> tuple[Ints, Floats]:
    """Arrange many lists at once as `arrange` does: which candidates stand in slots, with what chances."""
    volunteers, candidates = accepting.shape
    length = min(len(attention), candidates)
    seen, every = attention[:length], np.arange(volunteers)
    if not volunteers or not candidates:
        return np.zeros((volunteers, 0), np.int64), np.zeros((volunteers, 0))
    most_relevant = accepting.argmax(axis=1)
    floor = np.zeros(volunteers)
    for _ in range(_ROUNDS):
        earning = accepting * (worth - floor[:, None])
        earning[every, most_relevant] = np.inf
        some = np.argpartition(-earning, length - 1, axis=1)[:, :length]
        falling = np.argsort(-np.take_along_axis(earning, some, axis=1), axis=1, kind="stable")
        slots = np.take_along_axis(some, falling, axis=1)
        taken = np.take_along_axis(accepting, slots, axis=1) * seen
        earned = (taken * np.take_along_axis(worth, slots, axis=1)).sum(axis=1)
        floor, chance = _floor(earned, taken.sum(axis=1))
    return slots, taken * chance[:, None]


def _at_least(places: Ints, expected: Floats) -> Floats:
    """Say the chance that at least so many come, of so many expected (Poisson)."""
    chance: Floats = np.where(places > 0, pdtrc(np.maximum(places, 1) - 1, expected), 1.0)
    return chance
