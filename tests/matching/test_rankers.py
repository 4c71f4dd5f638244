"""The rule ranking as an estimator: scikit-learn's own checks, and the very scores of a request."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from matching.asking import Asking
from matching.features import FEATURES
from matching.index import Index
from matching.made_up import AT, openings, people
from matching.model import rule_model
from matching.rankers import RuleRanker
from matching.ranking import rank


@parametrize_with_checks([RuleRanker()])
def test_the_rule_ranker_is_an_estimator(estimator, check):
    check(estimator)


def test_the_estimator_predicts_what_a_request_scores():
    weights, base = rule_model().weights, rule_model().base
    ranker = RuleRanker(weight=weights.weight, neutral=weights.neutral)
    index = Index.build(openings(200, seed=6))
    person = next(people(1, seed=6))
    matches = rank(person, index, at=AT)
    rows = np.array([index.row_of(match.need_id) for match in matches])
    features = Asking.of(person, index, AT).features(rows)
    ranker.fit(features, np.zeros(len(rows)))

    assert len(matches) > 3
    asked = [match.utility - base for match in matches]
    assert ranker.predict(features) - weights.weight @ weights.neutral == pytest.approx(asked)


def test_unknown_values_count_as_neutral():
    ranker = RuleRanker(weight=[0.5, 0.5], neutral=[0.2, 0.4]).fit([[0.0, 0.0]], [0.0])

    assert ranker.predict([[np.nan, 1.0]]) == pytest.approx(ranker.predict([[0.2, 1.0]]))


def test_weights_for_other_columns_are_refused():
    with pytest.raises(ValueError, match="as many"):
        RuleRanker(weight=[1.0] * len(FEATURES)).fit([[0.0, 0.0]], [0.0])
