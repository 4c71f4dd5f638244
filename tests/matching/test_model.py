"""The model: a sum whose parts are known, the rules as its special case, and nothing unfit let in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.features import FEATURES
from matching.lookups import Lookups
from matching.model import RULE_BASE, RULE_SCALE, Model, chance_of, rule_model
from matching.weights import rule_weights

SOME = Lookups(
    weight=np.array([1.0, 2.0]),
    neutral=np.array([0.5, 0.0]),
    base=-1.0,
    edges=(np.array([0.3]), np.array([0.2, 0.6])),
    singles=(np.array([0.1, -0.1, 0.7]), np.zeros(4)),
    pairs={(0, 1): np.arange(12.0).reshape(3, 4)},
)


def rows(columns):
    values = st.one_of(st.floats(0, 1), st.just(np.nan))
    return st.lists(st.lists(values, min_size=columns, max_size=columns), min_size=1, max_size=5).map(
        np.array
    )


@given(rows(2))
def test_contributions_add_up_to_the_utility(features):
    model = Model("some", ("a", "b"), SOME)
    added = model.contributions(features)

    assert added.shape == features.shape
    assert model.base + added.sum(axis=1) == pytest.approx(SOME.scores(features))


def test_what_two_features_say_together_is_shared_half_and_half():
    (added,) = Model("some", ("a", "b"), SOME).contributions(np.array([[0.4, np.nan]]))

    # The second bin of the first, unknown of the second: the pair's table holds 7.
    assert added == pytest.approx([1.0 * (0.4 - 0.5) - 0.1 + 3.5, 3.5])


@given(rows(len(FEATURES)))
def test_the_rules_are_the_weights_on_the_scale_of_log_odds(features):
    rules, model = rule_weights(), rule_model()
    added = model.contributions(features)
    for column, name in enumerate(FEATURES):
        weight, neutral = rules.of(name)
        told = np.nan_to_num(RULE_SCALE * weight * (features[:, column] - neutral))

        assert added[:, column] == pytest.approx(told)
    assert model.base == RULE_BASE
    assert chance_of(np.array([model.base])) == pytest.approx(1 / (1 + np.exp(3)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight": np.array([1.0])},
        {"weight": np.array([1.0, np.nan])},
        {"neutral": np.array([1.0, np.inf])},
        {"base": np.nan},
        {"edges": (np.array([0.3]),)},
        {"edges": (np.array([0.3]), np.array([0.6, 0.2]))},
        {"singles": (np.zeros(3), np.zeros(3))},
        {"singles": (np.zeros(3), np.array([0.0, 0.0, np.nan, 0.0]))},
        {"pairs": {(0, 1): np.zeros((4, 3))}},
        {"pairs": {(1, 0): np.zeros((4, 3))}},
        {"pairs": {(0, 2): np.zeros((3, 4))}},
        {"pairs": {(0, 1): np.full((3, 4), np.inf)}},
    ],
    ids=str,
)
def test_what_does_not_fit_or_is_no_number_is_refused(wrong):
    with pytest.raises(ValueError, match=r"needed|must"):
        Model("wrong", ("a", "b"), replace(SOME, **wrong))


def test_positions_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="positions"):
        Model("wrong", ("a", "b"), SOME, positions=np.array([0.0, np.nan]))
