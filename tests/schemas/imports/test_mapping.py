"""A mapping turns rows into our fields, and says of a row as a whole what is wrong with it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.schemas.imports.issues import FileUnreadable, row_issue
from service.schemas.imports.reading import read_file
from service.schemas.imports.repeats import map_rows
from service.schemas.imports.rows import RawRow
from tests.schemas.imports.files import csv_file, json_lines_file, xlsx_file
from tests.schemas.imports.one_row import codes, mapping, read


def test_a_need_without_any_organisation_is_refused():
    row = mapping({"title": {"column": "t"}}).apply(RawRow(2, {"id": "1", "t": "Walk", "org": ""}))

    assert codes(row) == [("organisation", "required", True)]


def test_an_id_of_one_column_is_kept_as_it_stands():
    assert read("title", {"column": "t"}, {"id": " 0007 ", "t": "x"}).external_id == "0007"


def test_a_prefix_keeps_sources_that_only_count_their_rows_apart():
    made = mapping({"title": {"column": "t"}}, external_id={"column": "id", "prefix": "council:"})

    def id_of(given: str) -> str | None:
        return made.apply(RawRow(2, {"org": "Club", "t": "Walk", "id": given})).external_id

    assert id_of("7") == "council:7"
    assert len(id_of("7" * 200) or "") <= 200
    assert id_of("") is None


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


def test_what_means_empty_is_for_the_mapping_to_say():
    made = mapping({"description": {"column": "d", "when_empty": "refuse"}}, empty=["n/a", "файл"])

    row = made.apply(RawRow(2, {"id": "1", "org": "Club", "d": " N/A "}))

    assert codes(row) == [("description", "required", True)]


@pytest.mark.parametrize(("when_empty", "found"), [("leave", []), ("warn", [False]), ("refuse", [True])])
def test_an_empty_field_is_left_warned_of_or_refused(when_empty, found):
    row = read("title", {"column": "t", "when_empty": when_empty}, {"t": ""})

    assert "title" not in row.fields
    assert [issue.fatal for issue in row.issues] == found


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
