"""Made-up needs and people in any number, from a seed: for measuring speed, and nothing else.

Their words are drawn as words are in real texts (few common, many rare), mixed with words that
mean something; they lie around forty towns of uneven size.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from matching.profiles import LOCATION_TYPES, Opening, Person

#: The moment at which made-up needs are open.
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)

_SUBJECTS = (
    "children", "homework", "older people", "dogs", "cats", "garden", "trees", "meals", "driver",
    "legal", "hospital", "museum", "library", "football", "concert", "website", "photo",
    "дітям", "літні люди", "тварини", "переклад", "їжа", "бібліотека", "ремонт", "концерт",
    "детям", "пожилые люди", "животные", "перевод", "еда", "больница", "юрист", "спорт",
)  # fmt: skip
_CAUSES = (
    "AnimalWelfare", "ArtsAndCulture", "Care", "Community", "Disability", "EducationLanguages",
    "Environment", "Families", "Health", "Heritage", "Housing", "OlderPeople",
    "RefugeesAsylumSeekers", "AntiPoverty", "MentalHealth", "CivilRights",
)  # fmt: skip
_SKILLS = tuple(f"skill_{number}" for number in range(120))
_LANGUAGES = ("en", "uk", "ru")
_LETTERS = "abcdefghijklmnoprstuvwyz", "абвгдежзиклмнопрстухцчшюя"
_TOWNS, _WORDS = 40, 30_000


class Town:
    """Where made-up things come from: one random source, its towns and its words."""

    def __init__(self, seed: int) -> None:
        """Found the towns and make the words; the same seed makes the same ones."""
        self.random = random.Random(seed)  # noqa: S311 no secret is made of it
        self.places = [(self._among(44, 60), self._among(-5, 40)) for _ in range(_TOWNS)]
        spelling = random.Random(0)  # noqa: S311 all made-up worlds share one vocabulary
        self.words = [_word(spelling) for _ in range(_WORDS)]
        ranks = np.arange(1, _WORDS + 1, dtype=np.float64)
        self._heaps: list[float] = np.cumsum(1 / (ranks + 5)).tolist()

    def _among(self, least: float, most: float) -> float:
        return self.random.uniform(least, most)

    def id(self) -> UUID:
        """Make an id."""
        return UUID(int=self.random.getrandbits(128), version=4)

    def text(self, length: int, subjects: int) -> str:
        """Write words, some of which mean something."""
        common = self.random.choices(self.words, cum_weights=self._heaps, k=length)
        return " ".join([*self.random.sample(_SUBJECTS, subjects), *common])

    def place(self) -> tuple[float, float]:
        """Choose a point near a town, the first towns more often."""
        latitude, longitude = self.places[int(_TOWNS * self.random.random() ** 2)]
        return latitude + self.random.gauss(0, 0.08), longitude + self.random.gauss(0, 0.12)

    def some(self, things: tuple[str, ...], most: int) -> list[str]:
        """Take up to so many of a list."""
        return self.random.sample(things, self.random.randint(0, most))

    def slots(self, most: int) -> int:
        """Choose up to so many weekly slots."""
        chosen = self.random.sample(range(21), self.random.randint(0, most))
        return sum(1 << slot for slot in chosen)


def _word(source: random.Random) -> str:
    return "".join(source.choices(source.choice(_LETTERS), k=source.randint(3, 11)))


def openings(count: int, *, seed: int) -> Iterator[Opening]:
    """Make open needs of verified organisations, five each."""
    town = Town(seed)
    organisation = town.id()
    for number in range(count):
        if number % 5 == 0:
            organisation = town.id()
        yield _opening(town, organisation)


def _opening(town: Town, organisation: UUID) -> Opening:
    latitude, longitude = town.place()
    dated = town.random.random() < 0.3  # noqa: PLR2004
    starts_at = AT + timedelta(hours=town.random.randint(1, 2000)) if dated else None
    return Opening(
        id=town.id(),
        organisation_id=organisation,
        title=town.text(4, 1),
        description=town.text(town.random.randint(20, 80), 2),
        organisation_name=town.text(2, 0),
        language=town.random.choice(_LANGUAGES),
        causes=frozenset(town.some(_CAUSES, 3)),
        skills=tuple((code, None) for code in town.some(_SKILLS, 2)),
        languages=tuple((code, "B1") for code in town.some(_LANGUAGES, 1)),
        location_type=town.random.choices(LOCATION_TYPES, (70, 10, 20))[0],
        latitude=latitude,
        longitude=longitude,
        timezone="Europe/Kyiv",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3) if starts_at else None,
        slots=0 if dated else town.slots(8),
        commitment_hours_per_week=town.random.choice((None, 1.0, 2.0, 4.0, 8.0)),
        minimum_age=town.random.choice((None, None, 16, 18)),
        requirements=frozenset(town.some(("background_check", "training"), 1)),
        places_left=town.random.randint(1, 12),
        published_at=AT - timedelta(hours=town.random.randint(1, 3000)),
        organisation_verified=True,
        accepted=town.random.randint(0, 3),
    )


def people(count: int, *, seed: int) -> Iterator[Person]:
    """Make volunteers of the same towns."""
    town = Town(seed)
    source = Town(seed + 1)
    source.places = town.places
    for _ in range(count):
        yield _person(source)


def _person(town: Town) -> Person:
    latitude, longitude = town.place()
    return Person(
        id=town.id(),
        interests=town.text(town.random.randint(3, 15), 2),
        causes=frozenset(town.some(_CAUSES, 3)),
        skills=tuple((code, town.random.randint(1, 3)) for code in town.some(_SKILLS, 4)),
        languages=tuple((code, "B2") for code in town.some(_LANGUAGES, 3)),
        slots=town.slots(8),
        latitude=latitude,
        longitude=longitude,
        radius_km=town.random.choice((5.0, 10.0, 25.0, 50.0)),
        birth_date=AT.date().replace(year=town.random.randint(1950, 2009), day=1),
        language=town.random.choice(_LANGUAGES),
    )
