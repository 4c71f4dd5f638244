"""The learned ranker in scikit-learn's manner: a logit shrunk towards rules, and trees on what it leaves.

Never imported by a request: what it learns is `lookups_`, plain arrays (`matching.lookups`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from matching.arrays import Array, Bools, Floats, Ints
from matching.choice import Choices, Places, Prior, fit_logit
from matching.lookups import Lookups, codes, edges_of
from matching.residual import Growth, compile_trees, grow, unknown_as_nan


class LearnedRanker(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Utilities learnt from what was chosen out of lists.

    `prior` and `neutral` hold one number for each column: the weights with which it begins, on the scale of
    log-odds, and the values that say nothing (None: 0, and the mean). `l2` is how hard it holds on to the
    prior: with little data it is the prior. `base` and `base_l2` are the same for what a row has of itself,
    of which nothing is known by default. `place_l2` is how hard the effects of places are held at nothing,
    and `falling` whether a place may add no more than the one before. `rounds` is the number of trees, none
    by default. They ask about one feature each, about two with `interaction_cst="pairwise"`, or about the
    declared pairs (scikit-learn's lists of sets, of two columns at most); `monotonic_cst` has 1 for columns
    of which more is never worse, -1 for those of which more is never better, 0 for the others.
    `trees_per_step` trees are grown for each Newton step (more is faster), each step on a part `subsample`
    of the lists.
    """

    def __init__(
        self,
        *,
        prior: Sequence[float] | None = None,
        neutral: Sequence[float] | None = None,
        l2: float = 1.0,
        base: float | None = None,
        base_l2: float = 1.0,
        place_l2: float = 1.0,
        falling: bool = True,
        rounds: int = 0,
        trees_per_step: int = 1,
        subsample: float = 1.0,
        learning_rate: float = 0.1,
        max_leaf_nodes: int = 8,
        min_samples_leaf: int = 20,
        max_features: float = 0.3,
        max_bins: int = 32,
        interaction_cst: Any = "no_interactions",
        monotonic_cst: Sequence[int] | None = None,
        random_state: int | None = None,
    ) -> None:
        """Keep the settings as given; `fit` checks them."""
        self.prior = prior
        self.neutral = neutral
        self.l2 = l2
        self.base = base
        self.base_l2 = base_l2
        self.place_l2 = place_l2
        self.falling = falling
        self.rounds = rounds
        self.trees_per_step = trees_per_step
        self.subsample = subsample
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.max_bins = max_bins
        self.interaction_cst = interaction_cst
        self.monotonic_cst = monotonic_cst
        self.random_state = random_state

    def fit(
        self,
        X: Array,  # noqa: N803 the library's
        y: Array,
        lists: npt.ArrayLike | None = None,
        places: npt.ArrayLike | None = None,
        *,
        outside: bool = False,
    ) -> Self:
        """Learn from offers: `y` above 0 where one was taken, 0 where not; never below.

        `lists` names the list of each row; the rows of a list stand together. Where a list has nothing
        taken, nothing may be chosen from any, and where `outside` says so. Without `lists` each offer stands
        alone: taken or not.
        `places` says where in its list each row stood, 0 first: what the place added is told apart, as
        `places_`, and is in no prediction.
        """
        X, y = validate_data(  # noqa: N806
            self, X, y, y_numeric=True, ensure_all_finite="allow-nan", dtype=np.float64
        )
        if (y < 0).any():
            raise ValueError("Negative values in y: it says how often an offer was taken.")
        choices = _choices(y > 0, lists, outside)
        neutral = _per_column(self.neutral, X.shape[1], "neutral", _mean(X))
        prior = _per_column(self.prior, X.shape[1], "prior", np.zeros(X.shape[1]))
        known = np.where(np.isnan(X), 0.0, X - neutral)
        signs = _per_column(self.monotonic_cst, X.shape[1], "monotonic_cst", np.zeros(X.shape[1]))
        before = (
            Prior(prior, self.l2) if self.base is None else Prior(prior, self.l2, self.base, self.base_l2)
        )
        stood = None if places is None else Places(_places(places, len(y)), self.place_l2, self.falling)
        logit = fit_logit(known, choices, before, signs, stood)
        self.places_ = logit.places
        added = np.zeros(len(y)) if stood is None else logit.places[stood.of]
        edges = tuple(edges_of(column, self.max_bins) for column in X.T)
        plain = Lookups(
            logit.weight, neutral, logit.base, edges, tuple(np.zeros(len(one) + 2) for one in edges), {}
        )
        self.lookups_ = self._with_trees(X, choices, plain, added) if self.rounds else plain
        return self

    def predict(self, X: Array) -> Floats:  # noqa: N803
        """Give the utility of each row: the log-odds against taking nothing, where that was possible."""
        features = self._checked(X)
        return self.lookups_.scores(features)

    def contributions(self, X: Array) -> Floats:  # noqa: N803
        """Give what each of `lookups_.terms` adds to each utility, beside `lookups_.base`."""
        features = self._checked(X)
        return self.lookups_.contributions(features)

    def _checked(self, X: Array) -> Floats:  # noqa: N803
        check_is_fitted(self)
        checked = validate_data(self, X, reset=False, ensure_all_finite="allow-nan", dtype=np.float64)
        return np.asarray(checked, np.float64)

    def _with_trees(self, X: Floats, choices: Choices, plain: Lookups, added: Floats) -> Lookups:  # noqa: N803
        sizes = [len(table) for table in plain.singles]
        numbers = codes(plain.edges, X)
        growth = Growth(
            rounds=self.rounds,
            step=self.learning_rate,
            leaves=self.max_leaf_nodes,
            least_in_leaf=self.min_samples_leaf,
            max_features=self.max_features,
            interaction_cst=self.interaction_cst,
            monotonic_cst=self.monotonic_cst,
            at_once=self.trees_per_step,
            share=self.subsample,
        )
        chance = check_random_state(self.random_state)
        trees = grow(unknown_as_nan(numbers, sizes), choices, plain.scores(X) + added, growth, chance)
        base, singles, pairs = compile_trees(trees, sizes)
        return _centred(plain, base, singles, pairs, numbers)

    def __sklearn_tags__(self) -> Tags:
        """Say that unknown values are welcome, and that it learns choices rather than amounts."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.positive_only = True
        tags.regressor_tags.poor_score = True
        return tags


def _choices(chosen: Bools, lists: npt.ArrayLike | None, outside: bool) -> Choices:  # noqa: FBT001 as in fit
    if lists is None:
        return Choices(chosen, np.arange(len(chosen) + 1), outside=True)
    names = np.asarray(lists)
    if names.shape != chosen.shape:
        raise ValueError("`lists` must name a list for each row.")
    begins = np.flatnonzero(np.concatenate([[True], names[1:] != names[:-1]]))
    if len(np.unique(names)) < len(begins):
        raise ValueError("The rows of a list must stand together.")
    starts = np.concatenate([begins, [len(chosen)]])
    nothing = (np.add.reduceat(chosen.astype(int), begins) == 0).any()
    return Choices(chosen, starts, outside=outside or bool(nothing))


def _places(places: npt.ArrayLike, rows: int) -> Ints:
    stood = np.asarray(places)
    if stood.shape != (rows,) or not np.issubdtype(stood.dtype, np.integer) or (stood < 0).any():
        raise ValueError("`places` must have a whole number, 0 or more, for each row.")
    return stood.astype(np.int64)


def _mean(X: Floats) -> Floats:  # noqa: N803
    known = ~np.isnan(X)
    mean: Floats = np.where(known, X, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return mean


def _per_column(given: Sequence[float] | None, columns: int, name: str, otherwise: Floats) -> Floats:
    values = otherwise if given is None else np.asarray(given, np.float64)
    if values.shape != (columns,):
        raise ValueError(f"`{name}` must have one number for each column.")
    return values


def _centred(
    plain: Lookups, base: float, singles: list[Floats], pairs: dict[tuple[int, int], Floats], cells: Ints
) -> Lookups:
    """Let each table add nothing on average over the training rows: its mean goes to the base."""
    means = [float(table[cells[:, one]].mean()) for one, table in enumerate(singles)]
    both = {(a, b): float(table[cells[:, a], cells[:, b]].mean()) for (a, b), table in pairs.items()}
    return Lookups(
        plain.weight,
        plain.neutral,
        plain.base + base + sum(means) + sum(both.values()),
        plain.edges,
        tuple(table - mean for table, mean in zip(singles, means, strict=True)),
        {pair: table - both[pair] for pair, table in pairs.items()},
    )
