"""Simulated markets: the same chances for every policy, the same numbers from the same seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matching.simulation.market import Market, Policy
from matching.simulation.policies import POLICIES, Halfway, Relevance, SmartSort
from matching.simulation.results import outcome_of, simulate
from matching.simulation.town import make_town
from matching.simulation.worlds import WORLDS
from matching.spread import SLOTS

SMALL = replace(WORLDS["ordinary"], needs=120, visits=250, organisations=30, days=20)


@pytest.fixture(scope="module")
def town():
    return make_town(SMALL, 5)


class Watched(Relevance):
    """Relevance, which notes whom it met and what it listed."""

    def __init__(self):
        self.met, self.listed = [], []

    def order(self, market, visit):
        order = super().order(market, visit)
        self.met.append((visit.volunteer, visit.at))
        self.listed.append((visit.needs, order, market.places_left[visit.needs].copy()))
        return order


def test_a_seed_draws_one_town(town):
    again, other = make_town(SMALL, 5), make_town(SMALL, 6)
    for name in (
        "utilities",
        "estimates",
        "eligible",
        "noise",
        "outside",
        "places",
        "published",
        "when",
        "who",
    ):
        assert np.array_equal(getattr(town, name), getattr(again, name))
    assert not np.array_equal(town.utilities, other.utilities)


@pytest.mark.parametrize("make", POLICIES, ids=lambda one: one().name)
def test_a_policy_comes_to_the_same_numbers_again(town, make):
    assert outcome_of(Market(town).run(make())) == outcome_of(Market(town).run(make()))


def test_policies_meet_the_same_volunteers_at_the_same_moments(town):
    class Backwards(Watched):
        def order(self, market, visit):
            return super().order(market, visit)[::-1]

    one, other = Watched(), Backwards()
    Market(town).run(one)
    Market(town).run(other)
    assert set(one.met) ^ set(other.met) == set()


def test_what_a_volunteer_would_choose_does_not_hang_on_the_policy(town):
    market = Market(town)
    shown = np.flatnonzero(town.eligible[town.who[3]])[:5]
    market.run(Halfway())
    assert Market(town)._choose(3, int(town.who[3]), shown) == market._choose(3, int(town.who[3]), shown)


def test_no_place_is_taken_twice_and_nobody_is_shown_what_is_full_closed_or_not_theirs(town):
    policy = Watched()
    market = Market(town).run(policy)
    assert (market.accepted + market.places_left == town.places).all()
    assert (market.places_left >= 0).all()
    for (volunteer, at), (needs, order, left) in zip(policy.met, policy.listed, strict=True):
        assert len(order) <= SLOTS
        assert len(set(order.tolist())) == len(order)
        assert town.eligible[volunteer, needs].all()
        assert (left > 0).all()
        assert ((town.published[needs] <= at) & (town.deadline[needs] > at)).all()


def test_nobody_takes_one_need_twice(town):
    market = Market(town).run(Relevance())
    assert market.answered.sum() == market.accepted.sum()


def test_a_volunteer_takes_the_best_of_what_they_see_or_nothing(town):
    market, shown = Market(town), np.arange(10)
    for number in range(40):
        volunteer = int(town.who[number])
        liked = [
            town.utilities[volunteer, need] + town.noise[number, need] - 0.5 * np.log(place)
            for place, need in enumerate(shown, start=1)
        ]
        best = int(np.argmax(liked))
        expected = int(shown[best]) if liked[best] > town.outside[number] else None
        assert market._choose(number, volunteer, shown) == expected


def test_a_cascade_volunteer_takes_the_first_that_is_good_enough_and_reads_no_further():
    town = make_town(replace(SMALL, cascade=True), 5)
    market, shown = Market(town), np.arange(20)
    for number in range(60):
        volunteer = int(town.who[number])
        good = [
            need
            for need in shown[: town.depth[number]]
            if town.utilities[volunteer, need] + town.noise[number, need] > town.outside[number] + 0.6
        ]
        assert market._choose(number, volunteer, shown) == (int(good[0]) if good else None)


def test_ours_leaves_the_first_slot_to_relevance(town):
    class Checked(Halfway):
        def order(self, market, visit):
            order = super().order(market, visit)
            assert visit.utilities[order[0]] == visit.utilities.max()
            return order

    Market(town).run(Checked())


def test_ours_with_the_dial_at_nought_lists_by_relevance(town):
    class Checked(Halfway):
        def order(self, market, visit):
            order = super().order(market, visit)
            assert np.array_equal(order, Relevance().order(market, visit))
            return order

    Market(town).run(Checked(0.0))


def test_smartsort_without_a_penalty_is_relevance(town):
    assert outcome_of(Market(town).run(SmartSort(1.0))) == outcome_of(Market(town).run(Relevance()))


def test_outcomes_are_what_a_slow_count_finds(town):
    market = Market(town).run(Relevance())
    found = outcome_of(market)
    helped: dict[int, int] = {}
    for need, organisation in enumerate(town.organisations.tolist()):
        helped[organisation] = helped.get(organisation, 0) + int(market.accepted[need])
    amounts = sorted(helped.values())
    total, count = sum(amounts), len(amounts)
    unequal = sum(abs(one - other) for one in amounts for other in amounts) / (2 * count * total)
    assert found.gini_organisations == pytest.approx(unequal)
    assert found.share_with_one == sum(one > 0 for one in market.accepted) / len(market.accepted)
    assert found.fill_rate == sum(market.accepted) / sum(town.places)
    suiting = [need for need in range(SMALL.needs) if town.eligible[:, need].any()]
    never = [need for need in suiting if market.first_shown[need] == np.inf]
    assert found.never_shown == pytest.approx(len(never) / len(suiting))


def test_rows_are_held_against_the_first_policy():
    def fewer() -> Policy:
        return Watched()

    result = simulate(SMALL, [1, 2], lambda _: None, (Relevance, fewer))
    assert [row.policy for row in result.rows] == ["relevance"]
    result = simulate(SMALL, [1, 2], lambda _: None, (Relevance, Halfway))
    base, ours = result.rows
    assert (base.share_change, base.acceptances_change, base.gap_closed, base.utility_change) == (0, 0, 0, 0)
    assert ours.share_change > 0
    assert ours.low <= ours.share_change <= ours.high


@pytest.mark.slow
def test_in_an_ordinary_town_more_needs_find_somebody_at_no_loss():
    result = simulate(WORLDS["ordinary"], [901, 902], lambda _: None, (Relevance, Halfway))
    ours = result.rows[1]
    assert ours.share_change > 0.1
    assert ours.acceptances_change > -0.02
    assert ours.never_shown < result.rows[0].never_shown
