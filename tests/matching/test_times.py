"""Slots from dates: the clocks of the place count, whatever the season."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.times import ALL_SLOTS, slot_names, slots_between

KYIV = ZoneInfo("Europe/Kyiv")


def minute_by_minute(starts_at, ends_at, timezone):
    """The slow, obvious second version: look at the clock every minute."""
    slots, moment = 0, starts_at.astimezone(UTC)
    while moment < ends_at or moment == starts_at:
        local = moment.astimezone(ZoneInfo(timezone))
        if local.hour >= 6:
            slots |= 1 << (local.weekday() * 3 + (local.hour - 6) // 6)
        moment += timedelta(minutes=1)
    return slots


@pytest.mark.parametrize(
    ("start", "hours", "names"),
    [
        (datetime(2026, 3, 3, 18, tzinfo=KYIV), 2, ("TuesdayEvening",)),
        (datetime(2026, 3, 3, 17, tzinfo=KYIV), 2, ("TuesdayAfternoon", "TuesdayEvening")),
        (datetime(2026, 3, 3, 10, tzinfo=KYIV), 2, ("TuesdayMorning",)),
        (datetime(2026, 3, 8, 22, tzinfo=KYIV), 9, ("SundayEvening", "MondayMorning")[::-1]),
        (datetime(2026, 3, 3, 1, tzinfo=KYIV), 2, ()),
        # Summer time begins on 29 March 2026: 16:30 UTC is 19:30 in Kyiv that day, 18:30 the day before.
        (datetime(2026, 3, 29, 15, 0, tzinfo=UTC), 1, ("SundayEvening",)),
        (datetime(2026, 3, 28, 15, 0, tzinfo=UTC), 1, ("SaturdayAfternoon",)),
    ],
)
def test_slots_are_those_of_the_clocks_where_the_need_is(start, hours, names):
    assert slot_names(slots_between(start, start + timedelta(hours=hours), "Europe/Kyiv")) == names


@given(
    # Quarters of an hour around the change of clocks in Kyiv and New York.
    start=st.integers(0, 4 * 24 * 30),
    quarters=st.integers(0, 4 * 24 * 3),
    month=st.sampled_from([3, 10]),
    timezone=st.sampled_from(["Europe/Kyiv", "America/New_York", "Africa/Cairo", "UTC"]),
)
def test_slots_agree_with_a_look_at_the_clock_every_minute(start, quarters, month, timezone):
    starts_at = datetime(2026, month, 10, tzinfo=UTC) + timedelta(minutes=15 * start)
    ends_at = starts_at + timedelta(minutes=15 * quarters)

    assert slots_between(starts_at, ends_at, timezone) == minute_by_minute(starts_at, ends_at, timezone)


def test_without_dates_the_slots_are_unknown():
    assert slots_between(None, None, "Europe/Kyiv") == 0


def test_a_start_without_an_end_is_a_moment():
    start = datetime(2026, 3, 3, 18, tzinfo=KYIV)

    assert slot_names(slots_between(start, None, "Europe/Kyiv")) == ("TuesdayEvening",)


@pytest.mark.parametrize(
    ("hours", "timezone"),
    [(24 * 8, "Europe/Kyiv"), (-1, "Europe/Kyiv"), (1, "Not/AZone"), (1, "../etc"), (1, "")],
)
def test_what_is_long_or_unreadable_narrows_nothing(hours, timezone):
    start = datetime(2026, 3, 3, 18, tzinfo=KYIV)

    assert slots_between(start, start + timedelta(hours=hours), timezone) == ALL_SLOTS
