"""The learned ranker: scikit-learn's own checks, exact tables, and a prior that holds without lists."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from matching.choice import Choices
from matching.learned import LearnedRanker
from matching.lookups import codes, edges_of, mean_of
from matching.residual import Growth, compile_trees, grow, unknown_as_nan

GROWTH = Growth(
    at_once=4,
    share=0.8,
    rounds=15,
    step=0.3,
    leaves=6,
    least_in_leaf=5,
    max_features=0.8,
    interaction_cst="pairwise",
    monotonic_cst=None,
)


def lists_of(seed, lists=200, offers=6, columns=4):
    """Make lists in which the first column draws, the second in pairs with the third; some unknown."""
    generator = np.random.default_rng(seed)
    features = generator.normal(size=(lists * offers, columns))
    utility = 1.5 * features[:, 0] + 2 * (features[:, 1] > 0) * (features[:, 2] > 0)
    noisy = (utility + generator.gumbel(size=len(utility))).reshape(lists, offers)
    chosen = (noisy == noisy.max(axis=1, keepdims=True)).ravel()
    features[generator.random(features.shape) < 0.1] = np.nan
    return features, chosen.astype(float), np.repeat(np.arange(lists), offers)


@parametrize_with_checks(
    [
        LearnedRanker(),
        LearnedRanker(rounds=3, min_samples_leaf=2, interaction_cst="pairwise", random_state=0),
    ]
)
def test_the_learned_ranker_is_an_estimator(estimator, check):
    check(estimator)


@settings(max_examples=15)
@given(st.integers(0, 1000), st.integers(2, 40))
def test_tables_are_the_trees_exactly(seed, bins):
    features, chosen, _ = lists_of(seed, lists=40)
    choices = Choices(chosen > 0, np.arange(0, 241, 6), outside=False)
    edges = [edges_of(column, bins) for column in features.T]
    sizes = [len(bounds) + 2 for bounds in edges]
    cells = codes(edges, features)
    chance = np.random.RandomState(seed)
    trees = grow(unknown_as_nan(cells, sizes), choices, np.zeros(240), GROWTH, chance)

    base, singles, pairs = compile_trees(trees, sizes)
    new = np.where(np.random.default_rng(seed).random((300, 4)) < 0.2, np.nan, 3 - 2 * features[:1])
    for some in (features, new):
        at = codes(edges, some)
        added = base + sum(table[at[:, one]] for one, table in enumerate(singles))
        added += sum(table[at[:, a], at[:, b]] for (a, b), table in pairs.items())
        predicted = sum(tree.predict(unknown_as_nan(at, sizes)) for tree in trees)
        assert np.abs(added - predicted).max() < 1e-9


@pytest.mark.parametrize("rounds", [0, 10])
def test_contributions_are_the_score(rounds):
    features, chosen, lists = lists_of(1)
    ranker = LearnedRanker(rounds=rounds, interaction_cst="pairwise", random_state=1)
    ranker.fit(features, chosen, lists)

    added = ranker.contributions(features)

    assert added.shape[1] == len(ranker.lookups_.terms)
    assert ranker.lookups_.base + added.sum(axis=1) == pytest.approx(ranker.predict(features), abs=1e-12)


def test_without_data_worth_the_name_it_is_the_prior():
    features, chosen, lists = lists_of(2, lists=2)
    ranker = LearnedRanker(prior=[3.0, 0.0, -1.0, 0.5], neutral=[0.0] * 4, l2=1e6)

    ranker.fit(features, chosen, lists)

    assert ranker.lookups_.weight == pytest.approx([3.0, 0.0, -1.0, 0.5], abs=1e-3)


def test_with_lists_it_moves_away_from_a_wrong_prior():
    features, chosen, lists = lists_of(3, lists=2000)
    ranker = LearnedRanker(prior=[-2.0, 0.0, 0.0, 0.0]).fit(features, chosen, lists)

    assert ranker.lookups_.weight[0] == pytest.approx(1.4, abs=0.3)
    assert abs(ranker.lookups_.weight[3]) < 0.1


def test_offers_that_stand_alone_are_a_logistic_regression():
    generator = np.random.default_rng(4)
    features = generator.normal(size=(500, 2))
    taken = (generator.random(500) < 1 / (1 + np.exp(-features[:, 0] - 0.5))).astype(int)
    spread = features.std(axis=0)
    same = LogisticRegression(C=1 / 4, tol=1e-9).fit((features - features.mean(axis=0)) / spread, taken)

    ranker = LearnedRanker(l2=2.0).fit(features, taken)

    assert ranker.lookups_.weight * spread == pytest.approx(same.coef_[0], abs=1e-3)
    assert ranker.lookups_.base == pytest.approx(same.intercept_[0], abs=1e-3)


def test_trees_find_what_only_two_features_say_together():
    features, chosen, lists = lists_of(5, lists=1500)
    choices = Choices(chosen > 0, np.arange(0, 9001, 6), outside=False)
    losses = {
        (rounds, pairs): choices.loss(
            LearnedRanker(rounds=rounds, interaction_cst=pairs, random_state=0)
            .fit(features, chosen, lists)
            .predict(features)
        )
        for rounds, pairs in [(0, None), (60, "no_interactions"), (60, "pairwise")]
    }

    assert losses[60, "pairwise"] < losses[60, "no_interactions"] < losses[0, None]


def test_more_is_never_worse_where_it_was_said_so():
    features, chosen, lists = lists_of(6)
    ranker = LearnedRanker(
        rounds=40,
        interaction_cst="pairwise",
        monotonic_cst=[1, 1, 0, 0],
        random_state=0,
        prior=[1.0, 0, 0, 0],
    )
    ranker.fit(features, chosen, lists)
    more = features + np.array([1.0, 0.0, 0.0, 0.0])

    assert ranker.lookups_.weight[0] > 0
    assert (ranker.predict(more) - ranker.predict(features))[~np.isnan(features[:, 0])].min() >= 0


def test_the_same_seed_learns_the_same():
    features, chosen, lists = lists_of(7)
    one, other = (
        LearnedRanker(rounds=5, random_state=3).fit(features, chosen, lists).predict(features)
        for _ in range(2)
    )

    assert (one == other).all()


@pytest.mark.parametrize(
    ("lists", "said"), [([0, 1, 0, 1], "stand together"), ([0, 0, 1], "for each row")], ids=str
)
def test_lists_that_are_none_are_refused(lists, said):
    with pytest.raises(ValueError, match=said):
        LearnedRanker().fit([[0.0], [1.0], [2.0], [3.0]], [1, 0, 1, 0], lists)


def fitted(seed, **settings):
    features, chosen, lists = lists_of(seed, lists=60)
    ranker = LearnedRanker(rounds=12, interaction_cst="pairwise", random_state=seed, **settings)
    return ranker.fit(features, chosen, lists), features


@settings(max_examples=10)
@given(st.integers(0, 1000), st.integers(1, 20), st.floats(0.01, 1))
def test_steps_of_some_trees_on_some_lists_are_exact_too(seed, at_once, share):
    ranker, features = fitted(seed, trees_per_step=at_once, subsample=share)

    added = ranker.contributions(features)

    assert ranker.lookups_.base + added.sum(axis=1) == pytest.approx(ranker.predict(features), abs=1e-12)


@settings(max_examples=10)
@given(st.integers(0, 1000), st.floats(-3, 3), st.floats(0.1, 3))
def test_a_mean_of_tables_is_the_mean_of_scores_and_calibrated_ones_are_on_its_line(seed, base, scale):
    features, chosen, lists = lists_of(seed, lists=60)
    few = [
        LearnedRanker(rounds=rounds, interaction_cst="pairwise", random_state=seed).fit(
            features, chosen, lists
        )
        for rounds in (0, 3, 6)
    ]
    new = np.where(np.random.default_rng(seed).random(features.shape) < 0.2, np.nan, 2 * features)
    mean = np.mean([ranker.predict(new) for ranker in few], axis=0)
    together = mean_of([ranker.lookups_ for ranker in few])

    assert together.scores(new) == pytest.approx(mean, abs=1e-12)
    line = together.calibrated(base, scale)
    assert line.scores(new) == pytest.approx(base + scale * mean, abs=1e-12)
    assert line.base + line.contributions(new).sum(axis=1) == pytest.approx(line.scores(new), abs=1e-12)


def test_tables_of_other_bins_have_no_mean():
    with pytest.raises(ValueError, match="other bins"):
        mean_of([fitted(1)[0].lookups_, fitted(2)[0].lookups_])
