"""The shifts of the demo town: a few of its needs are done at several times, each with places of its own."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import Need
from service.access.actors import Actor
from service.operations.shifts import add_shifts

# key of the need: (how many days ahead at least, when by the clocks, hours, places, rule)
SHIFTS: dict[str, tuple[int, time, float, int, str]] = {
    "table-sort": (3, time(9), 3, 6, "FREQ=WEEKLY;BYDAY=SA;COUNT=8"),
    "ring-water": (2, time(18), 2, 4, "FREQ=WEEKLY;BYDAY=WE,SA;COUNT=10"),
    "lunka-water": (5, time(8), 4, 2, "FREQ=MONTHLY;BYDAY=1SU;COUNT=4"),
    "nich-choir": (4, time(17), 1.5, 5, "FREQ=WEEKLY;BYDAY=TH,SU;COUNT=6"),
}


def add_demo_shifts(session: Session, actor: Actor, need: Need, key: str, *, at: datetime) -> None:
    """Give a need of that key its shifts, counted from the day of the demo."""
    if key in SHIFTS:
        ahead, clock, hours, places, rule = SHIFTS[key]
        first = _first(at.astimezone(ZoneInfo(need.timezone)).date() + timedelta(days=ahead), clock, need)
        fields = {"starts_at": first, "ends_at": first + timedelta(hours=hours), "places": places}
        add_shifts(session, actor, need.id, {**fields, "rrule": rule}, at=at)


def _first(day: date, clock: time, need: Need) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(need.timezone))
