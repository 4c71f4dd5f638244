"""Calendars as other programs read them: RFC 5545, each need at its own place in time.

A need's times are written in its own time zone, so that a weekly one stays at ten o'clock when clocks
change. What takes whole days is written as days, and leaves its reader free. Nobody but the reader is
named, and no contact stands in it: a calendar lies on machines of others.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur

from models import Need, Organisation, Placement, Shift
from models.needs import NeedStatus
from models.placements import PlacementStatus
from models.shifts import ShiftStatus
from service.i18n import say
from service.schemas.dates import OVER_NIGHT
from service.schemas.fields import Moment, Schema, Text, WebAddress

# How often calendar programs are asked to look.
REFRESH = timedelta(hours=6)
MIME = "text/calendar"
STATUSES = {
    PlacementStatus.HELD: "TENTATIVE",
    PlacementStatus.CONFIRMED: "CONFIRMED",
    PlacementStatus.COMPLETED: "CONFIRMED",
}


class CalendarAsked(Schema):
    """How a calendar program shows that it may read."""

    key = Text(
        most=200, metadata={"description": "The key in the address; none is needed with one's own token"}
    )


class CalendarLink(Schema):
    """The address of one's own calendar, shown this once."""

    url = WebAddress(required=True)
    created_at = Moment(required=True)


class CalendarState(Schema):
    """Whether there is a key to one's calendar; the key itself is not kept."""

    created_at = Moment(allow_none=True, required=True)


class Entry(Protocol):
    """What stands in a calendar (`queries.calendars.Dated`)."""

    @property
    def need(self) -> Need:
        """The need."""

    @property
    def organisation(self) -> Organisation:
        """Its organisation."""

    @property
    def placement(self) -> Placement | None:
        """The reader's placement in it, where it is their own calendar."""

    @property
    def shift(self) -> Shift | None:
        """The shift, where the need has some."""


def write_calendar(name: str, entries: Iterable[Entry], *, base: str, language: str) -> bytes:
    """Write a calendar of that name; `base` is the service's own address."""
    calendar = Calendar()
    calendar.add("prodid", "-//Halfway//Halfway//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _plain(name))
    calendar.add("name", _plain(name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for one in entries:
        calendar.add_component(_write_event(one, base.rstrip("/"), language))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _write_event(entry: Entry, base: str, language: str) -> Event:
    need, placement, shift, event = entry.need, entry.placement, entry.shift, Event()
    status = _status(need, placement, shift)
    # The same for ever, and another one for each acceptance: an old one stays cancelled.
    own = f"placement-{placement.id}" if placement else f"need-{need.id}"
    if shift:
        own = f"shift-{shift.id}-{placement.id}" if placement else f"shift-{shift.id}"
    beside = [one for one in (placement, shift) if one is not None]
    changed = max([need.updated_at, *(one.updated_at for one in beside)])
    event.add("uid", f"{own}@halfway")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("created", (placement or shift or need).created_at)
    event.add("sequence", need.version + sum(one.version for one in beside))
    event.add("status", status)
    event.add("summary", _plain(need.title))
    _add_times(event, need, shift)
    address = f"{base}/placements" if placement else f"{base}/needs/{need.id}"
    event.add("url", address)
    told = [entry.organisation.name]
    if status == "CANCELLED":
        told.append(say(language, "This does not take place for you any more.") if placement else "")
    elif placement is None and need.description:
        told.append(need.description)
    event.add("description", "\n\n".join(_plain(one) for one in [*told, address] if one))
    if need.place:
        event.add("location", _plain(need.place))
    if need.latitude is not None and need.longitude is not None:
        event.add("geo", (need.latitude, need.longitude))
    return event


def _status(need: Need, placement: Placement | None, shift: Shift | None) -> str:
    if need.status is NeedStatus.CANCELLED or (shift and shift.status is ShiftStatus.CANCELLED):
        return "CANCELLED"
    # A shift that a placement which has ended still holds was over by then, and stays on record.
    ended = "CONFIRMED" if shift else "CANCELLED"
    return "CONFIRMED" if placement is None else STATUSES.get(placement.status, ended)


def _add_times(event: Event, need: Need, shift: Shift | None) -> None:
    zone, timed = ZoneInfo(need.timezone), shift or need
    starts_at = timed.starts_at or need.created_at
    begins, ends = starts_at.astimezone(zone), (timed.ends_at or starts_at).astimezone(zone)
    whole_days = begins.date() != ends.date() and ends - begins > OVER_NIGHT
    if whole_days:
        event.add("dtstart", begins.date())
        event.add("dtend", ends.date() + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", begins)
        event.add("dtend", ends)
    if need.rrule and not shift:
        event.add("rrule", _rule(need.rrule, zone, whole_days=whole_days))


def _rule(text: str, zone: ZoneInfo, *, whole_days: bool) -> vRecur:
    """Read a rule; where it ends it says so in UTC, or as a day like its times (RFC 5545 3.3.10)."""
    rule: vRecur = vRecur.from_ical(text)
    if "UNTIL" in rule:
        rule["UNTIL"] = [_until(one, zone, whole_days=whole_days) for one in rule["UNTIL"]]
    return rule


def _until(until: Any, zone: ZoneInfo, *, whole_days: bool) -> date:
    moment: datetime = until if isinstance(until, datetime) else datetime.combine(until, time(23, 59, 59))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return moment.astimezone(zone).date() if whole_days else moment.astimezone(UTC)


def _plain(text: str) -> str:
    """Leave out what no line of a calendar can hold; line ends are kept, and escaped by the library."""
    return "".join(sign for sign in text.replace("\r\n", "\n") if sign.isprintable() or sign == "\n")
