"""Ours in a comparison: averaged, calibrated tables are exact; filtering sees histories and no more."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from matching.evaluation.filtering import implicit
from matching.evaluation.lists import Histories, Lists, joined, one_each
from matching.evaluation.own import BY_PERSON, tables
from matching.metrics import auc_by_group, ece


def answers(seed=1, persons=150, each=12):
    """Make answers of persons who say yes more or less often, and like the first feature times the second."""
    generator = np.random.default_rng(seed)
    features = generator.normal(size=(persons * each, 4))
    person = np.repeat(np.arange(persons), each)
    often = generator.normal(size=persons)[person]
    likes = features[:, 0] + np.sign(features[:, 1]) * features[:, 2]
    taken = generator.random(len(person)) < 1 / (1 + np.exp(-(often + likes)))
    features[generator.random(features.shape) < 0.05] = np.nan
    return one_each(tuple("abcd"), features, taken, person, {"all": np.ones(len(person), bool)})


TREES = {"l2": 3.0, "rounds": 40, "interaction_cst": "pairwise", "trees_per_step": 10, "subsample": 0.7}


def test_a_recipe_is_exact_calibrated_and_knows_pairs():
    learnt, judged = answers(1), answers(2)

    found = tables(learnt, [TREES, TREES | {BY_PERSON: True}], calibrated=True)
    scores = found.scores(judged.features)

    assert found.base + found.contributions(judged.features).sum(axis=1) == pytest.approx(scores, abs=1e-12)
    assert ece(judged.chosen, 1 / (1 + np.exp(-scores))) < 0.05
    plain = tables(learnt, [{"l2": 3.0}], calibrated=False).scores(judged.features)
    mean = {
        name: np.nanmean(auc_by_group(judged.chosen, some, judged.persons))
        for name, some in {"recipe": scores, "plain": plain}.items()
    }
    assert mean["recipe"] > mean["plain"] + 0.03


def with_histories(seed):
    """Make lists of ten items in two kinds: who took of one kind takes of it again."""
    generator = np.random.default_rng(seed)
    lists, kinds = 80, np.arange(10) % 2
    kind = generator.integers(0, 2, lists)
    taken = np.array([generator.random(10) < np.where(kinds == one, 0.7, 0.02) for one in kind]).astype(float)
    chosen = np.array([generator.choice(np.flatnonzero(kinds == one)) for one in kind])
    marks = (np.arange(10)[None, :] == chosen[:, None]).ravel()
    return Lists(
        ("popularity",),
        np.zeros((lists * 10, 1)),
        marks,
        np.arange(0, lists * 10 + 1, 10),
        np.arange(lists) + 1000 * seed,
        {"all": np.ones(lists, bool)},
        Histories(sparse.csr_matrix(taken), np.tile(np.arange(10), lists)),
    )


def test_histories_go_with_their_lists():
    lists = with_histories(1)
    marked = np.arange(80) % 3 == 0
    kept = lists.keep(marked)

    assert (kept.histories.taken != lists.histories.taken[np.flatnonzero(marked)]).nnz == 0
    assert kept.histories.items.tolist() == list(range(10)) * 27
    both = joined([kept, lists])
    assert (len(both), len(both.features), both.histories) == (107, 1070, None)


def test_every_model_of_implicit_finds_the_kind():
    pytest.importorskip("implicit")
    learnt, judged = with_histories(1), with_histories(2)
    (ranker,) = implicit()

    for setting in ranker.settings:
        scores = setting(learnt, judged).reshape(80, 10)
        same_kind = np.arange(10) % 2 == judged.chosen.reshape(80, 10).argmax(axis=1)[:, None] % 2
        assert (scores[same_kind].mean() - scores[~same_kind].mean()) / (scores.std() + 1e-12) > 0.5
