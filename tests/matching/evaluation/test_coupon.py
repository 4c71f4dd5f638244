"""The coupon protocol: rates that do not tell of a person's own answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.evaluation.coupon import rank_offers, rates


@given(st.integers(0, 500))
def test_a_persons_own_answers_do_not_enter_their_rates(seed):
    generator = np.random.default_rng(seed)
    persons = generator.choice([f"b{number}" for number in range(30)], 200)
    keys = generator.choice(["bar", "coffee"], 200)
    accepted = generator.random(200) < 0.5
    known = generator.random(200) < 0.8
    own = persons == persons[0]

    before = rates(keys, accepted, persons, known)
    after = rates(keys, accepted ^ own, persons, known)

    assert before[own & known].tolist() == after[own & known].tolist()


def test_what_is_judged_enters_no_rate():
    persons = np.array([f"b{number}" for number in range(100)])
    known = np.arange(100) < 60
    accepted = np.arange(100) % 3 == 0
    keys = np.array(["one"] * 100)

    assert np.array_equal(
        rates(keys, accepted, persons, known), rates(keys, accepted & known, persons, known)
    )


@pytest.mark.slow
@pytest.mark.data
def test_on_the_real_offers_ours_is_ahead(shared_data):
    found = {row.ranker: row.auc for row in rank_offers(shared_data, None, lambda _: None)}

    assert found["halfway"] == max(found.values())
    assert found["halfway"] > 0.77
