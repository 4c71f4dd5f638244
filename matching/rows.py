"""All openings as columns of numbers: one row each, codes as numbers of sets, times as integers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np

from matching.arrays import Array, Columns, Ints
from matching.codesets import CodeSets
from matching.distances import unit_vector
from matching.profiles import CEFR, LOCATION_TYPES, LanguageAtLevel, Opening, SkillAtLevel
from matching.times import local_date, slots_between

ALWAYS = np.iinfo(np.int64).max
LONG_AGO = np.iinfo(np.int64).min
NO_AGE_LIMIT = 999
UNKNOWN = -1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAYOUT = {
    "alive": "?", "verified": "?", "open": "?", "places": "i4", "accepted": "i4",
    "published": "i8", "expires": "i8", "over": "i8", "starts": "i8",
    "location": "i1", "x": "f8", "y": "f8", "z": "f8", "slots": "i4",
    "causes": "i4", "skills": "i4", "languages": "i4", "requirements": "i4",
    "text_language": "i4", "minimum_age": "i2", "maximum_age": "i2", "start_day": "i4",
    "hours": "f8", "organisation": "i4", "id_high": "u8", "id_low": "u8",
}  # fmt: skip


def microseconds(moment: datetime | None, otherwise: int) -> int:
    """Count the microseconds from 1970 to an aware moment."""
    return otherwise if moment is None else (moment - _EPOCH) // _MICROSECOND


def day_number(day: date) -> int:
    """Write a date as yyyymmdd: two of them differ by 10,000 for each full year."""
    return day.year * 10_000 + day.month * 100 + day.day


def slots_of(opening: Opening) -> int:
    """Give the opening's weekly slots: its own, or else those its dates touch; 0 is unknown."""
    return opening.slots or slots_between(opening.starts_at, opening.ends_at, opening.timezone)


class Rows:
    """The columns, and what their numbers stand for."""

    def __init__(self) -> None:
        """Begin without rows."""
        self.columns = Columns(_LAYOUT)
        self.causes: CodeSets[str] = CodeSets()
        self.skills: CodeSets[SkillAtLevel] = CodeSets()
        self.languages: CodeSets[LanguageAtLevel] = CodeSets()
        self.requirements: CodeSets[str] = CodeSets()
        self.text_languages: dict[str, int] = {}
        self.organisations: dict[UUID, int] = {}

    def __len__(self) -> int:
        """Count the rows, those of removed openings too."""
        return len(self.columns)

    def __getitem__(self, name: str) -> Array:
        """Give a column."""
        return self.columns[name]

    def append(self, opening: Opening) -> int:
        """Add an opening, and say the number of its row."""
        state = {
            "alive": True,
            "verified": opening.organisation_verified,
            "open": opening.open,
            "places": opening.places_left,
            "accepted": opening.accepted,
        }
        parts = (_times, _place, _demands, self._codes)
        return self.columns.append(state | {k: v for part in parts for k, v in part(opening).items()})

    def _codes(self, opening: Opening) -> dict[str, int]:
        language, organisation = opening.language, opening.organisation_id
        languages, organisations = self.text_languages, self.organisations
        known = languages.setdefault(language, len(languages)) if language else UNKNOWN
        return {
            "causes": self.causes.number(opening.causes),
            "skills": self.skills.number(frozenset(opening.skills)),
            "languages": self.languages.number(frozenset(opening.languages)),
            "requirements": self.requirements.number(opening.requirements),
            "text_language": known,
            "organisation": organisations.setdefault(organisation, len(organisations)),
            "id_high": opening.id.int >> 64,
            "id_low": opening.id.int & (1 << 64) - 1,
        }

    def keep(self, rows: Ints) -> None:
        """Leave these rows only, numbered anew."""
        self.columns.keep(rows)


def _times(opening: Opening) -> dict[str, int]:
    last = None if opening.repeats else opening.ends_at or opening.starts_at
    starts, timezone = opening.starts_at, opening.timezone
    return {
        "published": microseconds(opening.published_at, LONG_AGO),
        "expires": microseconds(opening.expires_at, ALWAYS),
        "over": microseconds(last, ALWAYS),
        "starts": microseconds(starts, LONG_AGO),
        "start_day": 0 if starts is None else day_number(local_date(starts, timezone)),
        "slots": slots_of(opening),
    }


def _place(opening: Opening) -> dict[str, float]:
    x = y = z = np.nan
    if opening.latitude is not None and opening.longitude is not None:
        x, y, z = unit_vector(opening.latitude, opening.longitude)
    return {"location": LOCATION_TYPES.index(opening.location_type), "x": x, "y": y, "z": z}


def _demands(opening: Opening) -> dict[str, float]:
    hours, least, most = (
        opening.commitment_hours_per_week,
        opening.minimum_age,
        opening.maximum_age,
    )
    return {
        "hours": np.nan if hours is None else hours,
        "minimum_age": 0 if least is None else least,
        "maximum_age": NO_AGE_LIMIT if most is None else most,
    }


def speaks(languages: tuple[LanguageAtLevel, ...], asked: LanguageAtLevel) -> bool:
    """Say whether one of the languages is the asked one, at its level or better.

    A level that nobody said, on either side, is no obstacle.
    """
    code, level = asked
    return any(had == code and (level not in CEFR or at not in CEFR or at >= level) for had, at in languages)
