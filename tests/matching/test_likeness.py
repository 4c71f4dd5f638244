"""Meanings: languages meet in them, bytes that are no vector change nothing, and rows are as they came."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import embedding
from matching.dense import Dense
from matching.index import Index
from matching.languages import language_of
from matching.likeness import Likeness
from matching.meanings import meanings
from matching.means import DIMENSIONS, SENTENCES, WORDS, Means, means_of
from matching.meant import code_of, number_of
from matching.profiles import Opening
from matching.vectors import Text

STARS = "Tutor children, stars, planets and the moon"
NEEDS = [Text("Астрономія: зірки, планети, місяць"), Text("Гори, скелі та вершини"), Text("Ремонт взуття")]
texts = st.text("abcdefg абвгдеїё 'ʼ\0\n", max_size=60)
vectors = st.binary(min_size=384, max_size=384)


def likeness(rows, means=None):
    held = Likeness()
    held.use(means or Means())
    held.extend(rows)
    held.merge()
    return held


def similarities(held, asked, vector=None):
    return held.similarities(held.query(asked, "en", vector), np.arange(len(held.meant.words)))


@given(st.lists(texts, max_size=5))
def test_a_text_has_one_vector_alone_or_among_others(said):
    together = meanings([Text(body=one) for one in said])

    assert together.shape == (len(said), DIMENSIONS[WORDS])
    for one, vector in zip(said, together, strict=True):
        assert (meanings([Text(body=one)])[0] == vector).all()


def test_what_is_said_in_english_finds_the_same_in_ukrainian_without_a_common_word():
    held = likeness(NEEDS)
    found = similarities(held, STARS)

    assert found.argmax() == 0
    assert found[0] > 2 * found[1:].max()
    asked = held.query(STARS)
    assert held.met(asked, held.held(asked, np.arange(3)).ids_in(np.arange(3))) == [(), (), ()]


def test_few_words_are_looked_for_by_themselves_first():
    held = likeness(NEEDS)

    assert held.query("dogs").share(WORDS) < 0.2
    assert held.query(f"{STARS} {STARS} {STARS}").share(WORDS) > 0.5


def test_a_search_for_what_no_need_is_about_finds_nothing():
    index = Index.build([Opening(id=UUID(int=1), organisation_id=UUID(int=9), title="Ремонт взуття")])

    assert index.search("xqzt", limit=5) == []
    assert index.search("astronomy, stars and planets", limit=5) == []


@given(st.one_of(st.none(), st.binary(max_size=400).filter(lambda one: len(one) != 384), st.just(bytes(384))))
def test_bytes_that_are_no_vector_are_as_none_at_all(broken):
    whole = likeness([one._replace(vector=broken) for one in NEEDS])

    assert (similarities(whole, STARS, broken) == similarities(likeness(NEEDS), STARS)).all()
    assert (similarities(whole, STARS, b"\1" * 384) == similarities(likeness(NEEDS), STARS)).all()


@given(st.lists(st.one_of(st.none(), vectors), min_size=3, max_size=3), vectors)
def test_whatever_the_vectors_a_likeness_is_a_number_from_0_to_1(three, asked):
    rows = [one._replace(vector=vector) for one, vector in zip(NEEDS, three, strict=True)]
    found = similarities(likeness(rows), STARS, asked)

    assert np.isfinite(found).all()
    assert ((found >= 0) & (found <= 1 + 1e-3)).all()


def test_the_mean_of_a_language_says_nothing_any_more():
    chance = np.random.default_rng(1)
    subjects = chance.normal(size=(6, 384))
    common = 9 * chance.normal(size=(1, 384))
    rows = np.clip(np.round(8 * (subjects + common)), -127, 127).astype(np.int8)
    around = means_of(SENTENCES, np.tile(rows, (40, 1)), ["en"] * 240).around(SENTENCES, rows, ["en"] * 6)
    alike = around @ around.T

    assert (np.diag(alike) > 0.999).all()
    assert np.abs(alike - np.diag(np.diag(alike))).max() < 0.5


@given(st.lists(st.lists(st.booleans(), max_size=4), max_size=4), st.data())
def test_dense_rows_are_found_where_they_were_put(batches, data):
    dense, expected = Dense(3), []
    for number, batch in enumerate(batches):
        rows = np.array([[number + 1, at, 7] if there else [0, 0, 0] for at, there in enumerate(batch)])
        dense.extend(rows.reshape(-1, 3).astype(np.int8))
        expected += rows.tolist()
    kept = data.draw(st.lists(st.sampled_from(range(len(expected))), unique=True)) if expected else []
    dense.keep(np.array(kept, np.int64))

    assert dense.of(np.arange(len(kept))).tolist() == [expected[one] for one in kept]


def test_letters_tell_ukrainian_from_russian_whatever_language_was_said():
    assert language_of("Допомагаю дітям", "ru") == "uk"
    assert language_of("Люблю рыбалку", "uk") == "ru"
    assert language_of("робота", "ru") == "ru"
    assert language_of("робота", "en") == "uk"
    assert language_of("dogs", "uk") == "en"
    assert language_of("Hunde", "de") == "de"
    assert language_of("", "uk") == "uk"


@pytest.mark.parametrize("language", ["en", "uk", "zz", "aa"])
def test_a_language_is_kept_as_a_number(language):
    assert code_of(number_of(language)) == language


def test_what_is_no_code_of_two_letters_is_no_language():
    assert [code_of(number_of(one)) for one in ("", "ukr", "U1", "ї")] == [""] * 4


needs_model = pytest.mark.skipif(not embedding.is_installed(), reason="the extra `semantic` is not installed")


@needs_model
def test_embedding_is_the_same_each_time_and_knows_languages():
    said = [Text("Зірки й планети"), Text(), Text("Stars and planets"), Text("Shoe repair"), Text("\0")]
    found = embedding.embed(said)

    assert found == embedding.embed(said)
    assert [len(one) for one in found] == [384, 0, 384, 384, 0]
    ukrainian, english, shoes = Means().around(
        SENTENCES, np.array([np.frombuffer(found[at], np.int8) for at in (0, 2, 3)]), ["uk", "en", "en"]
    )
    assert ukrainian @ english > ukrainian @ shoes + 0.2
