"""From clock to clock, over midnight and where clocks change: never negative, never longer than a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.clock_times import NoSuchTimeError, span

# Two that change by an hour, one by half of one, one that has skipped a whole day, two that never change.
ZONES = ["Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "UTC"]
MINUTE = timedelta(minutes=1)


def walk(day, start, end, zone):
    """The same, minute by minute: wait until the clocks show `start` that day, then until they show `end`."""
    where = ZoneInfo(zone)
    at = datetime.combine(day, time(), UTC) - timedelta(hours=30)
    wanted = datetime.combine(day, start)
    while at.astimezone(where).replace(tzinfo=None, fold=0) != wanted:
        at += MINUTE
        if at > datetime.combine(day, time(), UTC) + timedelta(hours=60):
            return None
    begin = at
    while True:
        at += MINUTE
        local = at.astimezone(where)
        if local.time().replace(fold=0) == end:
            return begin, at
        if at - begin > timedelta(hours=50):
            return None


clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
days = st.dates(date(2025, 1, 1), date(2027, 12, 31)) | st.sampled_from(
    [
        *(date(2026, 3, 29), date(2026, 3, 28), date(2026, 10, 25), date(2026, 10, 24)),
        *(date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5), date(2026, 10, 4), date(2011, 12, 29)),
    ]
)


@given(days, clocks, clocks, st.sampled_from(ZONES))
@example(date(2026, 3, 29), time(3, 30), time(4, 10), "Europe/Kyiv")
@example(date(2026, 10, 25), time(3, 45), time(3, 15), "Europe/Kyiv")
@example(date(2026, 10, 24), time(22), time(3, 30), "Europe/Kyiv")
@example(date(2011, 12, 29), time(22), time(2), "Pacific/Apia")
def test_it_is_what_somebody_with_a_watch_would_count(day, start, end, zone):
    try:
        begin, finish = span(day, start, end, zone)
    except NoSuchTimeError as wrong:
        named = {"starts": start, "ends": end}[str(wrong)]
        skipped = [
            one for one in (day, day + timedelta(days=1))
            if datetime.combine(one, named, ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))
            .replace(tzinfo=None) != datetime.combine(one, named)
        ]  # fmt: skip
        assert skipped
        return
    assert timedelta() < finish - begin <= timedelta(hours=25)
    assert (begin, finish) == walk(day, start, end, zone)


@pytest.mark.parametrize(
    ("day", "start", "end", "hours"),
    [
        (date(2026, 7, 1), time(22), time(6), 8),
        (date(2026, 3, 28), time(22), time(6), 7),  # the clocks go forward
        (date(2026, 10, 24), time(22), time(6), 9),  # and back
        (date(2026, 7, 1), time(9), time(9), 24),
    ],
)
def test_nights(day, start, end, hours):
    begin, finish = span(day, start, end, "Europe/Kyiv")
    assert finish - begin == timedelta(hours=hours)
