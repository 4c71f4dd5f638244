"""Dates that a rule gives: RFC 5545, counted on the clocks of a place, so that ten o'clock stays ten o'clock.

A time that the clocks leave out is read with the offset from before the change, and one that they show twice
is the first of the two, as RFC 5545 (3.3.5) says. dateutil does the counting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

# So many at once, and so far ahead, is more than anybody plans; what is behind it is a slip, or an attack.
MOST_AT_ONCE = 366
FARTHEST = timedelta(days=731)
# The calendar repeats every 400 years to the day of the week. Counted so close to the end of time, a rule
# that gives no date at all, such as 30 February, is through after 373 years instead of 7,973.
_LATER = 7600
_LAST_YEAR_COUNTED = 2399

_OFTEN = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
# From 1 (or 0) to the most; of the first five each can also be counted from the end.
_RANGES = {
    "BYMONTHDAY": (1, 31),
    "BYYEARDAY": (1, 366),
    "BYWEEKNO": (1, 53),
    "BYSETPOS": (1, 366),
    "BYDAY": (1, 53),
    "BYMONTH": (1, 12),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
}
_FROM_THE_END = frozenset(("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYDAY"))
# Which parts RFC 5545 (3.3.10) gives no meaning with a frequency.
_WITHOUT_MEANING = {
    "DAILY": {"BYWEEKNO", "BYYEARDAY"},
    "WEEKLY": {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY"},
    "MONTHLY": {"BYWEEKNO", "BYYEARDAY"},
    "YEARLY": set(),
}


class WrongRule(ValueError):
    """A rule from which no shifts can be made, with a stable code that says why."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Start:
    """A beginning: what the clocks of the place show (`local`, as text), and when that is."""

    local: str
    moment: datetime


def on_the_clocks(moment: datetime, zone: str) -> Start:
    """Say what the clocks of a place show at a moment."""
    return Start(_written(moment.astimezone(ZoneInfo(zone))), moment)


def list_starts(rule: str, first: datetime, zone: str, *, at: datetime) -> list[Start]:
    """List all the beginnings that a rule gives from `first` on; WrongRule where they cannot be shifts."""
    parts = _read(rule)
    if not {"COUNT", "UNTIL"} & parts.keys():
        raise WrongRule("never_ends")
    found = []
    for one in islice(_starts(parts, first, zone), MOST_AT_ONCE + 1):
        if one.moment > max(at, first) + FARTHEST:
            raise WrongRule("too_far_ahead")
        found.append(one)
    if len(found) > MOST_AT_ONCE:
        raise WrongRule("too_many")
    if not found:
        raise WrongRule("no_dates")
    return found


def starts_between(
    rule: str, first: datetime, zone: str, since: datetime, until: datetime
) -> Iterator[datetime]:
    """Give the beginnings from `since` until before `until`; of a rule that never ends, too."""
    for one in _starts(_read(rule), first, zone):
        if one.moment >= until:
            return
        if one.moment >= since:
            yield one.moment


def _starts(parts: dict[str, str], first: datetime, zone: str) -> Iterator[Start]:
    """Count the rule out, lazily: each beginning once, in order."""
    place, counted = ZoneInfo(zone), dict(parts)
    ends = _read_end(counted.pop("UNTIL", None))
    begins = first.astimezone(place)
    if begins.year > _LAST_YEAR_COUNTED:
        raise WrongRule("too_far_ahead")
    plain = begins.replace(tzinfo=None, fold=0, microsecond=0)
    if "BYDAY" in counted:
        counted["BYDAY"] = _all_numbered(counted["BYDAY"], 53 if _by_years(counted) else 5)
    text = ";".join(f"{name}={value}" for name, value in counted.items())
    rule = rrulestr(text, dtstart=plain.replace(year=plain.year + _LATER))
    last = None
    for later in rule:
        local = later.replace(year=later.year - _LATER)
        # What the caller said first is what they meant, also in an hour that the clocks show twice.
        moment = first if local == plain else local.replace(tzinfo=place).astimezone(UTC)
        if ends is not None and (moment > ends if ends.tzinfo else local > ends):
            return
        if last is None or moment > last:  # two times of an hour that is left out may be one moment
            yield Start(_written(local), moment)
            last = moment


def _by_years(parts: dict[str, str]) -> bool:
    return parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts


def _all_numbered(days: str, most: int) -> str:
    """Number all days where some are: dateutil takes "MO,-1SU" for a day that is both, and finds none."""
    names = days.split(",")
    plain = [one for one in names if one.isalpha()]
    if len(plain) in (0, len(names)):
        return days
    numbers = [f"{number}{one}" for one in plain for number in range(1, most + 1)]
    return ",".join([one for one in names if one not in plain] + numbers)


def _written(local: datetime) -> str:
    return local.strftime("%Y-%m-%dT%H:%M:%S")


def _read(rule: str) -> dict[str, str]:
    """Take a rule apart whose grammar has been checked, and refuse what RFC 5545 gives no meaning."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    often = parts.get("FREQ", "")
    if often not in _OFTEN:
        raise WrongRule("too_often")
    if _WITHOUT_MEANING[often] & parts.keys() or not all(_is_in_range(*part) for part in parts.items()):
        raise WrongRule("invalid_rule")
    numbered = any(sign.isdigit() for sign in parts.get("BYDAY", ""))
    if numbered and (often not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts):
        raise WrongRule("invalid_rule")
    if "BYSETPOS" in parts and not any(name[:2] == "BY" for name in parts.keys() - {"BYSETPOS"}):
        raise WrongRule("invalid_rule")
    _read_end(parts.get("UNTIL"))
    return parts


def _is_in_range(name: str, value: str) -> bool:
    least, most = _RANGES.get(name, (0, 0))
    if not most:
        return True
    numbers = [int(one) for one in re.findall(r"[+-]?\d+", value)]
    if name in _FROM_THE_END:
        numbers = [abs(one) for one in numbers]
    return all(least <= one <= most for one in numbers)


def _read_end(until: str | None) -> datetime | None:
    """Read when a rule ends: a moment, or by the clocks of its place a time or a whole day."""
    if until is None:
        return None
    try:
        if len(until) == len("20261231"):
            return datetime.strptime(until + "235959", "%Y%m%d%H%M%S")  # noqa: DTZ007 by the place's clocks
        ends = datetime.strptime(until.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise WrongRule("invalid_rule") from None
    return ends.replace(tzinfo=UTC) if until.endswith("Z") else ends
