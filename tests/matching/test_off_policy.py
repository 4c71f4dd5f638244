"""Off-policy estimators agree with slow versions, with what they estimate, and with a real second policy."""

from __future__ import annotations

import csv
import math
from collections import Counter
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.off_policy import doubly_robust, ips, snips, weights_of

CHANCES = st.floats(0.05, 1)
LOGS = st.lists(st.tuples(st.booleans(), CHANCES, CHANCES, CHANCES, CHANCES), min_size=1, max_size=20)


@given(LOGS)
def test_they_are_what_their_formulas_say(log):
    rewards, asked, shown, q, q_policy = (list(column) for column in zip(*log, strict=True))
    weights = weights_of(asked, shown)
    terms = [p / m * r for r, p, m, _, _ in log]
    corrected = [e + p / m * (r - s) for r, p, m, s, e in log]

    assert ips(rewards, weights).value == pytest.approx(fmean(terms))
    assert snips(rewards, weights).value == pytest.approx(sum(terms) / sum(p / m for _, p, m, _, _ in log))
    assert doubly_robust(rewards, weights, q, q_policy).value == pytest.approx(fmean(corrected))


@given(LOGS)
def test_of_its_own_log_a_policy_has_the_mean(log):
    rewards, shown = [row[0] for row in log], [row[2] for row in log]
    weights = weights_of(shown, shown)

    assert ips(rewards, weights).value == pytest.approx(fmean(rewards))
    assert snips(rewards, weights).value == pytest.approx(fmean(rewards))


@given(st.lists(st.tuples(CHANCES, CHANCES, CHANCES), min_size=2, max_size=4))
def test_they_expect_the_policys_own_reward_over_all_that_can_be_shown(offers):
    """Each action, as often as it is logged in the long run: nothing is left to chance."""
    shown, asked, reward = (np.array(column) for column in zip(*offers, strict=True))
    shown, asked = shown / shown.sum(), asked / asked.sum()
    truth = float(asked @ reward)
    weights = weights_of(asked, shown)
    wrong, right = np.zeros(len(shown)), reward

    assert shown @ (weights * reward) == pytest.approx(truth)
    # whatever the model expects, the weights put it right; and a right model needs no right weights
    assert asked @ wrong + shown @ (weights * (reward - wrong)) == pytest.approx(truth)
    assert doubly_robust(reward, weights + 1, right, np.full(len(shown), truth)).value == pytest.approx(truth)


def test_errors_shrink_as_logs_grow_and_hold_the_truth():
    generator = np.random.default_rng(3)
    shown, asked, reward = np.array([0.7, 0.2, 0.1]), np.array([0.1, 0.3, 0.6]), np.array([0.1, 0.5, 0.4])
    truth = float(asked @ reward)
    held = {"ips": 0, "snips": 0, "dr": 0}
    errors = []
    for _ in range(200):
        action = generator.choice(3, 400, p=shown)
        came = generator.random(400) < reward[action]
        weights = weights_of(asked[action], shown[action])
        model = np.array([0.2, 0.4, 0.4])
        found = {
            "ips": ips(came, weights),
            "snips": snips(came, weights),
            "dr": doubly_robust(came, weights, model[action], np.full(400, asked @ model)),
        }
        errors.append([*(one.error for one in found.values()), ips(came[:100], weights[:100]).error])
        for name, estimate in found.items():
            held[name] += estimate.low <= truth <= estimate.high

    of_ips, of_snips, of_dr, of_a_quarter = np.mean(errors, axis=0)
    assert of_snips < of_ips
    assert of_dr < of_ips
    assert of_a_quarter == pytest.approx(2 * of_ips, rel=0.1)
    assert all(170 <= often <= 200 for often in held.values()), held


def test_what_could_not_be_shown_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        weights_of([0.5], [0.0])
    with pytest.raises(ValueError, match="between 0 and 1"):
        weights_of([1.5], [0.5])
    assert math.isnan(snips([1.0], [0.0]).value)


def logs(shared_data, name):
    with (shared_data / "choices_open_bandit" / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = [(row["position"], row["item_id"]) for row in rows]
    clicks = np.array([float(row["click"]) for row in rows])
    return shown, clicks, np.array([float(row["propensity_score"]) for row in rows])


@pytest.mark.data
def test_one_real_policy_is_told_from_the_logs_of_the_other(shared_data):
    """Random and Bernoulli Thompson sampling showed the same 80 items in the same week."""
    at_random, clicks_at_random, chance_at_random = logs(shared_data, "random_all.csv")
    by_bts, clicks_by_bts, chance_by_bts = logs(shared_data, "bts_all.csv")
    # Thompson sampling moves on during the week: what it showed on the whole is counted
    often, places = Counter(by_bts), Counter(position for position, _ in by_bts)
    policy = np.array([often[one] / places[one[0]] for one in at_random])
    # a model of the reward for each position, learnt from the other half of the rows
    half = np.arange(len(at_random)) % 2
    place = np.array([position for position, _ in at_random])
    model = np.zeros(len(at_random))
    for one in (0, 1):
        for where in set(place):
            others = (half != one) & (place == where)
            model[(half == one) & (place == where)] = clicks_at_random[others].mean()

    weights = weights_of(policy, chance_at_random)
    for estimate in (
        ips(clicks_at_random, weights),
        snips(clicks_at_random, weights),
        doubly_robust(clicks_at_random, weights, model, model),
    ):
        assert estimate.low <= clicks_by_bts.mean() <= estimate.high
        assert 0 < estimate.error < 0.004
    # and back: the log of the one that learns says with which chance it showed what it showed
    back = snips(clicks_by_bts, weights_of(np.full(len(by_bts), 1 / 80), chance_by_bts))
    assert back.low <= clicks_at_random.mean() <= back.high
