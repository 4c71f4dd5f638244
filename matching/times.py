"""Weekly slots, from dates: which of the 21 mornings, afternoons and evenings a need covers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PARTS = ("Morning", "Afternoon", "Evening")
#: The name of each slot, in the order of the bits: MondayMorning is bit 0.
SLOT_NAMES = tuple(day + part for day in DAYS for part in PARTS)
ALL_SLOTS = (1 << len(SLOT_NAMES)) - 1

_WEEK = timedelta(days=7)
_PART_HOURS = 6  # morning begins at 6, afternoon at 12, evening at 18


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """Find a time zone by its IANA name; None where there is no such zone."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # absent, a folder, absolute, or not in the table
        return None


def slots_between(starts_at: datetime | None, ends_at: datetime | None, timezone: str) -> int:
    """Say which weekly slots the time from start to end touches, on the clocks of its place.

    Without dates: 0, unknown. Longer than a week, an end before the start, or no such time zone:
    every slot, for nothing narrower is known. A moment touches the slot it lies in; the hours
    from midnight to six belong to no slot.
    """
    starts_at, ends_at = starts_at or ends_at, ends_at or starts_at
    if starts_at is None or ends_at is None:
        return 0
    place = zone(timezone)
    if place is None or not timedelta(0) <= ends_at - starts_at <= _WEEK:
        return ALL_SLOTS
    return _touched(starts_at.astimezone(UTC), ends_at.astimezone(UTC), place)


def _touched(starts_at: datetime, ends_at: datetime, place: ZoneInfo) -> int:
    """Mark the slots that overlap; compared in UTC, so that a changing clock does no harm."""
    slots = 0
    # The end itself is not touched, unless it is also the start.
    last_moment = max(starts_at, ends_at - timedelta(microseconds=1))
    day = starts_at.astimezone(place).date()
    while day <= last_moment.astimezone(place).date():
        for part in range(len(PARTS)):
            begins, ends = _part_of(day, part, place)
            if begins <= last_moment and starts_at < ends:
                slots |= 1 << (day.weekday() * len(PARTS) + part)
        day += timedelta(days=1)
    return slots


@lru_cache(maxsize=16384)
def _part_of(day: date, part: int, place: ZoneInfo) -> tuple[datetime, datetime]:
    """Give the beginning and the end of one part of one day, in UTC."""
    return _clock(day, 6 + part * _PART_HOURS, place), _clock(day, 12 + part * _PART_HOURS, place)


def _clock(day: date, hour: int, place: ZoneInfo) -> datetime:
    """Read a day's hour, which may be 24, on the clocks of a place."""
    day, hour = day + timedelta(days=hour // 24), hour % 24
    return datetime.combine(day, time(hour), place).astimezone(UTC)


def slot_names(slots: int) -> tuple[str, ...]:
    """Name the slots in a bit mask, Monday's morning first."""
    return tuple(name for bit, name in enumerate(SLOT_NAMES) if slots >> bit & 1)


def local_date(moment: datetime, timezone: str) -> date:
    """Give the date of a moment at a place; in UTC where the zone is unknown."""
    return moment.astimezone(zone(timezone) or UTC).date()
