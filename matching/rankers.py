"""Rankers in scikit-learn's manner, for training and evaluation; never imported by a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from matching.arrays import Array, Floats
from matching.lookups import plain


class RuleRanker(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """The rule ranking: given weights, nothing learnt; the model that others must beat.

    `weight` and `neutral` hold one number for each column (`matching.weights.rule_weights` has
    the project's); None gives every column the same weight, and 0 as its neutral value.
    """

    def __init__(self, weight: Sequence[float] | None = None, neutral: Sequence[float] | None = None) -> None:
        """Keep the settings as given; `fit` checks them."""
        self.weight = weight
        self.neutral = neutral

    def fit(self, X: Array, y: Array) -> Self:  # noqa: N803 the library's names
        """Check the settings against the columns; the labels are read but teach nothing."""
        X, _ = validate_data(  # noqa: N806
            self, X, y, y_numeric=True, ensure_all_finite="allow-nan"
        )
        columns = X.shape[1]
        weight = np.full(columns, 1 / columns) if self.weight is None else self.weight
        neutral = np.zeros(columns) if self.neutral is None else self.neutral
        weight, neutral = np.asarray(weight, np.float64), np.asarray(neutral, np.float64)
        if not weight.shape == neutral.shape == (columns,):
            raise ValueError("as many weights and neutral values as columns are needed")
        self.lookups_ = plain(weight, neutral, float(weight @ neutral))
        return self

    def predict(self, X: Array) -> Floats:  # noqa: N803
        """Score rows of features, exactly as a request does."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, ensure_all_finite="allow-nan")  # noqa: N806
        return self.lookups_.scores(np.asarray(X, np.float64))

    def __sklearn_tags__(self) -> Tags:
        """Say that unknown values are welcome, and that nothing is learnt."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.regressor_tags.poor_score = True
        return tags
