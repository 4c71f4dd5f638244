"""Ours in a comparison: tables of some learned rankers, averaged, and calibrated where chances are asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from matching.arrays import Floats
from matching.calibration import fit_line
from matching.evaluation.lists import Lists
from matching.evaluation.rankers import OURS, Ranker, Scorer
from matching.learned import LearnedRanker
from matching.lookups import Lookups, mean_of

#: Settings of the learned ranker. `by_person` lets all offers of a person be one list, so that nothing is
#: learnt of who says yes to much: only what each of them likes better.
Settings = dict[str, object]
BY_PERSON = "by_person"
_PARTS = 4


def ours(recipes: Iterable[Sequence[Settings]], *, calibrated: bool = False) -> Ranker:
    """Halfway's learned ranker, with recipes to choose among: the tables of each recipe's parts are averaged.

    Where `calibrated`, a line through the scores is learnt from scores of persons who were not learnt from.
    """
    return Ranker(OURS, tuple(_scorer(tuple(recipe), calibrated) for recipe in recipes), log_odds=True)


def _scorer(recipe: tuple[Settings, ...], calibrated: bool) -> Scorer:  # noqa: FBT001 one of two kinds
    def score(learnt: Lists, judged: Lists) -> Floats:
        return tables(learnt, recipe, calibrated=calibrated).scores(judged.features)

    return score


def tables(learnt: Lists, recipe: Sequence[Settings], *, calibrated: bool) -> Lookups:
    """Learn a recipe from lists; where it is to be calibrated, each list is of one offer."""
    mean = mean_of([_fitted(learnt, part, number) for number, part in enumerate(recipe)])
    if not calibrated:
        return mean
    part_of = np.unique(learnt.persons, return_inverse=True)[1] % _PARTS
    scores = np.zeros(len(learnt))
    for part in range(_PARTS):
        own = part_of == part
        others = tables(learnt.keep(~own), recipe, calibrated=False)
        scores[own] = others.scores(learnt.features[own])
    return mean.calibrated(*fit_line(scores, learnt.chosen))


def _fitted(learnt: Lists, settings: Settings, seed: int) -> Lookups:
    given = {name: value for name, value in settings.items() if name != BY_PERSON}
    # in the order in which rows were handed in, so that all parts of a recipe agree to the last bit
    neutral = _known_mean(learnt.features)
    ranker = LearnedRanker(random_state=seed, neutral=neutral.tolist(), **given)  # type: ignore[arg-type]
    if not settings.get(BY_PERSON):
        return ranker.fit(learnt.features, learnt.chosen, learnt.list_of).lookups_
    person = np.repeat(np.unique(learnt.persons, return_inverse=True)[1], np.diff(learnt.starts))
    rows = np.argsort(person, kind="stable")
    # who took nothing likes all alike, as who took everything
    nothing = np.bincount(person, weights=learnt.chosen) == 0
    taken = learnt.chosen | nothing[person]
    return ranker.fit(learnt.features[rows], taken[rows], person[rows]).lookups_


def _known_mean(features: Floats) -> Floats:
    known = ~np.isnan(features)
    mean: Floats = np.where(known, features, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return mean
