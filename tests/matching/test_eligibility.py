"""I-25: an ineligible pair is never proposed; who is eligible agrees with an obvious second version."""

from __future__ import annotations

import math
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matching import retrieval
from matching.distances import EARTH_KM, kilometres, squared_chords, unit_vector
from matching.eligibility import INELIGIBLE_CODES
from matching.features import FEATURES
from matching.index import Index
from matching.lookups import Lookups
from matching.model import Model
from matching.profiles import CEFR, LOCATION_TYPES
from matching.ranking import rank
from matching.times import slots_between
from tests.matching.strategies import AT, easy, openings, persons, somebody

latitude, longitude = st.floats(-90, 90), st.floats(-180, 180)


def haversine_km(lat1, lon1, lat2, lon2):
    """The textbook's great-circle distance."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    dphi, dlambda = phi2 - phi1, math.radians(lon2 - lon1)
    a = math.sin(dphi / 2) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(dlambda / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1, math.sqrt(a)))


def years_old(born, day):
    """Birthdays had: one whole year at a time."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def speaks(person, code, level):
    at = [(mine, how) for mine, how in person.languages if mine == code]
    return bool(at) and (level is None or at[0][1] is None or CEFR.index(at[0][1]) >= CEFR.index(level))


def obstacles(person, need):
    """Every rule in plain words, one pair at a time."""
    last = need.ends_at or need.starts_at
    slots = need.slots or slots_between(need.starts_at, need.ends_at, need.timezone)
    asks_age = need.minimum_age is not None or need.maximum_age is not None
    return {
        *({"unverified"} if not need.organisation_verified else ()),
        *({"closed"} if not need.open else ()),
        *({"full"} if need.places_left <= 0 else ()),
        *({"unpublished"} if need.published_at is not None and need.published_at > AT else ()),
        *({"expired"} if need.expires_at is not None and need.expires_at <= AT else ()),
        *({"over"} if last is not None and last <= AT and not need.repeats else ()),
        *({"age"} if asks_age and not of_age(person, need) else ()),
        *({"language"} if person.languages and not speaks_all(person, need) else ()),
        *({"location_type"} if need.location_type not in (person.location_types or LOCATION_TYPES) else ()),
        *({"too_far"} if need.location_type != "remote" and not near(person, need) else ()),
        *({"wrong_time"} if slots and person.slots and not slots & person.slots else ()),
        *({"answered"} if need.id in person.answered else ()),
    }


def speaks_all(person, need):
    return all(speaks(person, *asked) for asked in need.languages)


def of_age(person, need):
    if person.birth_date is None:
        return False
    zone = UTC if need.timezone == "Nowhere/Such" else ZoneInfo(need.timezone)
    start = need.starts_at.astimezone(zone).date() if need.starts_at else AT.date()
    age = years_old(person.birth_date, max(start, AT.date()))
    return (need.minimum_age or 0) <= age <= (999 if need.maximum_age is None else need.maximum_age)


def near(person, need):
    if person.latitude is None:
        return True
    if need.latitude is None:
        return False
    km = haversine_km(person.latitude, person.longitude, need.latitude, need.longitude)
    assume(abs(km - person.radius_km) > 1e-5 or km == person.radius_km)  # rounding at the very edge
    return km <= person.radius_km


@given(persons(), st.lists(openings(), max_size=12))
def test_eligibility_is_what_the_rules_say_one_by_one(person, needs):
    index, latest = Index.build(needs), {need.id: need for need in needs}
    mask = index.eligible(person, at=AT)
    for need_id, need in latest.items():
        expected = obstacles(person, need)

        assert set(index.explain_ineligible(person, need_id, AT)) == expected
        assert bool(mask[index.row_of(need_id)]) is not bool(expected)


@given(persons(), st.lists(openings(), max_size=12))
def test_only_eligible_needs_are_proposed_and_all_of_them_where_they_are_few(person, needs):
    latest = {need.id: need for need in needs}
    proposed = [match.need_id for match in rank(person, Index.build(needs), at=AT, limit=50)]

    assert sorted(proposed) == sorted(one for one, need in latest.items() if not obstacles(person, need))


@st.composite
def models(draw):
    """Any model at all: weights of either sign, tables of one and of two features, all of them large."""
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count, size = len(FEATURES), 30 * draw(st.floats(0, 1))
    edges = tuple(np.unique(numbers.uniform(0, 1, numbers.integers(0, 4))) for _ in FEATURES)
    singles = tuple(numbers.normal(0, size, len(one) + 2) for one in edges)
    a, b = sorted(numbers.choice(count, 2, replace=False).tolist())
    pairs = {(a, b): numbers.normal(0, size, (len(edges[a]) + 2, len(edges[b]) + 2))}
    weight, neutral = numbers.normal(0, size, count), numbers.uniform(0, 1, count)
    return Model("any", FEATURES, Lookups(weight, neutral, 0.0, edges, singles, pairs))


