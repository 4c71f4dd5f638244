"""Many at once: exactly what each gets alone, whoever else is there, whatever happened to the index."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import meant as meant_module
from matching import retrieval
from matching.index import Index
from matching.made_up import AT as MADE_UP_AT
from matching.made_up import openings as made_up_openings
from matching.made_up import people
from matching.means import SENTENCES, WORDS, means_of
from matching.profiles import Taste
from matching.ranking import rank, rank_many
from tests.matching.strategies import AT, openings, persons
from tests.matching.test_reasons import models


@settings(max_examples=60)
@given(
    st.lists(persons(), max_size=5),
    st.lists(openings(), max_size=25),
    st.lists(openings(), max_size=4),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.none() | models(),
    st.data(),
)
def test_many_at_once_get_what_each_gets_alone(some, needs, later, spread, model, data):
    """Equal lists, scores, features, contributions and reasons; where candidates are few, too."""
    index = Index.build(needs)
    for need in later:
        index.put(need)
    priced = (
        data.draw(st.dictionaries(st.sampled_from([need.id for need in needs]), st.floats(-0.4, 1.2)))
        if needs
        else {}
    )
    index.set_prices(priced)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retrieval, "MEASURED_AT_ONCE", data.draw(st.sampled_from([0, 150])))
        together = rank_many(some, index, model, at=AT, limit=6, spread=spread)

        assert together == [rank(one, index, model, at=AT, limit=6, spread=spread) for one in some]


@pytest.fixture(scope="module")
def town():
    """Two thousand needs, some of them new, some full, all priced; texts around means that are not 0."""
    chance = np.random.default_rng(21)
    needs = list(made_up_openings(2000, seed=21))
    needs = [
        replace(one, vector=chance.integers(-127, 128, 384, np.int8).tobytes()) for one in needs[::2]
    ] + needs[1::2]
    index = Index.build(needs[:1900])
    for need in needs[1900:]:
        index.put(need)
    index.set_prices(
        {need.id: float(price) for need, price in zip(needs, chance.uniform(-0.2, 0.4, 2000), strict=True)}
    )
    words = index.texts.meant.words.of(np.arange(len(index.rows)))
    languages = [need.language or "en" for need in needs]
    index.texts.use(means_of(WORDS, words, languages[: len(words)]))
    return index, needs, chance


def test_a_crowd_of_made_up_people_get_what_each_gets_alone(town, monkeypatch):
    """All kinds of them, in many groups, with products of meanings in several blocks."""
    index, needs, chance = town
    monkeypatch.setattr(meant_module, "_MULTIPLIED_PEOPLE", 3)
    some = []
    for number, person in enumerate(people(60, seed=21)):
        answered = [(need.causes, need.organisation_id) for need in needs[number : number + 6]]
        changes = [
            {},
            {"radius_km": 4000.0},
            {"latitude": None, "longitude": None},
            {"accepted": Taste.of(answered[:4]), "declined": Taste.of(answered[3:])},
            {"vector": chance.integers(-127, 128, 384, np.int8).tobytes(), "radius_km": 900.0},
            {"interests": "", "answered": frozenset(need.id for need in needs[:1500])},
        ]
        some.append(replace(person, **changes[number % len(changes)]))
    alone = [rank(one, index, at=MADE_UP_AT, spread=0.3) for one in some]

    assert rank_many(some, index, at=MADE_UP_AT, spread=0.3) == alone
    assert rank_many(some[::-1], index, at=MADE_UP_AT, spread=0.3) == alone[::-1]
    assert any(match.exposure for matches in alone for match in matches)
    assert rank_many([], index, at=MADE_UP_AT) == []


def test_what_is_kept_between_rankings_is_told_anew_where_it_changed(town):
    """Places, prices, another model, another hour: the same as in an index that never ranked before."""
    index, needs, _ = town
    person = replace(next(people(1, seed=3)), radius_km=4000.0)
    rank(person, index, at=MADE_UP_AT, spread=0.3)
    index.set_places(needs[5].id, 40)
    index.put(replace(needs[6], commitment_hours_per_week=40.0))
    index.set_prices({need.id: 0.1 for need in needs[:900]})
    known = rank(person, index, at=MADE_UP_AT, spread=0.3)
    index._kept.clear()

    assert rank(person, index, at=MADE_UP_AT, spread=0.3) == known


def test_products_of_meanings_are_whole_numbers_and_exact(town):
    """Single precision holds every sum, in whatever order: else lists would depend on who else is there."""
    index, _, chance = town
    held = index.texts.meant
    for kind, vectors in ((WORDS, held.words), (SENTENCES, held.sentences)):
        rows = vectors.vectors.astype(np.float64)
        asked = chance.normal(size=rows.shape[1])
        whole = np.trunc(asked / np.linalg.norm(asked) * meant_module.WHOLE[kind])
        assert np.array_equal(rows.astype(np.float32) @ whole.astype(np.float32), rows @ whole)
        assert np.linalg.norm(np.full(rows.shape[1], 127)) * (meant_module.WHOLE[kind] + 4) < 2**24
