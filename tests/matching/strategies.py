"""Made-up people and openings for property tests: small worlds, in which things often meet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from matching.profiles import CEFR, LOCATION_TYPES, Opening, Person, Taste

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
ZONES = ("UTC", "Europe/Kyiv", "America/New_York")

words = st.lists(
    st.sampled_from(
        ["older", "people", "собаки", "собакам", "children", "діти", "driver", "kyiv", "garden", "zzz", "сад"]
    ),
    max_size=6,
).map(" ".join)
codes = st.frozensets(st.sampled_from(["A", "B", "C", "D"]), max_size=3)
levels = st.none() | st.integers(1, 3)
skills = st.dictionaries(st.sampled_from(["s1", "s2", "s3"]), levels, max_size=3)
skill_levels = skills.map(lambda found: tuple(found.items()))
language_levels = st.dictionaries(
    st.sampled_from(["en", "uk", "ru"]), st.none() | st.sampled_from(CEFR), max_size=2
).map(lambda found: tuple(found.items()))
slots = st.just(0) | st.integers(1, (1 << 21) - 1) | st.sampled_from([1, 2, 4, 1 << 7])
latitudes = st.floats(49.9, 50.3) | st.floats(-90, 90)
longitudes = st.floats(30, 30.9) | st.floats(-180, 180)
points = st.just((None, None)) | st.tuples(latitudes, longitudes)
ids = st.integers(0, 30).map(lambda number: UUID(int=number * 2**61 + number))
organisations = st.integers(100, 105).map(lambda number: UUID(int=number))
tastes = st.lists(st.tuples(codes, organisations), max_size=4).map(Taste.of)
moments = st.none() | st.integers(-500, 500).map(lambda hours: AT + timedelta(hours=hours))


@st.composite
def persons(draw):
    latitude, longitude = draw(points)
    return Person(
        id=UUID(int=1),
        interests=draw(words),
        causes=draw(codes),
        skills=draw(skill_levels),
        languages=draw(language_levels),
        slots=draw(slots),
        latitude=latitude,
        longitude=longitude,
        radius_km=draw(st.sampled_from([0.0, 1.0, 10.0, 40.0, 2000.0, 30000.0])),
        location_types=frozenset(draw(st.sets(st.sampled_from(LOCATION_TYPES)))),
        birth_date=draw(st.none() | st.dates(date(1990, 1, 1), date(2012, 12, 31))),
        answered=frozenset(draw(st.sets(ids, max_size=2))),
        accepted=draw(tastes),
        declined=draw(tastes),
        language=draw(st.sampled_from(["en", "uk", "ru"])),
    )


@st.composite
def openings(draw):
    latitude, longitude = draw(points)
    starts_at, length = draw(moments), draw(st.none() | st.integers(0, 300))
    usually = st.sampled_from([True, True, True, False])
    return Opening(
        id=draw(ids),
        organisation_id=draw(organisations),
        title=draw(words),
        description=draw(words),
        organisation_name=draw(words),
        language=draw(st.sampled_from(["", "en", "uk", "ru"])),
        causes=draw(codes),
        skills=draw(skill_levels),
        languages=draw(language_levels),
        location_type=draw(st.sampled_from(LOCATION_TYPES)),
        latitude=latitude,
        longitude=longitude,
        timezone=draw(st.sampled_from([*ZONES, "Nowhere/Such"])),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=length) if starts_at and length is not None else None,
        repeats=not draw(usually),
        slots=draw(slots),
        commitment_hours_per_week=draw(st.none() | st.floats(0, 40)),
        minimum_age=draw(st.none() | st.integers(14, 25)),
        maximum_age=draw(st.none() | st.integers(20, 40)),
        requirements=draw(codes),
        places_left=draw(st.sampled_from([0, 1, 2, 5, 20])),
        published_at=draw(moments),
        expires_at=draw(moments),
        organisation_verified=draw(usually),
        open=draw(usually),
        accepted=draw(st.integers(0, 2)),
    )


def easy(number: int, **changes: object) -> Opening:
    """An opening that fits everybody, with what a test is about changed."""
    plain = {
        "id": UUID(int=number << 64 | number),
        "organisation_id": UUID(int=1000 + number),
        "location_type": "remote",
        "published_at": AT - timedelta(days=3),
        "organisation_verified": True,
    }
    return Opening(**(plain | changes))


def somebody(**changes: object) -> Person:
    """A person of whom nothing is known, with what a test is about changed."""
    return Person(**({"id": UUID(int=7)} | changes))
