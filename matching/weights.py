"""The weights of a linear ranking as plain arrays: all that scoring needs of a fitted ranker."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from matching.arrays import Floats
from matching.features import FEATURES

#: The version of the rule ranking: its weights, and how `matching.model` makes log-odds of them.
RULES = "rules-3"


@dataclass(frozen=True, eq=False)
class Weights:
    """For each feature, in order: its weight, and the value at which it says nothing.

    `version` names the ranking that the weights belong to.
    """

    version: str
    names: tuple[str, ...]
    weight: Floats
    neutral: Floats

    def __post_init__(self) -> None:
        """Refuse weights that do not fit together or are no numbers."""
        if not len(self.names) == len(self.weight) == len(self.neutral):
            message = "as many names, weights and neutral values are needed"
            raise ValueError(message)
        if not (np.isfinite(self.weight).all() and np.isfinite(self.neutral).all()):
            message = "weights and neutral values must be finite"
            raise ValueError(message)

    def of(self, name: str) -> tuple[float, float]:
        """Give the weight of a feature and its neutral value."""
        at = self.names.index(name)
        return float(self.weight[at]), float(self.neutral[at])


@lru_cache(maxsize=1)
def rule_weights() -> Weights:
    """Read the rule ranking's weights from `weights.toml`."""
    path = Path(__file__).parent / "weights.toml"
    rules = tomllib.loads(path.read_text(encoding="utf-8"))
    weight = np.array([rules[name]["weight"] for name in FEATURES])
    neutral = np.array([rules[name]["neutral"] for name in FEATURES])
    return Weights(RULES, FEATURES, weight, neutral)
