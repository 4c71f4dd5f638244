"""Dates and numbers as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask import g

from models import Need
from models.vocabularies import entries, label, slot_codes

SHOWN_SLOTS = 4


def day(when: date, zone: str = "UTC") -> str:
    """Write a date, such as Sat, 12 Dec 2026."""
    moment = when.astimezone(ZoneInfo(zone)) if isinstance(when, datetime) else when
    return dates.format_skeleton("yMMMEd", moment, locale=g.language)


def clock(when: datetime, zone: str) -> str:
    """Write a time of the day, such as 10:00."""
    return dates.format_time(when, "short", ZoneInfo(zone), locale=g.language)


def when_of(need: Need) -> str:
    """Write when a need is: its dates in its own time zone; empty where it has none."""
    if need.starts_at is None:
        return ""
    zone = ZoneInfo(need.timezone)
    begin, end = need.starts_at.astimezone(zone), (need.ends_at or need.starts_at).astimezone(zone)
    if begin.date() != end.date() and end - begin > timedelta(hours=18):
        return f"{day(begin, need.timezone)} – {day(end, need.timezone)}"
    times = [clock(one, need.timezone) for one in (begin, end)]
    return f"{day(begin, need.timezone)}, {'–'.join(dict.fromkeys(times))}"


def slots_of(mask: int) -> list[str]:
    """Write the first few parts of the week."""
    return [label("slots", code, g.language) for code in slot_codes(mask)[:SHOWN_SLOTS]]


def more_slots(mask: int) -> int:
    """Count the parts of the week beyond the first few."""
    return max(mask.bit_count() - SHOWN_SLOTS, 0)


def week() -> list[tuple[str, list[tuple[str, str]]]]:
    """Give the week's days, each with its name and its parts as (code, words)."""
    names = dates.get_day_names("wide", "stand-alone", locale=g.language)
    parts = [(one.code, label("slots", one.code, g.language)) for one in entries("slots")]
    return [(names[at].capitalize(), parts[at * 3 : at * 3 + 3]) for at in range(7)]


def number(value: float) -> str:
    """Write a number."""
    return numbers.format_decimal(value, locale=g.language)


def blank(value: object) -> object:
    """Give what stands in a field; nothing where there is nothing, but 0 where there is 0."""
    return "" if value is None else value


FILTERS: dict[str, Callable[..., object]] = {
    "blank": blank,
    "day": day,
    "more_slots": more_slots,
    "number": number,
    "slots": slots_of,
    "when": when_of,
}
