"""The two sides as the ranking sees them: a person and an opening, as frozen plain values.

Causes, skills, languages and requirements are codes; the ranking compares them and never reads
what they stand for. Times are aware. Slots are 21 bits: bit ``weekday * 3 + part``, Monday = 0,
morning (06-12) = 0, afternoon (12-18) = 1, evening (18-24) = 2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

#: A code with the level at which it is had or asked for; None where nobody said.
SkillAtLevel = tuple[str, int | None]
LanguageAtLevel = tuple[str, str | None]

#: The levels of the Common European Framework, from weakest to strongest.
CEFR = ("A1", "A2", "B1", "B2", "C1", "C2")

ONSITE, HYBRID, REMOTE = "onsite", "hybrid", "remote"
LOCATION_TYPES = (ONSITE, HYBRID, REMOTE)


@dataclass(frozen=True, slots=True)
class Taste:
    """The needs to which a volunteer gave one kind of answer, counted: all, by cause and by organisation."""

    needs: int = 0
    causes: tuple[tuple[str, int], ...] = ()
    organisations: tuple[tuple[UUID, int], ...] = ()

    @classmethod
    def of(cls, answered: Iterable[tuple[Iterable[str], UUID]]) -> Self:
        """Count needs, each given by its causes and its organisation; their order does not matter."""
        needs = [(frozenset(causes), organisation) for causes, organisation in answered]
        by_cause = Counter(code for causes, _ in needs for code in causes)
        by_organisation = Counter(organisation for _, organisation in needs)
        return cls(len(needs), tuple(sorted(by_cause.items())), tuple(sorted(by_organisation.items())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A volunteer, as far as the ranking may know them.

    Whatever is left empty is unknown, and what is unknown neither helps nor harms a need.
    """

    id: UUID
    interests: str = ""
    causes: frozenset[str] = frozenset()
    #: A skill's level is 1 (has tried), 2 (can) or 3 (could teach).
    skills: tuple[SkillAtLevel, ...] = ()
    languages: tuple[LanguageAtLevel, ...] = ()
    slots: int = 0
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float = 0.0
    #: Some of `LOCATION_TYPES`; empty: any.
    location_types: frozenset[str] = frozenset()
    birth_date: date | None = None
    #: Needs that were answered, and are never to be proposed again.
    answered: frozenset[UUID] = frozenset()
    #: What they said yes to; and no to, where it was for lack of interest or nobody knows why.
    accepted: Taste = Taste()
    declined: Taste = Taste()
    #: The language in which this person reads the service.
    language: str = "en"
    #: Their interests as a vector (`matching.embedding`), where it has been made.
    vector: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A need, as far as the ranking must know it."""

    id: UUID
    organisation_id: UUID
    title: str = ""
    description: str = ""
    organisation_name: str = ""
    #: The language in which the need is written; empty where nobody said.
    language: str = ""
    causes: frozenset[str] = frozenset()
    skills: tuple[SkillAtLevel, ...] = ()
    languages: tuple[LanguageAtLevel, ...] = ()
    location_type: str = ONSITE
    latitude: float | None = None
    longitude: float | None = None
    timezone: str = "UTC"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    #: True where the dates are the first of several: the need is not over with them.
    repeats: bool = False
    slots: int = 0
    commitment_hours_per_week: float | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    requirements: frozenset[str] = frozenset()
    places_left: int = 1
    published_at: datetime | None = None
    expires_at: datetime | None = None
    organisation_verified: bool = False
    open: bool = True
    #: Placements that came of it so far.
    accepted: int = 0
    #: Which states of the need and its organisation this tells; the index remembers them, no more.
    versions: tuple[int, int] = (0, 0)
    #: Title and description as a vector (`matching.embedding`), where it has been made.
    vector: bytes | None = None
