"""An index that was changed step by step is the index of what is there now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import index as index_module
from matching.index import Index
from matching.made_up import openings as made_up_openings
from matching.postings import Postings
from matching.ranking import rank
from matching.storage import read, write
from tests.matching.strategies import AT, easy, ids, openings, persons, somebody, words

steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), openings()),
        st.tuples(st.just("remove"), ids),
        st.tuples(st.just("places"), st.tuples(ids, st.integers(0, 3))),
        st.tuples(st.just("arrange"), st.none()),
        st.tuples(st.just("share"), st.none()),
    ),
    max_size=25,
)


def walked(todo):
    """Do the steps on an index, and on a plain dictionary beside it."""
    index, there = Index(), {}
    for step, what in todo:
        if step == "put":
            index.put(what)
            there[what.id] = what
        elif step == "remove":
            index.remove(what)
            there.pop(what, None)
        elif step == "places":
            index.set_places(*what)
            if what[0] in there:
                there[what[0]] = replace(there[what[0]], places_left=what[1])
        elif step == "arrange":
            index.arrange()
        else:
            index = shared(index)
    return index, there


def shared(index):
    """The index as another process would lay it over the files of this one."""
    with TemporaryDirectory() as folder:
        write(Path(folder), index.store())
        return Index.over(read(Path(folder)))


@settings(max_examples=150)
@given(steps, persons(), words)
def test_changes_one_by_one_agree_with_an_index_built_afresh(todo, person, query):
    index, there = walked(todo)
    fresh = Index.build(there.values())

    assert len(index) == len(fresh) == len(there)
    assert index.search(query, limit=50) == fresh.search(query, limit=50)
    assert rank(person, index, at=AT, limit=50) == rank(person, fresh, at=AT, limit=50)


@given(st.lists(openings(), max_size=20), persons(), st.permutations(range(20)))
def test_the_order_of_arrival_does_not_matter(needs, person, order):
    latest = list({need.id: need for need in needs}.values())
    shuffled = [latest[one] for one in order if one < len(latest)]

    assert rank(person, Index.build(shuffled), at=AT) == rank(person, Index.build(latest), at=AT)


def test_dead_rows_are_dropped_and_nothing_changes(monkeypatch):
    needs = list(made_up_openings(60, seed=3))
    monkeypatch.setattr(index_module, "_LONG_AT_LEAST", 10)
    index = Index.build(needs)
    for need in needs[:40]:
        index.remove(need.id)
    fresh = Index.build(needs[40:])

    assert len(index.rows) < 60
    assert index.search("children їжа", limit=9) == fresh.search("children їжа", limit=9)
    assert rank(somebody(interests="їжа"), index, at=AT) == rank(somebody(interests="їжа"), fresh, at=AT)


def test_rows_outside_the_postings_are_merged_when_they_are_many():
    index = Index()
    for need in made_up_openings(1002, seed=4):
        index.put(need)

    assert index.texts._postings.rows == 1001


def test_postings_and_rows_say_the_same():
    index = Index.build(made_up_openings(300, seed=5))
    query = index.texts.query("older people garden дітям и пожилые люди")
    exact = index.texts.similarities(query, np.arange(300))
    ahead, index.texts._postings = index.texts.scores(query), Postings()

    # A rough look takes the vectors of meanings as they were rounded.
    assert ahead == pytest.approx(exact, abs=5e-3)
    assert index.texts.scores(query) == pytest.approx(ahead, abs=1e-6)


def test_search_puts_the_best_first_and_keeps_to_the_mask():
    dogs, cats = easy(1, title="Walk dogs"), easy(2, title="Feed cats", description="and a dog")
    index = Index.build([cats, dogs, easy(3, title="Library")])
    found = index.search("dogs", limit=5)

    assert [need_id for need_id, _ in found] == [dogs.id, cats.id]
    assert all(0 < score <= 1 for _, score in found)
    assert [one for one, _ in index.search("dogs", mask=index.marked([cats.id]), limit=5)] == [cats.id]
    assert len(index.search("dogs", limit=1)) == 1


@pytest.mark.parametrize("query", ["", "   ", "xyzzyq", "the and", "\x00", "🙂", "'", "a" * 5000])
def test_a_search_that_says_nothing_finds_nothing(query):
    assert Index.build([easy(1, title="Walk dogs")]).search(query, limit=5) == []
    assert Index().search(query, limit=5) == []


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("собаку", "Вигул собак"),
        ("пожилым людям", "Visiting older people"),
        ("Older people", "Провідуємо літніх людей"),
        ("volonteers", "Volunteers wanted"),  # one letter wrong
    ],
)
def test_search_finds_inflected_misspelled_and_foreign_words(query, title):
    index = Index.build([easy(1, title=title), easy(2, title="Website"), easy(3, title="Концерт")])

    assert [one for one, _ in index.search(query, limit=1)] == [UUID(int=1 << 64 | 1)]


def test_unknown_needs_are_no_error_to_take_out_and_one_to_explain():
    index = Index.build([easy(1)])
    index.remove(UUID(int=5))
    index.set_places(UUID(int=5), 3)

    assert UUID(int=5) not in index
    assert easy(1).id in index
    with pytest.raises(KeyError):
        index.explain_ineligible(somebody(), UUID(int=5), AT)
