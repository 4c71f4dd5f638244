"""Fields that only needs have: time zones, repeating rules, points and days of a search."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields

from service.errors import N_
from service.schemas.fields import Coded, Moment, Text, Worded

NOT_A_ZONE = Coded("unknown_zone", N_("This must be an IANA time zone, such as Europe/Kyiv."))
NOT_A_RULE = Coded("invalid_rule", N_("This must be an RFC 5545 rule, such as FREQ=WEEKLY;BYDAY=SA."))
NOT_A_POINT = Coded("invalid", N_("This must be latitude,longitude in decimal degrees."))

POINT = re.compile(r"^[+-]?[0-9]{1,2}([.][0-9]{1,15})?,[ ]?[+-]?[0-9]{1,3}([.][0-9]{1,15})?$")
RULE_PARTS = {
    "FREQ": re.compile(r"SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY"),
    "UNTIL": re.compile(r"\d{8}(T\d{6}Z?)?"),
    "COUNT": re.compile(r"[1-9]\d{0,4}"),
    "INTERVAL": re.compile(r"[1-9]\d{0,3}"),
    "WKST": re.compile(r"MO|TU|WE|TH|FR|SA|SU"),
    "BYDAY": re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU))*"),
} | {
    f"BY{part}": re.compile(r"[+-]?\d{1,3}(,[+-]?\d{1,3})*")
    for part in ("SECOND", "MINUTE", "HOUR", "MONTHDAY", "YEARDAY", "WEEKNO", "MONTH", "SETPOS")
}


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


class TimeZone(Text):
    """The name of an IANA time zone."""

    def __init__(self, **kwargs: Any) -> None:
        """Take only zones that this machine can count in."""
        super().__init__(most=64, **kwargs)
        self.validators.append(_is_zone)


def _is_zone(name: str) -> None:
    if name not in _zones():
        raise ValidationError(NOT_A_ZONE)


class RepeatRule(Text):
    """An RFC 5545 recurrence rule: its grammar is checked, its dates are not counted out here."""

    def __init__(self, **kwargs: Any) -> None:
        """Take what says its frequency."""
        super().__init__(most=500, **kwargs)
        self.validators.append(_is_rule)


def _is_rule(rule: str) -> None:
    pairs = [part.partition("=") for part in rule.split(";")]
    names = [name for name, _, _ in pairs]
    known = all(name in RULE_PARTS and RULE_PARTS[name].fullmatch(value) for name, _, value in pairs)
    said = set(names)
    # The parts may come in any order; its frequency is the one that must be there.
    if not known or len(said) < len(names) or "FREQ" not in said or {"COUNT", "UNTIL"} <= said:
        raise ValidationError(NOT_A_RULE)


class Point(Worded, fields.String):
    """A point in an address: `latitude,longitude` in degrees."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not POINT.fullmatch(text):
            raise ValidationError(NOT_A_POINT)
        latitude, longitude = (float(one) for one in text.split(","))
        if abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 degrees
            raise ValidationError(NOT_A_POINT)
        return latitude, longitude


class MomentOrDay(Moment):
    """A time, or a day of UTC: its beginning, or where `ends` is set its end."""

    def __init__(self, *, ends: bool = False, **kwargs: Any) -> None:
        """Take which end of a day is meant."""
        super().__init__(**kwargs)
        self.ends = ends

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            value = self._whole(value)
        return super()._deserialize(value, attr, data, **kwargs)

    def _whole(self, value: str) -> str:
        try:
            begins = datetime.combine(date.fromisoformat(value), time(), UTC)
            return (begins + timedelta(days=1, microseconds=-1) if self.ends else begins).isoformat()
        except (ValueError, OverflowError):
            raise self.make_error("invalid", input=value) from None
