"""Days and times in the zone of the file; what cannot be read is an error."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from service.schemas.imports.mapping import MappedRow
from tests.schemas.imports.one_row import KYIV, codes, read


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


def test_a_birth_date_is_a_day():
    row = read("birth_date", {"as": "day", "column": "born"}, {"born": "2001-02-03"}, kind="volunteers")

    assert row.fields["birth_date"] == date(2001, 2, 3)
    assert row.json_fields()["birth_date"] == "2001-02-03"
