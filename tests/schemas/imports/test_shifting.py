"""A historical file's dates move by whole weeks on the clock of the place."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from service.schemas.imports.shifting import shift_fields

NEW_YORK = ZoneInfo("America/New_York")


def shifted(weeks: int, **fields):
    fields["timezone"] = "America/New_York"
    shift_fields(fields, weeks)
    return fields


def test_the_clock_stays_across_a_change_to_winter_time():
    moved = shifted(4, starts_at=datetime(2026, 10, 14, 9, tzinfo=NEW_YORK))["starts_at"]

    assert moved.isoformat() == "2026-11-11T09:00:00-05:00"


def test_a_time_in_utc_moves_on_the_clock_of_the_need():
    moved = shifted(4, ends_at=datetime(2026, 10, 14, 13, tzinfo=UTC))["ends_at"]

    assert moved == datetime(2026, 11, 11, 14, tzinfo=UTC)


def test_a_time_that_spring_leaves_out_comes_after_the_gap():
    moved = shifted(1, starts_at=datetime(2026, 3, 1, 2, 30, tzinfo=NEW_YORK))["starts_at"]

    assert moved.isoformat() == "2026-03-08T03:30:00-04:00"


def test_the_end_of_a_repeating_rule_moves_along():
    assert shifted(1, rrule="FREQ=WEEKLY;UNTIL=20111228T000000Z")["rrule"] == (
        "FREQ=WEEKLY;UNTIL=20120104T000000Z"
    )
    assert shifted(1, rrule="FREQ=WEEKLY;UNTIL=20119999")["rrule"] == "FREQ=WEEKLY;UNTIL=20119999"


def test_other_fields_and_no_weeks_change_nothing():
    assert shifted(5, title="x", places=3) == {"title": "x", "places": 3, "timezone": "America/New_York"}
    start = datetime(2026, 1, 1, tzinfo=NEW_YORK)
    assert shifted(0, starts_at=start)["starts_at"] is start


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(NEW_YORK)),  # noqa: DTZ001 bounds
    st.integers(-1500, 1500),
)
def test_the_weekday_stays_and_there_and_back_is_nothing(start, weeks):
    start = start.astimezone(UTC).astimezone(NEW_YORK)
    there = shifted(weeks, starts_at=start)["starts_at"]
    back = shifted(-weeks, starts_at=there)["starts_at"]

    assert there.weekday() == start.weekday()
    # The hours that the clock skips or shows twice may come back an hour off.
    assert abs((back - start).total_seconds()) in {0, 3600}
