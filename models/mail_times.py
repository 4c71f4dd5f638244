"""When mail goes out: at once, or gathered by day or week, and never in a person's quiet hours.

All of it by the clocks of the person's own time zone, which skip an hour in spring and show one twice in
autumn. A time of day that a clock skips counts as an hour later, as RFC 5545 has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

# What is gathered goes out at eight in the morning, that of a week on Monday.
DIGEST_MINUTES = 8 * 60
DIGEST_WEEKDAY = 0


class MailRhythm(StrEnum):
    """How often a kind of notice goes out by mail."""

    IMMEDIATELY = "immediately"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing goes out: from one minute of the day up to another, over midnight or not."""

    begins: int
    ends: int

    def holds(self, minute: int) -> bool:
        """Say whether a minute of the day is a quiet one; the last of them is not."""
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends


def when_due(rhythm: MailRhythm, at: datetime, timezone: str, quiet: Quiet | None) -> datetime | None:
    """Say when a message ordered now goes out (UTC); None for never."""
    if rhythm is MailRhythm.NEVER:
        return None
    zone, due = ZoneInfo(timezone), at
    if rhythm is not MailRhythm.IMMEDIATELY:
        weekday = DIGEST_WEEKDAY if rhythm is MailRhythm.WEEKLY else None
        due = next_time(at, zone, DIGEST_MINUTES, weekday)
    return after_quiet(due, timezone, quiet)


def after_quiet(at: datetime, timezone: str, quiet: Quiet | None) -> datetime:
    """Give the same moment, or the end of the quiet hours in which it lies."""
    zone = ZoneInfo(timezone)
    while quiet is not None and quiet.holds(minute_of_day(at, zone)):
        # A moment later where a skipped hour has led straight into the next quiet hours.
        at = next_time(at + timedelta(seconds=1), zone, quiet.ends)
    return at.astimezone(UTC)


def minute_of_day(at: datetime, zone: ZoneInfo) -> int:
    """Say what minute of the day the clocks of a zone show."""
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute


def next_time(at: datetime, zone: ZoneInfo, minute: int, weekday: int | None = None) -> datetime:
    """Give the first moment from `at` on at which the clocks show that minute, on that weekday if named."""
    clock = time(*divmod(minute, 60))
    day = at.astimezone(zone).date()
    while True:
        if weekday is None or day.weekday() == weekday:
            # A clock that is put back shows the time twice; one that is put forward, an hour later.
            for fold in (0, 1):
                moment = datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC)
                if moment >= at:
                    return moment
        day += timedelta(days=1)
