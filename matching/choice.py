"""One choice out of a list: the conditional logit, with an outside option, shrunk towards a prior.

P(j | list) = e^{u_j} / (o + Σ_k e^{u_k}), where o = 1 if one may also choose nothing, else 0. A list of one
offer with an outside option is the usual logistic regression (McFadden 1974).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from matching.arrays import Bools, Floats, Ints

_STEPS = 500
#: A free base is held back a little, so that it ends where every offer was taken.
_BASE_PENALTY = 1e-6


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
class Logit:
    """The fitted weights and the base (0 without an outside option, where it would say nothing)."""

    weight: Floats
    base: float


def fit_logit(known: Floats, choices: Choices, prior: Floats, l2: float, signs: Floats) -> Logit:
    """Fit weights to choices: least loss + l2 · Σ spread² · (weight − prior)², by L-BFGS.

    `known` are the features less their neutral values, 0 where unknown; `spread` is each one's standard
    deviation, so that the unit of a feature does not matter. Where `signs` is 1 no weight is below 0, where
    -1 none above.
    """
    spread = known.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    scaled, start = known / spread, prior * spread

    def lost(parameters: Floats) -> tuple[float, Floats]:
        weight, base = parameters[1:], parameters[0]
        utility = scaled @ weight + base
        slope, _ = choices.slopes(utility)
        apart = weight - start
        loss = choices.loss(utility) + l2 * apart @ apart + _BASE_PENALTY * base**2
        by_base = slope.sum() + 2 * _BASE_PENALTY * base if choices.outside else 0.0
        return loss, np.concatenate([[by_base], scaled.T @ slope + 2 * l2 * apart])

    low, high = np.where(signs > 0, 0.0, -np.inf), np.where(signs < 0, 0.0, np.inf)
    found = minimize(
        lost,
        np.concatenate([[0.0], np.clip(start, low, high)]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), *zip(low, high, strict=True)],
        options={"maxiter": _STEPS},
    )
    return Logit(found.x[1:] / spread, float(found.x[0]))
