"""Calibration: a line through scores gives back the chances that come, and changes no order."""

from __future__ import annotations

import numpy as np
import pytest

from matching.calibration import fit_line
from matching.metrics import ece


@pytest.mark.parametrize(("base", "scale"), [(0.0, 1.0), (-1.0, 0.5), (0.7, 2.0)])
def test_scores_on_another_line_are_put_back(base, scale):
    generator = np.random.default_rng(2)
    truth = generator.normal(size=20_000)
    taken = generator.random(20_000) < 1 / (1 + np.exp(-truth))
    scores = (truth - base) / scale

    found = fit_line(scores, taken)
    chances = 1 / (1 + np.exp(-(found[0] + found[1] * scores)))

    assert found == pytest.approx((base, scale), abs=0.1)
    assert ece(taken, chances) < 0.012


def test_the_order_is_never_turned_round():
    scores = np.linspace(-1, 1, 200)

    assert fit_line(scores, scores < 0)[1] == 0
