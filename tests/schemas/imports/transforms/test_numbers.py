"""Whole numbers, and those that stand for something else."""

from __future__ import annotations

import pytest

from tests.schemas.imports.one_row import codes, read


@pytest.mark.parametrize(("text", "number"), [("5", 5), (" 12 ", 12), ("5.0", 5), (7, 7)])
def test_whole_numbers_are_read(text, number):
    assert read("places", {"as": "integer", "column": "n"}, {"n": text}).fields["places"] == number


@pytest.mark.parametrize("text", ["5.5", "five", "1e3", "5-10", "٣", True, 5.5])
def test_what_is_no_whole_number_is_an_error(text):
    row = read("places", {"as": "integer", "column": "n"}, {"n": text})

    assert codes(row) == [("places", "not_an_integer", True)]


def test_a_number_beyond_its_range_is_an_error():
    options = {"as": "integer", "column": "n", "minimum": 1, "maximum": 50}

    assert codes(read("places", options, {"n": "0"})) == [("places", "out_of_range", True)]
    assert codes(read("places", options, {"n": "51"})) == [("places", "out_of_range", True)]


@pytest.mark.parametrize("text", ["9999", "9999.0", "2011"])
def test_a_sentinel_is_not_a_number_of_places(text):
    row = read("places", {"as": "integer", "column": "vol", "sentinels": [9999, 2011]}, {"vol": text})

    assert row.refused
    assert codes(row) == [("places", "sentinel", True)]
    assert "places" not in row.fields
    assert "column vol" in row.issues[0].message


def test_a_mapping_may_say_what_a_sentinel_stands_for_and_the_row_says_so():
    options = {"as": "integer", "column": "n", "sentinels": [9999], "sentinel_default": 1}
    row = read("places", options, {"n": "9999"})

    assert row.fields["places"] == 1
    assert codes(row) == [("places", "sentinel_defaulted", False)]
