"""Dates and times of the day as the reader's language writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import dates

from service.i18n import say

# English for readers outside America: the day before the month, and 15:00.
LOCALES = {"en": "en_GB"}
# What goes on over night for longer than this is written as days, without times.
OVER_NIGHT = timedelta(hours=18)


class Dated(Protocol):
    """What has a time, in a time zone: a need, or an offered visit."""

    @property
    def starts_at(self) -> datetime | None:
        """When it begins."""

    @property
    def ends_at(self) -> datetime | None:
        """When it ends."""

    @property
    def timezone(self) -> str:
        """By whose clocks."""


def locale_of(language: str) -> str:
    """Say how a language writes dates and numbers."""
    return LOCALES.get(language, language)


def say_day(language: str, when: date, zone: str = "UTC") -> str:
    """Write a date, such as Sat, 12 Dec 2026."""
    moment = when.astimezone(ZoneInfo(zone)) if isinstance(when, datetime) else when
    return dates.format_skeleton("yMMMEd", moment, locale=locale_of(language))


def say_clock(language: str, when: datetime, zone: str) -> str:
    """Write a time of the day, such as 10:00."""
    return dates.format_time(when, "short", ZoneInfo(zone), locale=locale_of(language))


def say_when(language: str, need: Dated) -> str:
    """Write when a need or a visit is: its dates in its own time zone; empty where it has none.

    Of a need with shifts, the day of the next one.
    """
    if getattr(need, "shift_count", 0):
        first: datetime | None = getattr(need, "shifts_from", None)
        return say_day(language, first, need.timezone) if first else ""
    if need.starts_at is None:
        return ""
    return say_time(language, need.starts_at, need.ends_at or need.starts_at, need.timezone)


def say_time(language: str, starts_at: datetime, ends_at: datetime, timezone: str) -> str:
    """Write from when until when something is, on the clocks of its place."""
    zone = ZoneInfo(timezone)
    begin, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    first = say_day(language, begin, timezone)
    if begin.date() != end.date() and end - begin > OVER_NIGHT:
        return f"{first} – {say_day(language, end, timezone)}"
    times = [say_clock(language, one, timezone) for one in (begin, end)]
    return f"{first}, {'–'.join(dict.fromkeys(times))}"


def say_duration(language: str, minutes: int) -> str:
    """Write how long something took, such as 1 h 30 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return say(language, "%(minutes)s min", minutes=rest)
    if not rest:
        return say(language, "%(hours)s h", hours=hours)
    return say(language, "%(hours)s h %(minutes)s min", hours=hours, minutes=rest)
