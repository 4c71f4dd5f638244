"""Reads the demo town's hand-written files: its centre, organisations, needs and volunteers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLocation:
    """A point in degrees (WGS 84) and its name in the language of the text it belongs to."""

    latitude: float
    longitude: float
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSkill:
    """A skill; level 1 (has tried), 2 (can) or 3 (could teach), None where nobody said."""

    code: str
    level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoLanguage:
    """A language; level A1 to C2 (CEFR), None where nobody said."""

    code: str
    level: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Somebody of the centre's staff, or a coordinator; then `organisation` is an organisation's key."""

    name: str
    email: str
    language: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCentre:
    """The town's volunteer centre, its name by language, and the people who work with it."""

    names: Mapping[str, str]
    language: str
    timezone: str
    location: DemoLocation
    staff: tuple[DemoPerson, ...]
    coordinators: tuple[DemoPerson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrganisation:
    """An organisation; `status` is unverified, verified or suspended, the last with a note."""

    key: str
    name: str
    description: str
    mission: str
    language: str
    causes: tuple[str, ...]
    website: str
    location: DemoLocation
    status: str
    status_note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoNeed:
    """A need of the organisation with that key; `status` is draft, open or cancelled.

    Either dated (`starts_in_days`, `at`, `hours`, and where it matters `weekday`), or ongoing
    (`availability`, `commitment_hours_per_week`). Only a remote need may do without a location.
    """

    key: str
    organisation: str
    title: str
    description: str
    language: str
    causes: tuple[str, ...]
    skills: tuple[DemoSkill, ...]
    languages: tuple[DemoLanguage, ...]
    location_type: str
    requirements: tuple[str, ...]
    rewards: tuple[str, ...]
    accessibility: tuple[str, ...]
    places: int
    status: str
    location: DemoLocation | None = None
    starts_in_days: int | None = None
    weekday: str | None = None
    at: time | None = None
    hours: float | None = None
    availability: tuple[str, ...] = ()
    commitment_hours_per_week: float | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None

    def starts_at(self, today: date, timezone: str) -> datetime | None:
        """When it begins if today is the day of the demo, as local time; None if it is ongoing.

        A `weekday` moves it on to the first such day, so that a clean-up falls on a Saturday.
        """
        if self.starts_in_days is None or self.at is None:
            return None
        day = today + timedelta(days=self.starts_in_days)
        if self.weekday:
            day += timedelta(days=(WEEKDAYS.index(self.weekday) - day.weekday()) % 7)
        return datetime.combine(day, self.at, ZoneInfo(timezone))


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoVolunteer:
    """A volunteer; where `signs_in`, the demo tells how to sign in as them."""

    key: str
    name: str
    email: str
    language: str
    interests: str
    causes: tuple[str, ...]
    skills: tuple[DemoSkill, ...]
    languages: tuple[DemoLanguage, ...]
    availability: tuple[str, ...]
    location: DemoLocation
    radius_km: float
    location_types: tuple[str, ...]
    birth_date: date | None = None
    signs_in: bool = False


def read_centre() -> DemoCentre:
    """The volunteer centre, its staff and the coordinators who sign in."""
    row = json.loads(_text_of("centre"))
    row["staff"] = tuple(DemoPerson(**one) for one in row["staff"])
    row["coordinators"] = tuple(DemoPerson(**one) for one in row["coordinators"])
    return DemoCentre(**_typed(row))


def read_organisations() -> tuple[DemoOrganisation, ...]:
    """All organisations, in the order of the file."""
    return tuple(DemoOrganisation(**_typed(row)) for row in _read("organisations"))


def read_needs() -> tuple[DemoNeed, ...]:
    """All needs, in the order of the file."""
    return tuple(DemoNeed(**_typed(row)) for row in _read("needs"))


def read_volunteers() -> tuple[DemoVolunteer, ...]:
    """All volunteers, in the order of the file."""
    return tuple(DemoVolunteer(**_typed(row)) for row in _read("volunteers"))


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(_text_of(name))
    return rows


def _text_of(name: str) -> str:
    return files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")


_TYPES: dict[str, Callable[[Any], object]] = {
    "location": lambda value: DemoLocation(**value),
    "skills": lambda value: tuple(DemoSkill(**one) for one in value),
    "languages": lambda value: tuple(DemoLanguage(**one) for one in value),
    "at": time.fromisoformat,
    "birth_date": date.fromisoformat,
}


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    """Turn what JSON writes as objects, lists and words into values that cannot change."""
    return {field: _TYPES.get(field, _frozen)(value) for field, value in row.items()}


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
