"""Learning a model from lists as they were shown; never imported by a request.

The prior is the rule ranking: without lists it comes back, and each list moves it a little. A decline teaches
nothing here (I-30): what was declined was not taken, as what was passed over, and the features that tell of a
volunteer's own declines keep the rules' weights.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.arrays import Floats
from matching.judging import Judged, judge, segments
from matching.learned import LearnedRanker
from matching.model import RULE_BASE, Model, rule_model
from matching.shown import Shown

#: Features that tell of declines: for that volunteer only, and with weights that nobody's history changes.
NEVER_LEARNT = frozenset({"unlike_declined"})
#: Features that trees may look at together.
PAIRS = (
    ("text", "cause"), ("text", "skill"), ("text", "closeness"), ("text", "language"), ("cause", "skill"),
    ("cause", "closeness"), ("cause", "language"), ("closeness", "time"), ("closeness", "commitment"),
    ("time", "commitment"), ("time", "soon"), ("freshness", "untaken"), ("text", "like_accepted"),
    ("cause", "like_accepted"), ("closeness", "like_accepted"),
)  # fmt: skip
#: Trees need many lists, and many of them with a yes: below, they would learn noise.
LISTS_FOR_TREES, ANSWERED_FOR_TREES = 5000, 1000
TREES = 100
#: How hard the rules are held on to: chosen among these inside what is learnt from, where there are enough
#: lists for a choice.
PULLS, USUAL_PULL, LISTS_FOR_A_CHOICE = (3.0, 10.0, 30.0, 100.0), 10.0, 400
PLACE_PULL = 1.0
#: The last part of the lists is held back, to judge; so many of them must have a yes.
HELD_BACK, LEAST_ANSWERED = 0.2, 10
SEED = 0


class TooFewLists(Exception):
    """There is too little to learn from, and to judge by."""


@dataclass(frozen=True, eq=False)
class Trained:
    """A model, how it was judged before it learnt from all lists, and the one that it was judged against.

    `judged` and `against` hold a measure for each segment of the held-back lists.
    """

    model: Model
    lists: int
    answered: int
    pull: float
    trees: bool
    judged: dict[str, Judged]
    against: dict[str, Judged]

    @property
    def is_worse(self) -> bool:
        """Say whether the one in use did better on the held-back lists."""
        return self.judged["all"].is_worse_than(self.against["all"])

    def named(self, version: str) -> Trained:
        """Give the same under another version."""
        return replace(self, model=replace(self.model, version=version))


def train(shown: Shown, in_use: Model, version: str) -> Trained:
    """Learn from all but the last lists, judge on these, then learn from all with the same settings.

    Raises TooFewLists where fewer than `LEAST_ANSWERED` of the last lists have a yes.
    """
    learnt, last = split(shown, HELD_BACK)
    if last.answered.sum() < LEAST_ANSWERED:
        raise TooFewLists
    pull = _choose_pull(learnt)
    tried = fit(learnt, version, pull=pull)
    parts = segments(last, learnt)
    return Trained(
        model=fit(shown, version, pull=pull),
        lists=len(shown),
        answered=int(shown.answered.sum()),
        pull=pull,
        trees=_has_enough_for_trees(shown),
        judged={name: judge(tried, last.keep(part), tried.positions) for name, part in parts.items()},
        against={name: judge(in_use, last.keep(part), tried.positions) for name, part in parts.items()},
    )


def split(shown: Shown, part: float) -> tuple[Shown, Shown]:
    """Split lists in the order of time: the earlier ones, and this part of all at the end."""
    late = np.arange(len(shown)) >= round(len(shown) * (1 - part))
    return shown.keep(~late), shown.keep(late)


def fit(shown: Shown, version: str, *, pull: float = USUAL_PULL) -> Model:
    """Fit a model to lists, pulled to the rules; without lists it is the rules, under another name."""
    rules = rule_model()
    if not len(shown):
        return replace(rules, version=version)
    learnt = shown.without(NEVER_LEARNT)
    trees = _has_enough_for_trees(shown)
    ranker = LearnedRanker(
        prior=rules.lookups.weight.tolist(),
        neutral=rules.lookups.neutral.tolist(),
        l2=pull,
        base=RULE_BASE,
        base_l2=pull,
        place_l2=PLACE_PULL,
        rounds=TREES if trees else 0,
        learning_rate=0.05,
        min_samples_leaf=200,
        max_bins=16,
        interaction_cst=_together(rules.names),
        monotonic_cst=[1] * len(rules.names),
        random_state=SEED,
    )
    ranker.fit(learnt.features, learnt.taken.astype(np.float64), learnt.list_of, learnt.places, outside=True)
    return Model(version, rules.names, ranker.lookups_, ranker.places_)


def _has_enough_for_trees(shown: Shown) -> bool:
    return len(shown) >= LISTS_FOR_TREES and int(shown.answered.sum()) >= ANSWERED_FOR_TREES


def _together(names: tuple[str, ...]) -> list[set[int]]:
    pairs = [{names.index(one) for one in pair} for pair in PAIRS if set(pair) <= set(names)]
    return [*({number} for number in range(len(names))), *pairs]


def _choose_pull(learnt: Shown) -> float:
    if len(learnt) < LISTS_FOR_A_CHOICE:
        return USUAL_PULL
    within, tried = split(learnt, HELD_BACK)
    losses: list[float] = []
    for pull in PULLS:
        model = fit(within, "tried", pull=pull)
        losses.append(judge(model, tried, model.positions).log_loss or 0.0)
    return PULLS[int(np.argmin(losses))]


def weights_beside(model: Model) -> list[tuple[str, float, float, Floats]]:
    """Give each feature with its weight, the rules' weight, and its own table."""
    rules = rule_model()
    return [
        (name, float(model.lookups.weight[at]), float(rules.lookups.weight[at]), model.lookups.singles[at])
        for at, name in enumerate(model.names)
    ]
