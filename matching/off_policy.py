"""What a policy would have earned, told from the logs of another: three estimators and their errors.

A log says what was shown, with which chance, and what came of it (the reward). `weights` are the chance with
which the policy in question would have shown the same, over the chance with which it was shown.

Inverse propensity scores (Horvitz & Thompson 1952) are unbiased and vary much; self-normalised ones
(Swaminathan & Joachims 2015) vary less, with a bias that goes as logs grow; the doubly robust estimate
(Dudík, Langford & Li 2011) is right where either the chances or a model of the reward are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.arrays import Floats

#: Of a normal distribution, 95 % lies within so many standard errors.
_WITHIN = 1.96


@dataclass(frozen=True, slots=True)
class Estimate:
    """An expected reward for each time that something is shown, and its standard error."""

    value: float
    error: float

    @property
    def low(self) -> float:
        """Where 95 % of such estimates begin."""
        return self.value - _WITHIN * self.error

    @property
    def high(self) -> float:
        """Where 95 % of such estimates end."""
        return self.value + _WITHIN * self.error


def weights_of(policy: npt.ArrayLike, logged: npt.ArrayLike) -> Floats:
    """Give the weight of each row of a log: π(a|x) / μ(a|x).

    Raises ValueError where a row was logged with no chance, or a chance lies outside 0 to 1.
    """
    asked, shown = np.asarray(policy, np.float64), np.asarray(logged, np.float64)
    if not (shown > 0).all():
        raise ValueError("What was shown had a chance above 0.")
    if (asked < 0).any() or max(asked.max(), shown.max()) > 1:
        raise ValueError("A chance lies between 0 and 1.")
    weights: Floats = asked / shown
    return weights


def ips(rewards: npt.ArrayLike, weights: npt.ArrayLike) -> Estimate:
    """Inverse propensity scores: Σ w·r / n."""
    return _mean(np.asarray(weights, np.float64) * np.asarray(rewards, np.float64))


def snips(rewards: npt.ArrayLike, weights: npt.ArrayLike) -> Estimate:
    """Self-normalised inverse propensity scores: Σ w·r / Σ w; the error by the delta method.

    NaN where all weights are 0: the log says nothing of such a policy.
    """
    w, r = np.asarray(weights, np.float64), np.asarray(rewards, np.float64)
    total = float(w.sum())
    if total == 0:
        return Estimate(float("nan"), float("nan"))
    value = float(w @ r) / total
    return Estimate(value, float(np.sqrt(np.square(w * (r - value)).sum())) / total)


def doubly_robust(
    rewards: npt.ArrayLike,
    weights: npt.ArrayLike,
    model_of_shown: npt.ArrayLike,
    model_of_policy: npt.ArrayLike,
) -> Estimate:
    """Doubly robust: Σ (q̄ + w·(r − q)) / n.

    q is what a model expects of what was shown, q̄ what it expects of the policy, Σ_a π(a|x)·q(x, a); the
    model must not have learnt from the same rows.
    """
    w, r = np.asarray(weights, np.float64), np.asarray(rewards, np.float64)
    return _mean(np.asarray(model_of_policy, np.float64) + w * (r - np.asarray(model_of_shown, np.float64)))


def _mean(values: Floats) -> Estimate:
    return Estimate(float(values.mean()), float(values.std() / np.sqrt(len(values))))
