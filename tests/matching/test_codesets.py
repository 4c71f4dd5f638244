"""Sets of codes as bits: counted as Python's own sets count, however many codes there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matching.codesets import CodeSets

sets = st.frozensets(st.integers(0, 200), max_size=12)


@given(st.lists(sets, max_size=30), sets)
def test_overlaps_are_counted_as_sets_count_them(kept, asked):
    known: CodeSets[int] = CodeSets()
    numbers = [known.number(one) for one in kept]
    overlaps, sizes = known.overlaps(asked), known.sizes

    assert [known.at(number) for number in numbers] == kept
    assert [int(overlaps[number]) for number in numbers] == [len(one & asked) for one in kept]
    assert [int(sizes[number]) for number in numbers] == [len(one) for one in kept]
    assert len(sizes) == len(set(kept))


def test_many_codes_need_more_than_one_word_of_bits():
    known: CodeSets[int] = CodeSets()
    for number in range(150):
        known.number(frozenset({number}))

    assert known.overlaps({0, 64, 128, 149}).nonzero()[0].tolist() == [0, 64, 128, 149]
