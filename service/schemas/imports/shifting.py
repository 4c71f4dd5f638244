"""Moving a historical file's dates by whole weeks, so that it can be tried as if it were this year's."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from service.schemas.imports.targets import TIMES

if TYPE_CHECKING:
    from collections.abc import MutableMapping

UNTIL = re.compile(r"(?<=UNTIL=)(\d{8})", re.IGNORECASE)


def shift_fields(fields: MutableMapping[str, Any], weeks: int) -> None:
    """Move a need's times by whole weeks where they stand.

    Weekdays and clock times stay what they were in the need's own zone, also across a change to summer time;
    the last day of a repeating rule moves along.
    """
    if not weeks:
        return
    for name in TIMES:
        if isinstance(fields.get(name), datetime):
            fields[name] = shift_time(fields[name], weeks, ZoneInfo(fields.get("timezone", "UTC")))
    if isinstance(fields.get("rrule"), str):
        fields["rrule"] = UNTIL.sub(lambda day: _later_day(day[0], weeks), fields["rrule"])


def shift_time(moment: datetime, weeks: int, zone: ZoneInfo) -> datetime:
    """Move an aware time by whole weeks on the clock of a zone; one in the gap of spring comes after it."""
    # Adding to a time with a ZoneInfo moves the clock on the wall, which is what is wanted.
    moved = moment.astimezone(zone) + timedelta(weeks=weeks)
    return moved.astimezone(UTC).astimezone(zone)


def _later_day(day: str, weeks: int) -> str:
    try:
        moved = date.fromisoformat(day) + timedelta(weeks=weeks)
    except ValueError:
        return day  # no such day; the schema of needs says so
    return f"{moved:%Y%m%d}"
