"""Calibration: a line through scores, so that the chances they say are the chances that come (Platt 1999).

The scores must be of offers from which the ranker had not learnt. Tables on such a line are still exact
(`Lookups.calibrated`), and order what they ordered.
"""

from __future__ import annotations

import numpy as np

from matching.arrays import Bools, Floats
from matching.choice import Choices, Prior, fit_logit

#: How hard the line is held at the scores as they are, as so much l2 of a logit.
_PULL = 1.0


def fit_line(scores: Floats, taken: Bools) -> tuple[float, float]:
    """Give base and scale, never below 0, of the log-odds base + scale · score."""
    alone = Choices(taken, np.arange(len(taken) + 1), outside=True)
    fitted = fit_logit(scores[:, None], alone, Prior(np.ones(1), _PULL), np.ones(1))
    return fitted.base, float(fitted.weight[0])
