"""Spread lists of real rankings: the dial at nought is relevance, the first slot stays, reasons are true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index import Index
from matching.made_up import AT, openings, people
from matching.model import rule_model
from matching.ranking import MOST_OF_ONE_ORGANISATION, rank
from matching.replaying import sample_of, standing_of
from matching.spread import LARGEST_WEIGHT, replay

NEEDS = list(openings(400, seed=3))
PEOPLE = list(people(40, seed=4))
FEW = Index.build(NEEDS[:100])


@pytest.fixture
def index():
    return Index.build(NEEDS)


def ids(matches):
    return [one.need_id for one in matches]


def test_the_dial_at_nought_is_relevance_whatever_the_prices(index):
    before = [rank(person, index, at=AT) for person in PEOPLE]
    index.set_prices({need.id: 1.0 for need in NEEDS[::3]})
    assert [rank(person, index, at=AT, spread=0.0) for person in PEOPLE] == before
    assert {one.exposure for matches in before for one in matches} == {0.0}


def test_the_first_need_is_the_most_relevant_one(index):
    index.set_prices({need.id: 1.2 for need in NEEDS[::3]} | {need.id: -0.3 for need in NEEDS[1::3]})
    changed = 0
    for person in PEOPLE:
        relevant, spread = rank(person, index, at=AT), rank(person, index, at=AT, spread=0.5)
        assert ids(relevant)[:1] == ids(spread)[:1]
        changed += ids(relevant) != ids(spread)
    assert changed > len(PEOPLE) / 2


def test_the_same_list_comes_again(index):
    other = Index.build(reversed(NEEDS))
    for one in (index, other):
        one.set_prices({need.id: (number % 7) / 7 for number, need in enumerate(NEEDS)})
    for person in PEOPLE:
        assert rank(person, index, at=AT, spread=0.5) == rank(person, other, at=AT, spread=0.5)


def test_a_need_without_a_price_counts_as_one_to_which_nobody_would_come(index):
    index.set_prices({need.id: LARGEST_WEIGHT * 0.5 for need in NEEDS})
    told = [ids(rank(person, index, at=AT, spread=0.5)) for person in PEOPLE]
    index.set_prices({})
    assert [ids(rank(person, index, at=AT, spread=0.5)) for person in PEOPLE] == told


def test_it_is_said_that_nobody_has_come_only_where_that_moved_a_need(index):
    index.set_prices({need.id: 1.2 for need in NEEDS[::3]} | {need.id: 0.0 for need in NEEDS[1::3]})
    known = {need.id: need for need in NEEDS}
    told = 0
    for person in PEOPLE:
        relevant, matches = rank(person, index, at=AT), rank(person, index, at=AT, spread=0.5)
        for place, match in enumerate(matches):
            weights = [one.weight for one in match.reasons if one.code == "no_volunteer_yet"]
            if weights:
                told += 1
                assert place > 0
                assert weights == [match.exposure]
                assert match.exposure > 0
                assert known[match.need_id].accepted == 0
                assert place < places(relevant).get(match.need_id, len(matches))
            elif place and match.exposure > 0 and place + 1 < len(matches):
                behind = matches[place + 1]
                stays = place >= places(relevant).get(match.need_id, len(matches))
                assert stays or behind.utility + behind.exposure <= match.utility
            ups = [one.weight for one in match.reasons if one.weight > 0]
            assert ups == sorted(ups, reverse=True)
    assert told > 0


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, len(PEOPLE) - 1),
    st.lists(st.floats(-0.6, 1.2) | st.none(), min_size=100, max_size=100),
    st.floats(0.0, 1.0),
)
def test_any_prices_leave_the_first_slot_alone_and_order_the_rest_by_utility_and_term(number, prices, spread):
    index = FEW
    relevant = rank(PEOPLE[number], index, at=AT)
    index.set_prices({need.id: one for need, one in zip(NEEDS[:100], prices, strict=True) if one is not None})
    assert rank(PEOPLE[number], index, at=AT, spread=0.0) == relevant
    matches = rank(PEOPLE[number], index, at=AT, spread=spread)
    assert ids(matches)[:1] == ids(relevant)[:1]
    # Organisations take turns; but for those that have had theirs the order is that of the keys.
    keys = [one.utility + one.exposure for one in matches[1:] if is_early(one, matches)]
    assert keys == sorted(keys, reverse=True)


def is_early(match, matches):
    known = {need.id: need.organisation_id for need in NEEDS}
    before = [known[one.need_id] for one in matches[: matches.index(match)]]
    return before.count(known[match.need_id]) < MOST_OF_ONE_ORGANISATION


def places(matches):
    return {one.need_id: place for place, one in enumerate(matches)}


def test_the_bonus_ends_with_the_first_volunteer(index):
    index.set_prices({need.id: 1.2 for need in NEEDS})
    known = {one.id: one for one in NEEDS}
    person = max(PEOPLE, key=lambda one: len(rank(one, index, at=AT)))
    bare = next(known[one] for one in ids(rank(person, index, at=AT)) if known[one].accepted == 0)
    terms = []
    for need in (bare, replace(bare, accepted=1)):
        index.put(need)
        found = {one.need_id: one for one in rank(person, index, at=AT, limit=400, spread=1.0)}
        terms.append(found[bare.id].exposure)
        assert index.rows["price"][index.row_of(bare.id)] == pytest.approx(1.2)
    assert terms[0] > 0
    assert terms[1] == 0


def test_a_changed_need_keeps_its_price(index):
    need = next(one for one in NEEDS if one.accepted == 0)
    index.set_prices({need.id: 1.0})
    index.put(need)
    assert index.rows["price"][index.row_of(need.id)] == pytest.approx(1.0)


def test_the_sample_holds_what_suits_each_person_best(index):
    model = rule_model()
    sample, rows = sample_of(PEOPLE, index, model, visits=10.0, at=AT)
    for number, person in enumerate(PEOPLE):
        best = rank(person, index, model, at=AT, limit=1)
        if not best:
            assert np.isneginf(sample.utilities[number]).all()
            continue
        assert index.need_id(int(rows[sample.needs[number, 0]])) == best[0].need_id
        assert sample.utilities[number, 0] == pytest.approx(best[0].utility)


def test_a_forecast_of_the_whole_index_prices_each_need_between_its_bounds(index):
    sample, rows = sample_of(PEOPLE, index, rule_model(), visits=10.0, at=AT)
    standing = standing_of(index, rows, others=0.01, at=AT)
    prices = replay(sample, standing, 0.6).prices(0.6)
    assert len(prices) == len(NEEDS)
    assert (prices <= 0.6).all()
    assert (prices >= -0.6).all()
    assert np.isfinite(standing.days_left).all()
