"""A mapping turns cells into our fields, and says of every piece of dirt what it is and where."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.schemas.imports.building import build_mapping
from service.schemas.imports.issues import FileUnreadable, row_issue
from service.schemas.imports.mapping import MappedRow, Mapping
from service.schemas.imports.reading import read_file
from service.schemas.imports.repeats import map_rows
from service.schemas.imports.rows import RawRow
from tests.schemas.imports.files import csv_file, json_lines_file, xlsx_file

KYIV = ZoneInfo("Europe/Kyiv")


def mapping(fields: dict[str, Any], *, kind: str = "needs", **head: Any) -> Mapping:
    """A mapping with the fields a test is about; needs name the organisation in `org`."""
    organisation = {"organisation": {"name": {"column": "org"}}} if kind == "needs" else {}
    plain = {"kind": kind, "timezone": "Europe/Kyiv", "external_id": {"column": "id"}, "fields": fields}
    return build_mapping(organisation | plain | head)


def read(field: str, options: dict[str, Any], cells: dict[str, Any], kind: str = "needs") -> MappedRow:
    """One field of one row."""
    row = RawRow(2, {"id": "1", "org": "Club", **cells})
    return mapping({field: options}, kind=kind).apply(row)


def codes(row: MappedRow) -> list[tuple[str, str, bool]]:
    return [(issue.field, issue.code, issue.fatal) for issue in row.issues]


# Text


def test_text_loses_stray_spaces_and_keeps_its_lines():
    row = read("description", {"column": "d"}, {"d": "  Help\u00a0 us \r\n\n\n\n today  "})

    assert row.fields["description"] == "Help us\n\ntoday"


def test_a_title_is_one_line():
    assert read("title", {"column": "t", "one_line": True}, {"t": " Walk\nthe  dog "}).fields["title"] == (
        "Walk the dog"
    )


def test_a_cut_text_is_taken_and_said():
    row = read("description", {"column": "d", "cut_marks": ["..."]}, {"d": "We are looking for..."})

    assert codes(row) == [("description", "cut_text", False)]
    assert row.fields["description"] == "We are looking for..."


def test_characters_that_cannot_be_shown_are_left_out_and_said():
    row = read("description", {"column": "d"}, {"d": "\x84Aktiv\x93\x07"})

    assert row.fields["description"] == "Aktiv"
    assert codes(row) == [("description", "control_characters", False)]


def test_a_label_in_front_and_what_follows_a_mark_can_be_left_out():
    options = {"column": "t", "drop_start": "Time:", "until": ","}

    assert read("title", options, {"t": "Time:\u00a02 h, or more"}).fields["title"] == "2 h"


def test_html_becomes_the_words_a_reader_sees():
    page = "<p>Help &amp; care</p><script>steal()</script><ul><li>one<li>two</ul>"

    assert read("description", {"as": "html", "column": "d"}, {"d": page}).fields["description"] == (
        "Help & care\n\none\ntwo"
    )


def test_the_first_column_that_has_something_is_taken():
    row = read("description", {"columns": ["a", "b"]}, {"a": " ", "b": "objects"})

    assert row.fields["description"] == "objects"


def test_several_columns_are_joined_with_their_labels():
    parts = [{"column": "d"}, {"column": "time", "label": "Time:"}, {"column": "age", "label": "Ages:"}]
    row = read("description", {"as": "joined", "parts": parts}, {"d": "Pack", "time": "9 AM", "age": ""})

    assert row.fields["description"] == "Pack\nTime: 9 AM"


def test_what_means_empty_is_for_the_mapping_to_say():
    made = mapping({"description": {"column": "d", "when_empty": "refuse"}}, empty=["n/a", "файл"])

    row = made.apply(RawRow(2, {"id": "1", "org": "Club", "d": " N/A "}))

    assert codes(row) == [("description", "required", True)]


@pytest.mark.parametrize(("when_empty", "found"), [("leave", []), ("warn", [False]), ("refuse", [True])])
def test_an_empty_field_is_left_warned_of_or_refused(when_empty, found):
    row = read("title", {"column": "t", "when_empty": when_empty}, {"t": ""})

    assert "title" not in row.fields
    assert [issue.fatal for issue in row.issues] == found


def test_a_nested_value_is_no_text():
    assert codes(read("title", {"column": "t"}, {"t": {"a": 1}})) == [("title", "not_text", True)]


# Numbers


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


# Times


def time_of(text: str, **options: Any) -> MappedRow:
    return read("starts_at", {"as": "time", "column": "when"} | options, {"when": text})


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("March 17 2011", datetime(2011, 3, 17, tzinfo=KYIV)),
        ("2026-09-01", datetime(2026, 9, 1, tzinfo=KYIV)),
        ("2026-09-01 10:30", datetime(2026, 9, 1, 10, 30, tzinfo=KYIV)),
        ("2026-09-01T07:30:00Z", datetime(2026, 9, 1, 10, 30, tzinfo=KYIV)),
    ],
)
def test_a_date_is_read_in_the_zone_of_the_file(text, moment):
    row = time_of(text, formats=["%B %d %Y"])

    assert row.fields["starts_at"] == moment
    assert row.fields["starts_at"].tzinfo == KYIV
    assert row.fields["timezone"] == "Europe/Kyiv"


def test_a_day_that_ends_ends_with_its_last_second():
    row = read("ends_at", {"as": "time", "column": "when", "day": "end"}, {"when": "2026-03-29"})

    assert row.fields["ends_at"] == datetime(2026, 3, 29, 23, 59, 59, tzinfo=KYIV)


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "31/12/2026", "0001-01-01", "recurring August 2026"])
def test_a_date_that_cannot_be_read_is_an_error(text):
    assert codes(time_of(text)) == [("starts_at", "not_a_date", True)]


def test_a_mapping_may_take_a_phrase_for_open_ended_and_the_row_says_so():
    row = time_of("Recurring August 2026", open_ended=["recurring"])

    assert "starts_at" not in row.fields
    assert codes(row) == [("starts_at", "open_ended", False)]


def test_a_cell_with_two_dates_gives_the_one_that_is_asked_for():
    span = "2026-06-01 to 2026-08-31"

    assert time_of(span, range_mark=" to ").fields["starts_at"].month == 6
    assert time_of(span, range_mark=" to ", part="last").fields["starts_at"].month == 8
    assert codes(time_of(span)) == [("starts_at", "not_a_date", True)]


def test_an_end_before_the_start_is_an_error():
    made = mapping({name: {"as": "time", "column": name} for name in ("starts_at", "ends_at")})

    row = made.apply(
        RawRow(2, {"id": "1", "org": "Club", "starts_at": "2026-02-02", "ends_at": "2026-02-01"})
    )

    assert codes(row) == [("ends_at", "ends_before_start", True)]


def test_a_row_may_name_its_own_zone():
    made = mapping({"starts_at": {"as": "time", "column": "when"}}, timezone_column="zone")
    cells = {"id": "1", "org": "Club", "when": "2026-01-01"}

    assert made.apply(RawRow(2, cells | {"zone": "Asia/Tokyo"})).fields["starts_at"] == datetime(
        2026, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")
    )
    assert codes(made.apply(RawRow(2, cells | {"zone": "Mars/Base"}))) == [
        ("timezone", "not_a_timezone", True)
    ]
    assert codes(made.apply(RawRow(2, cells | {"zone": "../../etc/passwd"}))) == [
        ("timezone", "not_a_timezone", True)
    ]


def test_a_birth_date_is_a_day():
    row = read("birth_date", {"as": "day", "column": "born"}, {"born": "2001-02-03"}, kind="volunteers")

    assert row.fields["birth_date"] == date(2001, 2, 3)
    assert row.json_fields()["birth_date"] == "2001-02-03"


# Places

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


# Codes


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


@pytest.mark.parametrize("cell", ["uk:C2|en", [{"code": "uk", "level": "C2"}, "en"]])
def test_levels_are_read_from_text_and_from_json(cell):
    row = read("languages", {"as": "levels", "column": "l"}, {"l": cell}, kind="volunteers")

    assert row.fields["languages"] == [{"code": "uk", "level": "C2"}, {"code": "en"}]


def test_a_registration_keeps_its_leading_zeros():
    options = {"as": "registrations", "number": "EIN", "registrar": "IRS"}
    row = read("registrations", options, {"EIN": "010564885"}, kind="organisations")

    assert row.fields["registrations"] == [{"registrar": "IRS", "number": "010564885"}]


@pytest.mark.parametrize(
    ("found", "website"),
    [
        ("www.salvationarmy.org.uk", "https://www.salvationarmy.org.uk"),
        ("http://a.example/b?c", "http://a.example/b?c"),
        ("https://допомога.укр", "https://допомога.укр"),
    ],
)
def test_a_website_gets_a_scheme_where_it_has_none(found, website):
    row = read("website", {"as": "website", "column": "w"}, {"w": found}, kind="organisations")

    assert row.fields["website"] == website


@pytest.mark.parametrize(
    "found", ["http://Kings Avenue", "none", "javascript:alert(1)", "http://.none", "[x"]
)
def test_what_is_no_website_is_left_out_and_said(found):
    row = read("website", {"as": "website", "column": "w"}, {"w": found}, kind="organisations")

    assert "website" not in row.fields
    assert codes(row) == [("website", "not_a_website", False)]


# The organisation, the id, the row


def test_a_website_can_stand_for_an_organisation_that_is_not_named():
    names = {"fmsc.org": "Feed My Starving Children"}
    options = {
        "as": "host",
        "column": "w",
        "names": names,
        "not_these": ["magazine.example"],
        "when_empty": "refuse",
    }
    made = mapping({"title": {"column": "t"}}, organisation={"name": options})

    def organisation(address: str) -> MappedRow:
        return made.apply(RawRow(2, {"id": "1", "w": address, "t": "x"}))

    assert organisation("https://www.fmsc.org/x").organisation == {"name": "Feed My Starving Children"}
    assert organisation("https://www.other.org/x").organisation == {"name": "other.org"}
    for address in ("", "https://magazine.example/x"):
        assert codes(organisation(address)) == [("organisation.name", "required", True)]


def test_a_need_without_any_organisation_is_refused():
    row = mapping({"title": {"column": "t"}}).apply(RawRow(2, {"id": "1", "t": "Walk", "org": ""}))

    assert codes(row) == [("organisation", "required", True)]


def test_an_id_of_one_column_is_kept_as_it_stands():
    assert read("title", {"column": "t"}, {"id": " 0007 ", "t": "x"}).external_id == "0007"


def test_an_id_of_several_columns_is_the_same_however_they_are_spaced():
    made = mapping({"title": {"column": "t"}}, external_id={"columns": ["t", "place"]})

    def id_of(title: str, place: str) -> str | None:
        return made.apply(RawRow(2, {"org": "Club", "t": title, "place": place})).external_id

    assert id_of("Walk  the dog", "Kyiv") == id_of("walk the DOG ", "kyiv")
    assert id_of("Walk the dog", "Lviv") != id_of("Walk the dog", "Kyiv")
    assert id_of("ab", "c") != id_of("a", "bc")


def test_a_row_without_an_id_is_refused():
    assert codes(read("title", {"column": "t"}, {"id": "", "t": "x"})) == [
        ("external_id", "no_external_id", True)
    ]


def test_a_row_that_could_not_be_read_is_refused_for_that_alone():
    broken = RawRow(7, {"id": "1"}, issues=(row_issue("row", "too_few_cells", found=1, expected=3),))

    row = mapping({"title": {"column": "t", "when_empty": "refuse"}}).apply(broken)

    assert (row.number, row.fields, codes(row)) == (7, {}, [("row", "too_few_cells", True)])


def test_a_file_without_a_needed_column_is_refused_as_a_whole():
    made = mapping(
        {"title": {"column": "title", "when_empty": "refuse"}, "causes": {"as": "codes", "column": "c"}}
    )

    with pytest.raises(FileUnreadable) as caught:
        made.check_columns(("id", "org", "tittle"))

    assert caught.value.reason == "columns_missing"
    assert [issue.code for issue in made.check_columns(("id", "org", "title"))] == ["columns_absent"]
    assert made.check_columns(("id", "org", "title", "c", "more")) == ()


def test_a_mapping_may_refuse_columns_it_does_not_know():
    made = mapping({"title": {"column": "title"}}, unknown_columns="refuse")

    with pytest.raises(FileUnreadable) as caught:
        made.check_columns(("id", "org", "title", "is_admin"))
    row = made.apply(RawRow(1, {"id": "1", "org": "Club", "title": "x", "is_admin": True}))

    assert caught.value.reason == "columns_unknown"
    assert codes(row) == [("is_admin", "unknown_column", True)]


@given(
    st.dictionaries(
        st.sampled_from(["id", "org", "title", "n", "when", "lat", "lon", "c", "w"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=5,
        ),
    )
)
def test_no_row_whatever_it_holds_breaks_a_mapping(cells):
    made = mapping(
        {
            "title": {"as": "html", "column": "title"},
            "places": {"as": "integer", "column": "n"},
            "commitment_hours_per_week": {"as": "number", "column": "n"},
            "starts_at": {"as": "time", "column": "when", "formats": ["%B %d %Y"]},
            "location": {"as": "location", "latitude": "lat", "longitude": "lon", "column": "c"},
            "causes": {"as": "codes", "column": "c"},
        },
        organisation={"name": {"as": "host", "column": "w"}},
    )

    row = made.apply(RawRow(2, cells))

    assert row.json_fields().keys() == row.fields.keys()
    assert all(issue.message for issue in row.issues)


# The same rows in every kind of file

HEADER = ["id", "org", "title", "n", "when", "c"]
needs = st.lists(
    st.tuples(
        st.integers(1, 10**6).map(str),
        st.sampled_from(["Club", "Клуб друзів"]),
        st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=20),
        st.sampled_from(["1", "20", "9999", "many"]),
        st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(str) | st.just("soon"),
        st.sampled_from(["a;b", "b", "", "x"]),
    ),
    min_size=1,
    max_size=8,
)


@given(needs)
def test_csv_sheet_and_json_lines_give_the_same_mapped_rows(rows):
    made = mapping(
        {
            "title": {"column": "title", "when_empty": "refuse"},
            "places": {"as": "integer", "column": "n", "sentinels": [9999]},
            "starts_at": {"as": "time", "column": "when"},
            "causes": {
                "as": "codes",
                "column": "c",
                "separator": ";",
                "table": {"a": ["Care"], "b": ["Health"]},
            },
        }
    )
    table = [HEADER, *rows]
    files = (
        csv_file(table),
        csv_file(table, delimiter=";", encoding="utf-16"),
        xlsx_file(table),
        json_lines_file(dict(zip(HEADER, row, strict=True)) for row in rows),
    )

    first, *others = (
        [
            (row.external_id, row.fields, row.organisation, codes(row))
            for row in map_rows(made, read_file(file))
        ]
        for file in files
    )

    assert len(first) == len(rows)
    assert all(other == first for other in others)
