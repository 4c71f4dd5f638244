"""Codes: one, several in a cell, one per column."""

from __future__ import annotations

import pytest

from tests.schemas.imports.one_row import codes, read


def test_a_choice_is_looked_up_without_case_and_an_unknown_one_is_an_error():
    options = {"as": "choice", "column": "where", "table": {"On Site": "onsite", "online": "remote"}}

    assert read("location_type", options, {"where": "on  site"}).fields["location_type"] == "onsite"
    assert codes(read("location_type", options, {"where": "moon"})) == [
        ("location_type", "unknown_choice", True)
    ]


def test_a_list_is_taken_apart_and_each_item_looked_up():
    table = {"animals": ["AnimalWelfare"], "both": ["Health", "Care"], "free": []}
    row = read(
        "causes",
        {"as": "codes", "column": "c", "separator": ";", "table": table},
        {"c": "Animals; both;free;x"},
    )

    assert row.fields["causes"] == ["AnimalWelfare", "Health", "Care"]
    assert codes(row) == [("causes", "unknown_choice", False)]


def test_the_longest_beginning_of_a_class_decides():
    options = {
        "as": "codes",
        "column": "c",
        "match": "start",
        "table": {"A": ["ArtsAndCulture"], "A8": ["Heritage"]},
    }

    assert read("causes", options, {"c": "A80"}).fields["causes"] == ["Heritage"]
    assert read("causes", options, {"c": "A20"}).fields["causes"] == ["ArtsAndCulture"]


@pytest.mark.parametrize("cell", ["Health|Care", '["Health", "Care"]', ["Health", "Care"]])
def test_a_list_may_be_parted_text_or_json(cell):
    assert read("causes", {"as": "codes", "column": "c"}, {"c": cell}).fields["causes"] == ["Health", "Care"]


def test_yes_and_no_columns_make_a_list():
    options = {"as": "flags", "table": {"seniors": ["OlderPeople"], "animals": ["AnimalWelfare"]}}
    row = read("causes", options, {"seniors": "False", "animals": "True"})

    assert row.fields["causes"] == ["AnimalWelfare"]
    assert codes(read("causes", options, {"seniors": "maybe"})) == [("causes", "unknown_choice", False)]
