"""Each metric agrees with a slow and obvious second version, and does not depend on the order of a list."""

from __future__ import annotations

import itertools
import math
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.metrics import (
    auc,
    auc_by_group,
    bootstrap_auc,
    bootstrap_interval,
    ece,
    gap_closed,
    gini,
    hit_rate_at_k,
    mrr,
    ndcg_at_k,
    recall_at_1,
)

# few different scores, so that equals are common; short lists, so that every order can be tried
SCORED = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=6)
ANSWERS = st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=40)


def orders_of(scores):
    """List every order, best first, in which equals may stand."""
    every = itertools.permutations(range(len(scores)))
    return [order for order in every if all(scores[a] >= scores[b] for a, b in itertools.pairwise(order))]


def dcg(gains):
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


@given(SCORED, st.integers(1, 7))
def test_ndcg_is_the_mean_over_every_order_of_equals(pairs, k):
    gains, scores = [gain for gain, _ in pairs], [score for _, score in pairs]
    best = dcg(sorted(gains, reverse=True)[:k])
    slow = fmean(dcg([gains[one] for one in order][:k]) for order in orders_of(scores)) / best if best else 0

    assert ndcg_at_k(gains, scores, k) == pytest.approx(slow)


@given(SCORED, st.integers(1, 7), st.data())
def test_hits_and_reciprocal_rank_are_means_over_every_order_of_equals(pairs, k, data):
    scores = [score for _, score in pairs]
    chosen = data.draw(st.integers(0, len(scores) - 1))
    places = [order.index(chosen) + 1 for order in orders_of(scores)]

    assert hit_rate_at_k(chosen, scores, k) == pytest.approx(fmean(place <= k for place in places))
    assert mrr(chosen, scores) == pytest.approx(fmean(1 / place for place in places))


@given(ANSWERS)
def test_auc_is_the_share_of_pairs_in_the_right_order(pairs):
    yes = [score for label, score in pairs if label]
    no = [score for label, score in pairs if not label]
    right = [(a > b) + (a == b) / 2 for a in yes for b in no]
    found = auc([label for label, _ in pairs], [score for _, score in pairs])

    assert math.isnan(found) if not right else found == pytest.approx(fmean(right))


def test_auc_by_group_judges_each_person_alone():
    labels, scores = [1, 0, 1, 0, 1], [0.9, 0.1, 0.2, 0.8, 0.5]

    found = auc_by_group(labels, scores, ["b", "b", "a", "a", "c"])

    assert found[:2].tolist() == [0.0, 1.0]
    assert math.isnan(found[2])


@given(ANSWERS, st.integers(1, 6))
def test_ece_compares_what_was_said_with_what_came_in_bins_of_equal_mass(pairs, bins):
    pairs = sorted(((score / 5, label) for label, score in pairs), key=lambda pair: pair[0])
    size, more = divmod(len(pairs), bins)
    slow, start = 0.0, 0
    for number in range(bins):
        part = pairs[start : (start := start + size + (number < more))]
        slow += abs(sum(said for said, _ in part) - sum(came for _, came in part)) / len(pairs)

    assert ece([came for _, came in pairs], [said for said, _ in pairs], bins) == pytest.approx(slow)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_gini_is_half_the_mean_difference_of_all_pairs_over_the_mean(amounts):
    total, count = sum(amounts), len(amounts)
    apart = sum(abs(one - other) for one in amounts for other in amounts)
    slow = apart / (2 * count * total) if total else 0

    assert gini(amounts) == pytest.approx(slow, abs=1e-12)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_the_gap_closed_counts_what_was_won_and_lost_of_what_was_left(needs):
    left = [now for before, now in needs if not before]
    lost = sum(before and not now for before, now in needs)
    slow = (sum(left) - lost) / len(left) if left else 0

    before, now = (fmean(found) for found in zip(*needs, strict=True))
    assert gap_closed(now, before) == pytest.approx(slow)


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=8))
def test_recall_at_1_asks_whether_the_own_text_is_the_nearest(table):
    own = [number % 4 for number in range(len(table))]
    slow = [
        (row[mine] == max(row)) / sum(one == max(row) for one in row)
        for row, mine in zip(table, own, strict=True)
    ]

    assert recall_at_1(table, own).tolist() == pytest.approx(slow)


def test_an_interval_draws_persons_not_rows():
    values = np.concatenate([np.ones(900), np.zeros(100)])
    of_one_person_each = bootstrap_interval(values, np.arange(1000), seed=1)
    of_ten_persons = bootstrap_interval(values, np.repeat(np.arange(10), 100), seed=1)

    assert 0.87 < of_one_person_each.low < 0.9 < of_one_person_each.high < 0.93
    assert of_ten_persons.high - of_ten_persons.low > 5 * (of_one_person_each.high - of_one_person_each.low)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3)), min_size=1, max_size=12))
def test_an_interval_agrees_with_drawing_persons_one_by_one(pairs):
    values = np.array([value for value, _ in pairs])
    persons = np.array([person for _, person in pairs])
    each = [values[persons == person] for person in np.unique(persons)]
    generator = np.random.default_rng(5)
    drawn = generator.multinomial(len(each), np.full(len(each), 1 / len(each)), size=50)
    means = [
        np.concatenate([each[one].repeat(often) for one, often in enumerate(row)]).mean() for row in drawn
    ]
    slow = np.quantile(means, [0.025, 0.975])

    found = bootstrap_interval(values, persons, seed=5, draws=50)

    assert [found.low, found.high] == pytest.approx(slow.tolist())


def test_an_interval_leaves_out_what_is_unknown():
    assert math.isnan(bootstrap_interval([math.nan], np.array(["a"]), seed=1).low)
    assert bootstrap_interval([math.nan, 1.0], np.array(["a", "b"]), seed=1).high == 1.0


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 3)), min_size=2, max_size=20))
def test_an_interval_of_auc_agrees_with_drawing_persons_one_by_one(answers):
    labels, scores, persons = (np.array(column) for column in zip(*answers, strict=True))
    each = [np.flatnonzero(persons == person) for person in np.unique(persons)]
    generator = np.random.default_rng(5)
    drawn = generator.multinomial(len(each), np.full(len(each), 1 / len(each)), size=20)
    rows = [np.concatenate([np.tile(each[one], often) for one, often in enumerate(row)]) for row in drawn]
    found = [auc(labels[some], scores[some]) for some in rows]
    if all(math.isnan(one) for one in found):
        return

    interval = bootstrap_auc(labels, scores, persons, seed=5, draws=20)

    assert [interval.low, interval.high] == pytest.approx(np.nanquantile(found, [0.025, 0.975]).tolist())
