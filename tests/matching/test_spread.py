"""Fair exposure: the best list is found, relevance keeps the first slot, prices tell who is left alone."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.spread import (
    SLOTS,
    Forecast,
    Sample,
    Standing,
    arrange,
    attention_of,
    choose_weight,
    relevance_acceptances,
    replay,
    worth_of,
)

_ATTENTION = attention_of(SLOTS)
utilities_of = st.lists(st.floats(-6, 3), min_size=1, max_size=40).map(lambda some: np.sort(some)[::-1])
seeds = st.integers(0, 10_000)


def earned(order, utilities, worth, attention):
    """What a list earns: the mean over volunteers who mean to take something, may, or only look."""
    taken = [np.exp(utilities[need]) * seen for need, seen in zip(order, attention, strict=False)]
    value = sum(one * worth[need] for one, need in zip(taken, order, strict=True))
    kinds = ((1 / 6, -(3**0.5)), (2 / 3, 0.0), (1 / 6, 3**0.5))
    return sum(part * value / (np.exp(2 * at) + sum(taken)) for part, at in kinds)


@given(seeds, st.integers(2, 6), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_no_other_list_with_this_first_need_earns_more(seed, needs, slots):
    draw = np.random.default_rng(seed)
    utilities, worth = np.sort(draw.normal(-1, 2, needs))[::-1], draw.uniform(0.6, 3, needs)
    attention = attention_of(min(slots, needs))
    found = arrange(utilities, worth, attention)
    best = max(
        earned((0, *rest), utilities, worth, attention)
        for rest in permutations(range(1, needs), len(attention) - 1)
    )
    assert earned(found.order, utilities, worth, attention) == pytest.approx(best, rel=1e-3)


@given(utilities_of, seeds)
def test_the_first_slot_is_the_most_relevant_need_whatever_it_is_worth(utilities, seed):
    worth = np.random.default_rng(seed).uniform(0.5, 3, len(utilities))
    assert arrange(utilities, worth, _ATTENTION).order[0] == 0


@given(utilities_of, st.floats(0.7, 3))
def test_needs_of_the_same_worth_stand_in_order_of_relevance(utilities, worth):
    order = arrange(utilities, np.full(len(utilities), worth), _ATTENTION).order
    assert order.tolist() == list(range(min(SLOTS, len(utilities))))


@given(utilities_of, seeds, st.floats(0.01, 2))
def test_a_higher_price_never_moves_a_need_down(utilities, seed, more):
    draw = np.random.default_rng(seed)
    worth = draw.uniform(0.8, 3, len(utilities))
    which = int(draw.integers(len(utilities)))
    dearer = worth.copy()
    dearer[which] += more
    slots = attention_of(len(utilities))
    before, after = (arrange(utilities, one, slots).order.tolist().index(which) for one in (worth, dearer))
    assert after <= before


def test_an_empty_list_is_arranged_to_an_empty_list():
    assert arrange(np.zeros(0), np.zeros(0), _ATTENTION).order.tolist() == []


def test_a_bonus_ends_with_the_first_volunteer_and_a_cost_stays():
    worth = worth_of(np.array([0.8, 0.8, -0.2, -0.2]), np.array([True, False, True, False]))
    assert worth.tolist() == pytest.approx([1.8, 1.0, 0.8, 0.8])


def market(seed, *, needs=30, volunteers=40, visits=20.0, **said):
    draw = np.random.default_rng(seed)
    utilities = draw.normal(-3, 1.5, (volunteers, needs))
    usual = {
        "nobody_yet": draw.random(needs) < 0.6,
        "places_left": draw.integers(1, 6, needs),
        "days_left": draw.uniform(1, 20, needs),
        "others": np.zeros(needs),
    }
    sample = Sample(np.broadcast_to(np.arange(needs), utilities.shape), utilities, visits)
    return sample, Standing(**(usual | said))


def test_the_replay_shows_the_very_lists_that_are_served():
    sample, standing = market(1)
    prices = Forecast(np.ones(30), np.zeros(30), 0.0).prices(1.5)
    came = np.zeros(30)
    for utilities in sample.utilities:
        by_relevance = np.argsort(-utilities, kind="stable")
        worth = worth_of(prices, standing.nobody_yet)[by_relevance]
        listed = by_relevance[arrange(utilities[by_relevance], worth, _ATTENTION).order]
        # Worth 1 for one need and 0 for all others gives that need's chance.
        for need in listed:
            came[need] += earned(listed, utilities, np.eye(30)[need], _ATTENTION) / len(sample.utilities)
    alone = (1 + np.exp(-came * sample.visits * standing.days_left)) / 2
    assert replay(sample, standing, 1.5, rounds=1).left_alone == pytest.approx(alone)


def test_prices_come_to_rest():
    sample, standing = market(2)
    near = replay(sample, standing, 0.5, rounds=30)
    assert replay(sample, standing, 0.5, before=near, rounds=1).left_alone == pytest.approx(
        near.left_alone, abs=0.02
    )


def test_a_need_with_less_time_or_fewer_visitors_is_more_likely_to_be_left_alone():
    sample, standing = market(3, days_left=np.full(30, 10.0))
    _, hurried = market(3, days_left=np.full(30, 1.0))
    assert (replay(sample, hurried, 0.0).left_alone >= replay(sample, standing, 0.0).left_alone).all()
    _, known = market(3, days_left=np.full(30, 10.0), others=np.full(30, 0.5))
    assert (replay(sample, known, 0.0).left_alone < replay(sample, standing, 0.0).left_alone).all()


def test_a_need_whom_nobody_suits_keeps_the_price_of_a_new_one():
    sample, standing = market(4)
    without = sample.utilities.copy()
    without[:, 7] = -np.inf
    found = replay(Sample(sample.needs, without, sample.visits), standing, 1.0)
    assert found.left_alone[7] == 1
    assert found.filled[7] == 0


def test_without_recent_volunteers_everybody_has_the_price_of_a_new_need():
    _, standing = market(5)
    nobody = Sample(np.zeros((0, 0), np.int64), np.zeros((0, 0)), 0.0)
    found = replay(nobody, standing, 1.0)
    assert found.prices(1.0).tolist() == [1.0] * 30


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_the_chosen_weight_keeps_what_was_asked_and_the_next_larger_would_not(seed):
    sample, standing = market(seed)
    weight, forecast = choose_weight(sample, standing, 2.0, keep=0.98)
    wanted = 0.98 * relevance_acceptances(sample)
    assert weight == 0 or forecast.acceptances >= wanted
    if weight < 2:
        assert replay(sample, standing, weight + 0.2).acceptances < wanted


def test_without_a_price_as_many_come_as_by_relevance():
    sample, standing = market(6)
    assert replay(sample, standing, 0.0).acceptances == pytest.approx(relevance_acceptances(sample))
