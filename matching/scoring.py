"""Scores as weights times features, and what each feature adds: arrays only, fit for a request."""

from __future__ import annotations

import numpy as np

from matching.arrays import Floats
from matching.weights import Weights


def contributions(weights: Weights, features: Floats) -> Floats:
    """Give what each feature adds to each score, beside `weights.base`; unknown adds nothing."""
    added: Floats = weights.weight * (features - weights.neutral)
    return np.where(np.isnan(features), 0.0, added)


def scores(weights: Weights, features: Floats) -> Floats:
    """Give the scores: the base and all contributions, exactly."""
    added: Floats = contributions(weights, features).sum(axis=1)
    return weights.base + added
