"""Dates and numbers as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask import g

from models import Need
from models.vocabularies import entries, label
from service.errors import N_
from service.i18n import say
from service.schemas.dates import locale_of, say_clock, say_day, say_duration, say_time, say_when
from service.schemas.notices import time_of_day


class Timed(Protocol):
    """What begins and ends: a shift."""

    @property
    def starts_at(self) -> datetime:
        """When it begins."""

    @property
    def ends_at(self) -> datetime:
        """When it ends."""


PARTS_OF_DAY = (N_("Morning"), N_("Afternoon"), N_("Evening"))


def _locale() -> str:
    return locale_of(str(g.language))


def day(when: date, zone: str = "UTC") -> str:
    """Write a date, such as Sat, 12 Dec 2026."""
    return say_day(g.language, when, zone)


def clock(when: datetime, zone: str) -> str:
    """Write a time of the day, such as 10:00."""
    return say_clock(g.language, when, zone)


def when_of(need: Need) -> str:
    """Write when a need is: its dates in its own time zone; empty where it has none."""
    return say_when(g.language, need)


def slots_of(mask: int) -> str:
    """Write parts of the week, such as Evening: Mon, Tue; empty where there are none."""
    names = dates.get_day_names("abbreviated", "stand-alone", locale=_locale())
    written = []
    for part, words in enumerate(PARTS_OF_DAY):
        days = [day for day in range(7) if mask >> (day * 3 + part) & 1]
        if days:
            shown = (
                say(g.language, "every day")
                if len(days) == len(names)
                else ", ".join(names[one] for one in days)
            )
            written.append(f"{say(g.language, words)}: {shown}")
    return " · ".join(written)


def week() -> list[tuple[str, list[tuple[str, str]]]]:
    """Give the week's days, each with its name and its parts as (code, words)."""
    names = dates.get_day_names("wide", "stand-alone", locale=_locale())
    parts = [(one.code, label("slots", one.code, g.language)) for one in entries("slots")]
    return [(names[at].capitalize(), parts[at * 3 : at * 3 + 3]) for at in range(7)]


def number(value: float) -> str:
    """Write a number."""
    return numbers.format_decimal(value, locale=_locale())


def duration(minutes: int) -> str:
    """Write how long something took, such as 1 h 30 min."""
    return say_duration(g.language, minutes)


def blank(value: object) -> object:
    """Give what stands in a field; nothing where there is nothing, but 0 where there is 0."""
    return "" if value is None else value


def span(what: Timed, zone: str) -> str:
    """Write from when until when something is, by the clocks of a zone."""
    return say_time(g.language, what.starts_at, what.ends_at, zone)


def local(when: datetime, zone: str) -> str:
    """Write a time as a form's field has it, by the clocks of a zone."""
    return when.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


FILTERS: dict[str, Callable[..., object]] = {
    "blank": blank,
    "clock": clock,
    "day": day,
    "duration": duration,
    "local": local,
    "number": number,
    "slots": slots_of,
    "span": span,
    "span_of": lambda shown: say_time(g.language, shown["starts_at"], shown["ends_at"], shown["timezone"]),
    "time_of_day": lambda minutes: "" if minutes is None else time_of_day(minutes),
    "when": when_of,
}
