"""The ranking's model: what it makes of a pair's features, as a sum whose parts are known.

A utility is on the scale of log-odds: that of the volunteer taking this one need, were it the only one in
the list, rather than nothing. The rule ranking is the special case of weights without tables. Arrays only:
a request that scores needs nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from scipy.special import expit

from matching.arrays import Floats
from matching.lookups import Lookups, plain
from matching.weights import Weights, rule_weights

#: Log-odds for the whole way of a rule score from 0 to 1: a pair that has everything is told from one that
#: has nothing by e^8. And those of a pair of which everything is neutral: one in twenty says yes.
RULE_SCALE, RULE_BASE = 8.0, -3.0


@dataclass(frozen=True, eq=False)
class Model:
    """A fitted ranking: the features it reads, in order, and what is looked up for them.

    `version` goes on record with proposals. `positions` holds what each place of a list, the first first,
    added to the utilities of what stood there when this was fitted: it was told apart from the needs' own,
    and is never added to a ranking.
    """

    version: str
    names: tuple[str, ...]
    lookups: Lookups
    positions: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """Refuse a model whose parts do not fit together or hold what is no number: ValueError."""
        self.lookups.check(len(self.names))
        if self.positions.ndim != 1 or not np.isfinite(self.positions).all():
            raise ValueError("positions must be finite numbers in a row")

    @property
    def base(self) -> float:
        """Give the utility of a pair to which no feature adds anything."""
        return self.lookups.base

    @property
    def weights(self) -> Weights:
        """Give the part without tables: enough for a rough look."""
        return Weights(self.version, self.names, self.lookups.weight, self.lookups.neutral)

    def contributions(self, features: Floats) -> Floats:
        """Give what each feature adds to the utility of each row, beside `base`; they add up exactly.

        What a table of two features adds is shared between them half and half: their Shapley values, as
        each table adds nothing on average.
        """
        added = self.lookups.contributions(features)
        alone = added[:, : len(self.names)]
        for number, (one, other) in enumerate(self.lookups.pairs, start=len(self.names)):
            half = added[:, number] / 2
            alone[:, one] += half
            alone[:, other] += half
        return alone


def chance_of(utilities: Floats | np.float64) -> Floats:
    """Give the chance that belongs to log-odds, from 0 to 1."""
    chance: Floats = expit(utilities)
    return chance


@lru_cache(maxsize=1)
def rule_model() -> Model:
    """Give the rule ranking: `weights.toml`, times `RULE_SCALE`, from `RULE_BASE` on."""
    rules = rule_weights()
    return Model(rules.version, rules.names, plain(RULE_SCALE * rules.weight, rules.neutral, RULE_BASE))
