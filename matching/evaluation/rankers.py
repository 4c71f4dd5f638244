"""The rankers of one run: ours and those it is compared with, all on the same features and lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from matching.arrays import Floats
from matching.evaluation.lists import Lists
from matching.learned import LearnedRanker

#: Takes the lists to learn from and those to score; gives a score for each row of the latter.
Scorer = Callable[[Lists, Lists], Floats]
OURS = "halfway"


@dataclass(frozen=True)
class Ranker:
    """A name, and the settings among which it chooses inside what it learns from.

    `log_odds` says that the scores of lists of one are log-odds, so that chances can be read off them.
    """

    name: str
    settings: tuple[Scorer, ...]
    log_odds: bool = False


def by_column(name: str, weight: float = 1.0) -> Ranker:
    """Rank by one feature alone; unknown as 0."""
    return Ranker(name, (lambda _learnt, judged: weight * np.nan_to_num(judged.column(name)),))


def by_rule(name: str, weights: dict[str, float]) -> Ranker:
    """Rank by given weights of some features; unknown as 0, nothing learnt."""

    def score(_learnt: Lists, judged: Lists) -> Floats:
        columns = [weight * np.nan_to_num(judged.column(column)) for column, weight in weights.items()]
        return np.asarray(sum(columns))

    return Ranker(name, (score,))


def logistic(penalties: Iterable[float]) -> Ranker:
    """The logit alone: without trees and without a prior."""
    settings = tuple(_learned({"l2": penalty}) for penalty in penalties)
    return Ranker("logistic", settings, log_odds=True)


def _learned(settings: dict[str, object]) -> Scorer:
    def score(learnt: Lists, judged: Lists) -> Floats:
        ranker = LearnedRanker(random_state=0, **settings)  # type: ignore[arg-type]
        ranker.fit(learnt.features, learnt.chosen, learnt.list_of)
        return ranker.predict(judged.features)

    return score


def boosted_trees(rounds: Iterable[int] = (100, 200), leaves: Iterable[int] = (8, 16)) -> Ranker:
    """scikit-learn's HistGradientBoosting on each offer by itself."""

    def setting(count: int, size: int) -> Scorer:
        def score(learnt: Lists, judged: Lists) -> Floats:
            trees = HistGradientBoostingClassifier(
                learning_rate=0.05, max_iter=count, max_leaf_nodes=size, early_stopping=False, random_state=0
            )
            trees.fit(learnt.features, learnt.chosen)
            decided: Floats = trees.decision_function(judged.features)
            return decided

        return score

    settings = tuple(setting(count, size) for count in rounds for size in leaves)
    return Ranker("hist_gradient_boosting", settings, log_odds=True)


def others(*, in_lists: bool) -> list[Ranker]:
    """LightGBM and XGBoost where they are installed: the extra `compare`."""
    found = []
    if find_spec("lightgbm"):
        found.append(
            Ranker("lightgbm", tuple(_lightgbm(leaves, in_lists) for leaves in (7, 15, 31)), not in_lists)
        )
    if find_spec("xgboost"):
        found.append(Ranker("xgboost", tuple(_xgboost(depth, in_lists) for depth in (3, 5)), not in_lists))
    return found


def _lightgbm(leaves: int, in_lists: bool) -> Scorer:  # noqa: FBT001 one of two kinds of training
    def score(learnt: Lists, judged: Lists) -> Floats:
        lightgbm = import_module("lightgbm")

        settings = {
            "n_estimators": 200,
            "learning_rate": 0.05,
            "num_leaves": leaves,
            "min_child_samples": 20,
            "subsample": 0.8,
            "subsample_freq": 1,
            "colsample_bytree": 0.7,
            "n_jobs": 1,
            "random_state": 0,
            "verbose": -1,
        }
        kind = lightgbm.LGBMRanker if in_lists else lightgbm.LGBMClassifier
        given = {"group": np.diff(learnt.starts)} if in_lists else {}
        model = kind(**settings).fit(learnt.features, learnt.chosen.astype(int), **given)
        return np.asarray(model.booster_.predict(judged.features, raw_score=True))

    return score


def _xgboost(depth: int, in_lists: bool) -> Scorer:  # noqa: FBT001 the same
    def score(learnt: Lists, judged: Lists) -> Floats:
        xgboost = import_module("xgboost")

        kind = "rank:ndcg" if in_lists else "binary:logitraw"
        given = {"qid": learnt.list_of} if in_lists else {}
        matrix = xgboost.DMatrix(learnt.features, learnt.chosen.astype(int), **given)
        settings = {
            "objective": kind,
            "max_depth": depth,
            "eta": 0.05,
            "subsample": 0.8,
            "nthread": 1,
            "seed": 0,
        }
        model = xgboost.train(settings, matrix, num_boost_round=200)
        return np.asarray(model.predict(xgboost.DMatrix(judged.features), output_margin=True), np.float64)

    return score
