"""Dates and times of the day as the reader's language writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import dates

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
    """Write when a need or a visit is: its dates in its own time zone; empty where it has none."""
    if need.starts_at is None:
        return ""
    zone, ends_at = ZoneInfo(need.timezone), need.ends_at or need.starts_at
    begin, end = need.starts_at.astimezone(zone), ends_at.astimezone(zone)
    first = say_day(language, begin, need.timezone)
    if begin.date() != end.date() and end - begin > OVER_NIGHT:
        return f"{first} – {say_day(language, end, need.timezone)}"
    times = [say_clock(language, one, need.timezone) for one in (begin, end)]
    return f"{first}, {'–'.join(dict.fromkeys(times))}"
