"""One choice out of a list: the conditional logit, with an outside option, shrunk towards a prior.

P(j | list) = e^{u_j + π(j)} / (o + Σ_k e^{u_k + π(k)}), where o = 1 if one may also choose nothing, else 0,
and π(j) is what the place of j in the list adds. A list of one offer with an outside option is the usual
logistic regression (McFadden 1974).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from matching.arrays import Bools, Floats, Ints

_STEPS = 500
#: A free base is held back a little, so that it ends where every offer was taken.
_BASE_PENALTY = 1e-6
_LEAST_SPREAD = 1e-9


@dataclass(frozen=True, eq=False)
class Choices:
    """What was chosen out of which list: lists are runs of rows, `starts` their bounds.

    `outside` says whether nothing may be chosen; where a list has nothing chosen it must be so.
    """

    chosen: Bools
    starts: Ints
    outside: bool

    @property
    def lengths(self) -> Ints:
        """How many offers each list has."""
        return np.diff(self.starts)

    @property
    def draws(self) -> Ints:
        """How many choices were made from each list."""
        taken = np.add.reduceat(self.chosen.astype(np.int64), self.starts[:-1])
        return np.maximum(taken, 1)

    def log_totals(self, utility: Floats) -> Floats:
        """For each list, the logarithm of its choice's denominator."""
        top = np.maximum.reduceat(utility, self.starts[:-1])
        top = np.maximum(top, 0) if self.outside else top
        rest = np.add.reduceat(np.exp(utility - np.repeat(top, self.lengths)), self.starts[:-1])
        totals: Floats = top + np.log(rest + (np.exp(-top) if self.outside else 0.0))
        return totals

    def chances(self, utility: Floats) -> Floats:
        """For each offer, the chance that a choice from its list falls on it."""
        chances: Floats = np.exp(utility - np.repeat(self.log_totals(utility), self.lengths))
        return chances

    def loss(self, utility: Floats) -> float:
        """Give the negative log-likelihood of all choices."""
        return float(self.draws @ self.log_totals(utility) - utility[self.chosen].sum())

    def slopes(self, utility: Floats) -> tuple[Floats, Floats]:
        """Give the loss's first derivatives by each offer's utility, and the diagonal of its second."""
        chances, draws = self.chances(utility), np.repeat(self.draws, self.lengths)
        return draws * chances - self.chosen, draws * chances * (1 - chances)


@dataclass(frozen=True, eq=False)
class Prior:
    """Where a fit begins and to which it is pulled back: the weights, and the base.

    `l2` is how hard it is pulled. A base is pulled with `base_l2` times the squared distance.
    """

    weight: Floats
    l2: float
    base: float = 0.0
    base_l2: float = _BASE_PENALTY


@dataclass(frozen=True, eq=False)
class Places:
    """Where each row stood in its list, 0 first, and what is believed of places before anything is seen.

    The first place adds 0, each further one what the one before adds less a step. Steps are pulled to 0 with
    `l2` times their square; where places are `falling`, no step goes up.
    """

    of: Ints
    l2: float = 1.0
    falling: bool = True

    def steps(self) -> Floats:
        """Give a column for each step down: -1 for the rows that stood below it."""
        below = np.arange(1, int(self.of.max(initial=0)) + 1)
        return -(self.of[:, None] >= below).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Logit:
    """The fitted weights, the base (0 without an outside option, where it would say nothing), and places.

    `places` holds what each place adds to the utility of what stands there, the first first; empty where
    nobody said what stood where.
    """

    weight: Floats
    base: float
    places: Floats


def fit_logit(
    known: Floats, choices: Choices, prior: Prior, signs: Floats, places: Places | None = None
) -> Logit:
    """Fit weights to choices: least loss + l2 · Σ spread² · (weight − prior)², by L-BFGS.

    `known` are the features less their neutral values, 0 where unknown; `spread` is each one's standard
    deviation, so that the unit of a feature does not matter. Where `signs` is 1 no weight is below 0, where
    -1 none above. Without any list the prior comes back as it is.
    """
    steps = np.zeros((len(known), 0)) if places is None else places.steps()
    if not len(known):
        return Logit(prior.weight, prior.base if choices.outside else 0.0, np.zeros(0))
    spread = known.std(axis=0)
    # Of a column that is all the same, rounding leaves a trace, which is no unit to measure by.
    spread = np.where(spread > _LEAST_SPREAD, spread, 1.0)
    columns = np.column_stack([known / spread, steps])
    free = steps.shape[1]
    start = np.concatenate([prior.weight * spread, np.zeros(free)])
    pull = np.concatenate([np.full(len(spread), prior.l2), np.full(free, places.l2 if places else 0.0)])
    first = prior.base if choices.outside else 0.0

    def lost(parameters: Floats) -> tuple[float, Floats]:
        weight, base = parameters[1:], parameters[0]
        utility = columns @ weight + base
        slope, _ = choices.slopes(utility)
        apart, off = weight - start, base - first
        loss = choices.loss(utility) + (pull * apart) @ apart + prior.base_l2 * off**2
        by_base = slope.sum() + 2 * prior.base_l2 * off if choices.outside else 0.0
        return loss, np.concatenate([[by_base], columns.T @ slope + 2 * pull * apart])

    down = np.full(free, 1.0 if places and places.falling else 0.0)
    bounds = np.concatenate([signs, down])
    low, high = np.where(bounds > 0, 0.0, -np.inf), np.where(bounds < 0, 0.0, np.inf)
    found = minimize(
        lost,
        np.concatenate([[first], np.clip(start, low, high)]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), *zip(low, high, strict=True)],
        options={"maxiter": _STEPS},
    )
    weight, down = found.x[1 : len(spread) + 1] / spread, found.x[len(spread) + 1 :]
    added = np.zeros(0) if places is None else 0.0 - np.concatenate([[0.0], np.cumsum(down)])
    return Logit(weight, float(found.x[0]), added)
