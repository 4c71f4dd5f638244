"""Where something is, and what is said where nobody knows."""

from __future__ import annotations

import pytest

from tests.schemas.imports.one_row import codes, read

NEAR = {
    "as": "location",
    "latitude": "lat",
    "longitude": "lon",
    "inside": "address",
    "otherwise": [
        {"column": "borough", "places": {"STATEN IS": [40.58, -74.15, "Staten Island"]}},
        {"column": "zip", "match": "start", "places": {"112": [40.65, -73.95, "Brooklyn"]}},
    ],
    "check": {"column": "town", "places": {"Зеленогорск": [56.11, 94.59, "Зеленогорск"]}},
}


def test_coordinates_come_from_their_columns_with_the_address_as_the_place():
    cells = {"lat": "40.72", "lon": "-73.99", "address": "407 Broome Street\nNew York\n(40.1, -73.1)"}

    assert read("location", NEAR, cells).fields["location"] == {
        "latitude": 40.72,
        "longitude": -73.99,
        "place": "407 Broome Street, New York",
    }


def test_coordinates_are_found_inside_an_address_of_several_lines():
    row = read("location", NEAR, {"lat": "", "lon": "", "address": "1 Main St\nNY\n(40.5, -73.5)"})

    assert row.fields["location"] == {"latitude": 40.5, "longitude": -73.5, "place": "1 Main St, NY"}
    assert codes(row) == []


@pytest.mark.parametrize(
    ("cells", "place"), [({"borough": "STATEN IS  "}, "Staten Island"), ({"zip": "11226"}, "Brooklyn")]
)
def test_without_coordinates_a_known_place_stands_in_and_the_row_says_so(cells, place):
    row = read("location", NEAR, cells)

    assert row.fields["location"]["place"] == place
    assert codes(row) == [("location", "approximate_location", False)]


def test_without_any_hint_there_is_no_location():
    row = read("location", NEAR, {"lat": " "})

    assert "location" not in row.fields
    assert codes(row) == [("location", "no_coordinates", False)]


@pytest.mark.parametrize(
    ("lat", "lon"), [("91", "0"), ("0", "0"), ("north", "1"), ("40,7", "-73"), ("1", "")]
)
def test_coordinates_that_cannot_be_are_said_and_not_taken(lat, lon):
    row = read("location", NEAR, {"lat": lat, "lon": lon})

    assert "location" not in row.fields
    assert codes(row)[0] == ("location", "not_coordinates", False)


def test_a_town_confused_with_its_namesake_is_said():
    """Zelenogorsk near Saint Petersburg is not the one near Krasnoyarsk."""
    row = read("location", NEAR, {"town": "Зеленогорск", "lat": "60.199473", "lon": "29.706081"})

    assert codes(row) == [("location", "far_from_place", False)]
    assert read("location", NEAR, {"town": "Зеленогорск", "lat": "56.1", "lon": "94.6"}).issues == []