@given(models(), persons(), st.lists(openings(), max_size=16), st.booleans())
def test_whatever_a_model_says_only_eligible_needs_are_proposed(model, person, needs, roughly):
    """I-25, where all are measured exactly and where candidates are chosen roughly; whatever the history."""
    latest = {need.id: need for need in needs}
    built, grown = Index.build(needs), Index()
    for need in needs:
        grown.put(need)
    with pytest.MonkeyPatch.context() as patch:
        if roughly:
            patch.setattr(retrieval, "MEASURED_AT_ONCE", 2)
            patch.setattr(retrieval, "CANDIDATES", 4)
        listed = rank(person, built, model, at=AT, limit=50)
        assert rank(person, grown, model, at=AT, limit=50) == listed
    fitting = {one for one, need in latest.items() if not obstacles(person, need)}

    assert {match.need_id for match in listed} <= fitting
    assert len(listed) == min(len(fitting), 4 if roughly and len(fitting) > 2 else 50)


KYIV = {"latitude": 50.45, "longitude": 30.52}
SPORT = {"location_type": "onsite", **KYIV}


@pytest.mark.parametrize(
    ("code", "need", "person"),
    [
        ("unverified", {"organisation_verified": False}, {}),
        ("closed", {"open": False}, {}),
        ("full", {"places_left": 0}, {}),
        ("unpublished", {"published_at": AT + timedelta(seconds=1)}, {}),
        ("expired", {"expires_at": AT}, {}),
        ("over", {"starts_at": AT - timedelta(hours=2), "ends_at": AT}, {}),
        ("age", {"minimum_age": 18}, {"birth_date": AT.date().replace(year=2008, day=5)}),
        ("age", {"minimum_age": 18}, {}),
        ("language", {"languages": (("en", "B2"),)}, {"languages": (("en", "B1"), ("uk", "C2"))}),
        ("location_type", {}, {"location_types": frozenset({"onsite", "hybrid"})}),
        ("too_far", SPORT, {"latitude": 50.55, "longitude": 30.52, "radius_km": 11.0}),
        ("too_far", {"location_type": "onsite"}, {**KYIV, "radius_km": 500.0}),
        ("wrong_time", {"slots": 0b001}, {"slots": 0b110}),
    ],
)
def test_one_thing_in_the_way_is_named_and_nothing_else(code, need, person):
    opening = easy(1, **need)
    index = Index.build([opening])

    assert index.explain_ineligible(somebody(**person), opening.id, AT) == (code,)
    assert rank(somebody(**person), index, at=AT) == []
    assert code in INELIGIBLE_CODES


def test_whoever_has_not_said_where_they_are_is_asked_for_needs_of_any_place():
    """Three causes and a sentence are enough to begin with."""
    index = Index.build([easy(1, **SPORT), easy(2, location_type="hybrid")])

    assert {match.need_id for match in rank(somebody(), index, at=AT)} == {easy(1).id, easy(2).id}


def test_an_age_is_that_of_the_first_day():
    """Born on 1 April 2008: too young in March 2026, old enough for a need that starts on 1 April."""
    starts_at = AT + timedelta(days=28)
    person = somebody(birth_date=starts_at.date().replace(year=2008))
    index = Index.build([easy(1, minimum_age=18), easy(2, minimum_age=18, starts_at=starts_at)])

    assert [match.need_id for match in rank(person, index, at=AT)] == [easy(2).id]


def test_an_answered_need_is_not_proposed_again():
    index = Index.build([easy(1), easy(2)])
    person = somebody(answered=frozenset({easy(1).id}))

    assert [match.need_id for match in rank(person, index, at=AT)] == [easy(2).id]
    assert index.explain_ineligible(person, easy(1).id, AT) == ("answered",)


def test_a_need_that_repeats_is_not_over_with_its_first_date():
    past = {"starts_at": AT - timedelta(days=9), "ends_at": AT - timedelta(days=9, hours=-1)}
    index = Index.build([easy(1, **past), easy(2, **past, repeats=True)])

    assert [match.need_id for match in rank(somebody(), index, at=AT)] == [easy(2).id]


@pytest.mark.parametrize(
    ("asked", "had", "fits"),
    [("B1", "B1", True), ("B1", "A2", False), ("B1", "C2", True), (None, "A1", True), ("C2", None, True)],
)
def test_a_language_is_spoken_at_its_level_or_better_and_unsaid_levels_are_no_obstacle(asked, had, fits):
    index = Index.build([easy(1, languages=(("en", asked),))])

    assert bool(index.eligible(somebody(languages=(("en", had),)), at=AT).any()) is fits


@given(latitude, longitude, latitude, longitude)
def test_distances_are_the_textbooks_anywhere_on_the_globe(lat1, lon1, lat2, lon2):
    x, y, z = (np.array([part]) for part in unit_vector(lat1, lon1))
    (found,) = kilometres(squared_chords(x, y, z, lat2, lon2))

    assert found == pytest.approx(haversine_km(lat1, lon1, lat2, lon2), abs=0.001)
