"""Collaborative filtering by implicit, where that is installed: it knows who took what, and no features."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from scipy import sparse

from matching.arrays import Floats
from matching.evaluation.lists import Histories, Lists
from matching.evaluation.rankers import Ranker, Scorer

#: Takes what each person has taken (to learn from), and what those have taken who are judged; gives a score
#: for each of the latter and each item.
Model = Callable[[sparse.csr_matrix, sparse.csr_matrix], Floats]
#: How much the logarithm of popularity counts beside a score, which lies about 0 to 1.
_POPULARITY = (0.0, 0.1, 1.0)


def implicit() -> list[Ranker]:
    """Rank by implicit's ALS, BPR and item-to-item cosine: models and settings to choose among."""
    if not find_spec("implicit"):
        return []
    models = [_als(8), _als(32), _bpr(16), _cosine]
    settings = tuple(_scorer(model, weight) for model in models for weight in _POPULARITY)
    return [Ranker("implicit", settings)]


def _scorer(model: Model, weight: float) -> Scorer:
    def score(learnt: Lists, judged: Lists) -> Floats:
        if learnt.histories is None or judged.histories is None:
            raise ValueError("Collaborative filtering needs to know who took what before.")
        with warnings.catch_warnings():  # it warns of how it turns its own matrices into others
            warnings.simplefilter("ignore")
            scores = model(_at_last(learnt, learnt.histories), judged.histories.taken)
        own = scores[judged.list_of, judged.histories.items]
        return own + weight * np.nan_to_num(judged.column("popularity"))

    return score


def _at_last(lists: Lists, histories: Histories) -> sparse.csr_matrix:
    """Give what each person had taken with their last list's choice."""
    last = {person: number for number, person in enumerate(lists.persons.tolist())}
    numbers = np.array(list(last.values()))
    chosen = histories.items[lists.chosen][numbers]
    more = sparse.csr_matrix(
        (np.ones(len(numbers)), (np.arange(len(numbers)), chosen)),
        shape=(len(numbers), histories.taken.shape[1]),
    )
    return sparse.csr_matrix(histories.taken[numbers] + more)


def _als(factors: int) -> Model:
    def score(known: sparse.csr_matrix, judged: sparse.csr_matrix) -> Floats:
        als = import_module("implicit.cpu.als").AlternatingLeastSquares
        model = als(
            factors=factors, regularization=0.05, alpha=2.0, iterations=20, num_threads=1, random_state=0
        )
        model.fit(known.astype(np.float32), show_progress=False)
        persons = model.recalculate_user(np.arange(judged.shape[0]), judged.astype(np.float32))
        return np.asarray(persons @ model.item_factors.T, np.float64)

    return score


def _bpr(factors: int) -> Model:
    def score(known: sparse.csr_matrix, judged: sparse.csr_matrix) -> Floats:
        bpr = import_module("implicit.cpu.bpr").BayesianPersonalizedRanking
        model = bpr(factors=factors, learning_rate=0.05, iterations=100, num_threads=1, random_state=0)
        model.fit(known.astype(np.float32), show_progress=False)
        # it knows only those whom it learnt from: whoever is judged stands where what they took stands
        of_each = np.maximum(np.asarray(judged.sum(axis=1)), 1)
        persons = (judged @ model.item_factors) / of_each
        persons[:, -1] = 1  # what stands beside the items' own bias
        return np.asarray(persons @ model.item_factors.T, np.float64)

    return score


def _cosine(known: sparse.csr_matrix, judged: sparse.csr_matrix) -> Floats:
    model = import_module("implicit.nearest_neighbours").CosineRecommender(K=known.shape[1], num_threads=1)
    model.fit(known, show_progress=False)
    return np.asarray((judged @ model.similarity).toarray(), np.float64)
