"""The list: who gets what first, in which order, and that it is the same every time (I-24)."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import retrieval
from matching.features import FEATURES
from matching.index import Index
from matching.made_up import AT as MADE_UP_AT
from matching.made_up import openings as made_up_openings
from matching.made_up import people
from matching.model import rule_model
from matching.ranking import MOST_OF_ONE_ORGANISATION, rank
from matching.retrieval import CANDIDATES, MEASURED_AT_ONCE
from matching.weights import Weights, rule_weights
from tests.matching.strategies import AT, easy, openings, persons, somebody

NEEDS = [
    easy(1, title="Homework club", description="Tutor children after school", causes=frozenset({"Families"})),
    easy(2, title="Dog walking at the shelter", causes=frozenset({"AnimalWelfare"})),
    easy(3, title="Прибирання парку", causes=frozenset({"Environment"}), language="uk"),
    easy(4, title="Гуляємо з літніми людьми", description="Провідуємо пенсіонерів вдома", language="uk"),
    easy(5, title="Website for a library", description="WordPress", language="en"),
]


def first_of(person):
    return rank(person, Index.build(NEEDS), at=AT)[0].need_id.int >> 64


def test_different_causes_give_different_first_proposals():
    assert first_of(somebody(causes=frozenset({"AnimalWelfare"}))) == 2
    assert first_of(somebody(causes=frozenset({"Environment"}))) == 3


@pytest.mark.parametrize(
    ("interests", "first"),
    [
        ("хочу навчати дітей у школі", 1),  # a Ukrainian interest finds the English need
        ("помогаю собакам и кошкам", 2),  # and a Russian one
        ("пожилые люди, навещать пенсионеров", 4),  # a Russian interest finds the Ukrainian need
        ("I like visiting seniors", 4),
        ("роблю сайти", 5),
    ],
)
def test_words_meet_across_languages(interests, first):
    assert first_of(somebody(interests=interests)) == first


@given(persons(), st.lists(openings(), max_size=15))
def test_scores_run_from_0_to_1_and_go_down(person, needs):
    matches = rank(person, Index.build(needs), at=AT, limit=50)
    scores = [match.score for match in matches]

    assert all(0 <= score <= 1 for score in scores)
    assert len({match.need_id for match in matches}) == len(matches)
    assert all(
        sum(match.contributions) + rule_model().base == pytest.approx(match.utility) for match in matches
    )
    assert scores == pytest.approx([1 / (1 + math.exp(-match.utility)) for match in matches])


@given(
    st.floats(0, 60),
    st.floats(0, 60),
    st.floats(0, 359),
    st.sampled_from([1.0, 5.0, 60.0, 200.0]),
    st.sampled_from(["", "older people"]),
)
def test_closer_is_never_worse_all_else_equal(first_km, second_km, degrees, radius_km, words):
    """Two needs, alike but for their distance in one direction."""
    person = somebody(latitude=50.45, longitude=30.52, radius_km=radius_km, interests=words)
    index = Index.build(
        easy(number, location_type="onsite", title="older people", **north_of(50.45, 30.52, km, degrees))
        for number, km in ((1, first_km), (2, second_km))
    )
    scores = {match.need_id.int >> 64: match.score for match in rank(person, index, at=AT)}
    closer, farther = (1, 2) if first_km <= second_km else (2, 1)
    if farther in scores:
        assert scores[closer] >= scores[farther] - 1e-9
    elif min(first_km, second_km) < radius_km - 0.5:
        assert closer in scores


def north_of(latitude, longitude, km, degrees):
    """A point so far off in one direction, well enough for sixty kilometres."""
    north, east = km * np.cos(np.radians(degrees)), km * np.sin(np.radians(degrees))
    per_degree = 111.195
    return {
        "latitude": latitude + north / per_degree,
        "longitude": longitude + east / (per_degree * np.cos(np.radians(latitude))),
    }


def test_equals_stand_in_the_order_of_their_ids():
    needs = [easy(number, title="Same") for number in (5, 3, 9, 1)]

    assert [match.need_id.int >> 64 for match in rank(somebody(), Index.build(needs), at=AT)] == [1, 3, 5, 9]


def test_equals_are_chosen_by_id_even_where_not_all_are_measured():
    """More equal needs than are ever measured, in two orders of arrival."""
    needs = [easy(number, title="Same") for number in range(MEASURED_AT_ONCE + CANDIDATES)]
    upwards, downwards = Index.build(needs), Index.build(reversed(needs))

    assert rank(somebody(), upwards, at=AT) == rank(somebody(), downwards, at=AT)
    assert [match.need_id for match in rank(somebody(), downwards, at=AT, limit=3)] == [
        need.id for need in needs[:3]
    ]


def test_the_same_world_gives_the_same_lists():
    needs = list(made_up_openings(2000, seed=11))
    built, grown = Index.build(needs), Index.build(needs[:1500])
    for need in reversed(needs[1500:]):
        grown.put(need)
    for person in people(20, seed=11):
        expected = rank(person, built, at=MADE_UP_AT)

        assert rank(person, grown, at=MADE_UP_AT) == expected
        assert rank(person, built, at=MADE_UP_AT) == expected


def test_what_is_left_out_before_measuring_would_not_have_been_near_the_top(monkeypatch):
    """Nearly all of the true best twenty are among the candidates, over a world of near misses."""
    index = Index.build(made_up_openings(4000, seed=12))
    travellers = [replace(person, radius_km=4000.0) for person in people(15, seed=12)]
    listed = [{match.need_id for match in rank(one, index, at=MADE_UP_AT)} for one in travellers]
    monkeypatch.setattr(retrieval, "MEASURED_AT_ONCE", len(index))
    truly = [{match.need_id for match in rank(one, index, at=MADE_UP_AT)} for one in travellers]
    found = sum(len(some & all_of_them) for some, all_of_them in zip(listed, truly, strict=True))

    assert found >= 0.95 * sum(map(len, truly))


def test_one_organisation_does_not_fill_the_list_while_others_have_something():
    one = UUID(int=1)
    needs = [easy(n, title="dogs", organisation_id=one) for n in range(6)]
    needs += [easy(10 + n, title="library") for n in range(4)]
    listed = [
        match.need_id.int >> 64 for match in rank(somebody(interests="dogs"), Index.build(needs), at=AT)
    ]

    assert listed == [0, 1, 2, 10, 11, 12, 13, 3, 4, 5]
    assert listed[:3] == list(range(MOST_OF_ONE_ORGANISATION))
    assert len(rank(somebody(), Index.build(needs), at=AT, limit=8)) == 8


def test_nothing_known_and_nothing_there_are_no_errors():
    assert rank(somebody(), Index(), at=AT) == []
    assert len(rank(somebody(), Index.build(NEEDS), at=AT)) == len(NEEDS)
    assert len(rank(somebody(interests="\x00 🙂 '"), Index.build(NEEDS), at=AT, limit=2)) == 2


def test_the_weights_of_the_pair_add_up_to_one_and_every_feature_has_one():
    weights = rule_weights()

    assert weights.names == FEATURES
    taste = [FEATURES.index(name) for name in ("like_accepted", "unlike_declined")]
    assert np.delete(weights.weight, taste).sum() == pytest.approx(1.0)
    # How much lists help needs that nobody has come to is one dial, and no weight (docs/spread.md).
    assert (np.delete(weights.weight, FEATURES.index("untaken")) > 0).all()
    assert weights.of("untaken")[0] == 0
    assert ((weights.neutral >= 0) & (weights.neutral <= 1)).all()


@pytest.mark.parametrize("bad", [np.array([np.nan]), np.array([1.0, 2.0])])
def test_weights_that_are_no_numbers_or_too_many_are_refused(bad):
    with pytest.raises(ValueError, match="weights"):
        Weights("bad", ("text",), bad, np.array([0.0]))


def test_a_request_imports_no_scikit_learn():
    asked = "import sys, matching.ranking; print([m for m in sys.modules if 'sklearn' in m])"
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", asked], cwd=root, capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
