"""From clock to clock: how long something took that began and ended at times of the day, somewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class NoSuchTimeError(ValueError):
    """The clocks skip that time on that day; the argument says which of the two it was."""


def span(day: date, start: time, end: time, zone: str) -> tuple[datetime, datetime]:
    """Say when something began and ended that went from `start` on that day to `end`, by a zone's clocks.

    It ended when the clocks first showed `end` after it began: over midnight if need be, and in an hour
    that comes twice as early as can be. So it is never longer than a day and never shorter than nothing.
    """
    where = ZoneInfo(zone)
    begins = _moments(day, start, where)
    if not begins:
        raise NoSuchTimeError("starts")
    begin = begins[0]
    later = [one for one in _moments(day, end, where) if one > begin]
    if not later:
        if end > start:
            raise NoSuchTimeError("ends")
        later = _moments(day + timedelta(days=1), end, where)
        if not later:
            raise NoSuchTimeError("ends")
    return begin, later[0]


def _moments(day: date, clock: time, where: ZoneInfo) -> list[datetime]:
    """List the moments at which the clocks show that: one; two as they go back; none as they skip it."""
    shown = datetime.combine(day, clock)
    both = {shown.replace(tzinfo=where, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(one for one in both if one.astimezone(where).replace(tzinfo=None, fold=0) == shown)
