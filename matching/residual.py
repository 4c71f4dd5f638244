"""Trees on what a logit leaves over, and their exact form as lookup tables.

Each Newton step of the choice's loss is fitted by one or some trees of scikit-learn's HistGradientBoosting.
No path of a tree asks about more than two features, so the sum of all trees is a sum of tables of one or two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from matching.arrays import Bools, Floats, Ints
from matching.choice import Choices
from matching.lookups import Pair

#: Offers of next to no chance would otherwise count with next to no weight, and ask for endless steps.
_LEAST_CURVATURE = 0.01


@dataclass(frozen=True)
class Growth:
    """How the trees grow: their number and step, their size, and what they may ask about.

    `interaction_cst` and `monotonic_cst` are scikit-learn's; a path holds two features at most. So many trees
    are grown `at_once`, for one Newton step, and each step looks at a `share` of the lists, drawn by chance.
    """

    rounds: int
    step: float
    leaves: int
    least_in_leaf: int
    max_features: float
    interaction_cst: Any
    monotonic_cst: Sequence[int] | None
    at_once: int = 1
    share: float = 1.0


def grow(
    cells: Floats, choices: Choices, utility: Floats, growth: Growth, chance: np.random.RandomState
) -> list[HistGradientBoostingRegressor]:
    """Fit trees to what the utilities leave over; `cells` are bin numbers, NaN where unknown."""
    trees = []
    utility = utility.copy()
    for begun in range(0, growth.rounds, growth.at_once):
        slope, curvature = choices.slopes(utility)
        curvature = np.maximum(curvature, _LEAST_CURVATURE)
        tree = HistGradientBoostingRegressor(
            max_iter=min(growth.at_once, growth.rounds - begun),
            learning_rate=growth.step,
            max_leaf_nodes=growth.leaves,
            min_samples_leaf=growth.least_in_leaf,
            l2_regularization=1.0,
            max_features=growth.max_features,
            interaction_cst=growth.interaction_cst,
            monotonic_cst=growth.monotonic_cst,
            early_stopping=False,
            random_state=chance.randint(2**31 - 1),
        )
        rows = _drawn(choices, growth.share, chance)
        some = cells[rows]
        # scikit-learn cannot cut a column of which nothing is known, and never cuts one that is all the same.
        some = np.where(np.isnan(some).all(axis=0), 0.0, some)
        tree.fit(some, (-slope / curvature)[rows], sample_weight=curvature[rows])
        utility += tree.predict(cells)
        trees.append(tree)
    return trees


def _drawn(choices: Choices, share: float, chance: np.random.RandomState) -> Bools | slice:
    """Mark the rows of a share of the lists; at least one list is drawn."""
    if share >= 1:
        return slice(None)
    drawn = chance.random_sample(len(choices.lengths)) < share
    drawn[chance.randint(len(drawn))] = True
    rows: Bools = np.repeat(drawn, choices.lengths)
    return rows


def compile_trees(
    trees: Sequence[HistGradientBoostingRegressor], sizes: Sequence[int]
) -> tuple[float, list[Floats], dict[Pair, Floats]]:
    """Write trees out as a base, a table for each feature, and one for each pair that they ask about.

    `sizes` are the numbers of cells of each feature, the last for unknown. The nodes are private to
    scikit-learn: a test holds that the tables give what `predict` does.
    """
    base = 0.0
    singles = [np.zeros(size) for size in sizes]
    pairs: dict[Pair, Floats] = {}
    for tree in trees:
        base += float(np.ravel(tree._baseline_prediction)[0])  # noqa: SLF001 there is no public way to it
        for (grown,) in tree._predictors:  # noqa: SLF001 the same
            base += _add_leaves(grown.nodes, sizes, singles, pairs)
    return base, singles, pairs


def _add_leaves(nodes: Any, sizes: Sequence[int], singles: list[Floats], pairs: dict[Pair, Floats]) -> float:
    waiting: list[tuple[int, dict[int, Bools]]] = [(0, {})]
    base = 0.0
    while waiting:
        number, within = waiting.pop()
        node = nodes[number]
        if not node["is_leaf"]:
            feature = int(node["feature_idx"])
            left = _goes_left(node, sizes[feature])
            before = within.get(feature, np.ones(sizes[feature], bool))
            waiting.append((int(node["left"]), within | {feature: before & left}))
            waiting.append((int(node["right"]), within | {feature: before & ~left}))
        elif not within:
            base += float(node["value"])
        elif len(within) == 1:
            ((one, cells),) = within.items()
            singles[one][cells] += node["value"]
        else:
            (a, in_a), (b, in_b) = sorted(within.items(), key=lambda part: part[0])
            table = pairs.setdefault((a, b), np.zeros((sizes[a], sizes[b])))
            table[np.ix_(in_a, in_b)] += node["value"]
    return base


def _goes_left(node: Any, size: int) -> Bools:
    left: Bools = np.arange(size) <= node["num_threshold"]
    left[-1] = bool(node["missing_go_to_left"])
    return left


def unknown_as_nan(cells: Ints, sizes: Sequence[int]) -> Floats:
    """Give bin numbers as the trees take them: NaN in place of the cell for unknown."""
    return np.where(cells == np.array(sizes) - 1, np.nan, cells.astype(np.float64))
