"""All openings as columns of numbers: one row each, codes as numbers of sets, times as integers.

The first rows, those that are *arranged*, are sorted by their areas (`matching.areas`): what may be near a
person is then a few runs of rows, and the rows that came later.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

import numpy as np

from matching.areas import area_of
from matching.arrays import Array, Columns, Ints
from matching.codesets import CodeSets
from matching.distances import unit_vector
from matching.ids import Ids, halves, number_of
from matching.profiles import CEFR, LOCATION_TYPES, LanguageAtLevel, Opening, SkillAtLevel
from matching.storage import Parts
from matching.times import local_date, slots_between

ALWAYS = np.iinfo(np.int64).max
LONG_AGO = np.iinfo(np.int64).min
NO_AGE_LIMIT = 999
UNKNOWN = -1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
HOUR = 3_600_000_000  # microseconds
_LAYOUT = {
    "alive": "?", "verified": "?", "open": "?", "places": "i4", "accepted": "i4",
    "published": "i8", "expires": "i8", "over": "i8", "starts": "i8",
    "location": "i1", "x": "f8", "y": "f8", "z": "f8", "slots": "i4",
    "causes": "i4", "skills": "i4", "languages": "i4", "requirements": "i4",
    "text_language": "i4", "minimum_age": "i2", "maximum_age": "i2", "start_day": "i4",
    "hours": "f8", "organisation": "i4", "id_high": "u8", "id_low": "u8",
    "area": "f8", "published_hour": "i4", "version": "i4", "organisation_version": "i4",
    "price": "f4",
}  # fmt: skip
_SETS = ("causes", "skills", "languages", "requirements")
_BY_ID = ("high", "low", "number")


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
        self._text_language_codes: list[str] = []
        #: How many of the first rows are sorted by area.
        self.arranged = 0
        self._organisations = Columns({"high": "u8", "low": "u8"})
        self._organisation_numbers = Ids()

    @classmethod
    def over(cls, parts: Parts) -> Self:
        """Lay rows over the parts of an index that `store` has given; they are not copied."""
        rows, facts, arrays = cls(), parts.facts["rows"], parts.arrays
        rows.columns = Columns.over({name: arrays[f"rows.{name}"] for name in _LAYOUT}, facts["length"])
        for name in _SETS:
            codes = [tuple(code) if isinstance(code, list) else code for code in facts["codes"][name]]
            bits = [arrays[f"{name}.bits{block}"] for block in range(facts["blocks"][name])]
            sizes = arrays[f"{name}.sizes"]
            setattr(rows, name, CodeSets.over(codes, bits, sizes, facts["sets"][name]))
        rows.text_languages = {code: number for number, code in enumerate(facts["text_languages"])}
        rows.arranged = facts["arranged"]
        ids = {half: arrays[f"organisations.{half}"] for half in ("high", "low")}
        rows._organisations = Columns.over(ids, facts["organisations"])
        rows._organisation_numbers = Ids.over(*(arrays[f"organisations.by_{one}"] for one in _BY_ID))
        return rows

    def store(self, parts: Parts) -> None:
        """Add everything to the parts of an index."""
        parts.grow(**{f"rows.{name}": column for name, column in self.columns.named().items()})
        facts: dict[str, Any] = {"codes": {}, "blocks": {}, "sets": {}}
        for name in _SETS:
            sets: CodeSets[Any] = getattr(self, name)
            bits, sizes = sets.arrays
            parts.grow(**{f"{name}.bits{block}": one for block, one in enumerate(bits)})
            parts.grow(**{f"{name}.sizes": sizes})
            facts["codes"][name] = list(sets.codes)
            facts["blocks"][name], facts["sets"][name] = len(bits), len(sizes)
        organisations = self._organisations.named()
        parts.grow(**{f"organisations.{half}": one for half, one in organisations.items()})
        sorted_ids = Ids.of(organisations["high"], organisations["low"]).arrays
        parts.arrays |= {f"organisations.by_{one}": ids for one, ids in zip(_BY_ID, sorted_ids, strict=True)}
        parts.facts["rows"] = facts | {
            "length": len(self),
            "arranged": self.arranged,
            "text_languages": list(self.text_languages),
            "organisations": len(self._organisations),
        }

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
            "version": opening.versions[0],
            "organisation_version": opening.versions[1],
            "price": np.nan,
        }
        parts = (_times, _place, _demands, self._codes)
        return self.columns.append(state | {k: v for part in parts for k, v in part(opening).items()})

    def _codes(self, opening: Opening) -> dict[str, int]:
        language, languages = opening.language, self.text_languages
        high, low = halves(opening.id)
        known = languages.setdefault(language, len(languages)) if language else UNKNOWN
        return {
            "causes": self.causes.number(opening.causes),
            "skills": self.skills.number(frozenset(opening.skills)),
            "languages": self.languages.number(frozenset(opening.languages)),
            "requirements": self.requirements.number(opening.requirements),
            "text_language": known,
            "organisation": self._organisation(opening.organisation_id),
            "id_high": high,
            "id_low": low,
        }

    def _organisation(self, one: UUID) -> int:
        number = number_of(self._organisation_numbers, one, len(self._organisations))
        if number == len(self._organisations):
            high, low = halves(one)
            self._organisations.append({"high": high, "low": low})
        return number

    @property
    def text_language_codes(self) -> list[str]:
        """Give the languages in which needs are written, by number."""
        if len(self._text_language_codes) != len(self.text_languages):
            self._text_language_codes = list(self.text_languages)
        return self._text_language_codes

    def organisation_number(self, one: UUID) -> int | None:
        """Give the number that stands for an organisation; None where it has had no opening here."""
        return self._organisation_numbers.get(one)

    @property
    def organisation_count(self) -> int:
        """Count the organisations that have numbers."""
        return len(self._organisations)

    def keep(self, rows: Ints) -> None:
        """Leave these rows only, numbered anew."""
        self.columns.keep(rows)
        self.arranged = 0

    def in_order(self) -> Ints:
        """Give the rows of what is there, by area, and one area's by id."""
        alive = np.flatnonzero(self["alive"])
        order = np.lexsort((self["id_low"][alive], self["id_high"][alive], self["area"][alive]))
        return alive[order]


def _times(opening: Opening) -> dict[str, int]:
    last = None if opening.repeats else opening.ends_at or opening.starts_at
    starts, timezone = opening.starts_at, opening.timezone
    published = microseconds(opening.published_at, LONG_AGO)
    return {
        "published": published,
        "published_hour": UNKNOWN if published == LONG_AGO else max(published // HOUR, 0),
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
    location = LOCATION_TYPES.index(opening.location_type)
    return {"location": location, "x": x, "y": y, "z": z, "area": area_of(opening)}


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
