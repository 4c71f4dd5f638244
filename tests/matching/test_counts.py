"""Counts of people tell about people in coarse form only, however often and however cleverly one asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.advice import advise_by
from matching.audience import Audience
from matching.counts import CELL, LEAST, coarse, told
from tests.matching.strategies import AT, easy, openings, persons, somebody

HERE = {"latitude": 50.42, "longitude": 30.51}


def audience_of(people, secret=b"secret"):
    found = Audience(secret)
    for person in people:
        found.put(coarse(person))
    return found


def crowd(count, **changes):
    return [somebody(id=UUID(int=number + 1), **changes) for number in range(count)]


def of_first(audience, count):
    return np.arange(len(audience)) < count


def test_fewer_than_five_are_never_told_and_of_others_never_too_many():
    audience = audience_of(crowd(300))
    for count in range(300):
        shown = told(audience, of_first(audience, count))
        if count < LEAST:
            assert shown is None
        else:
            assert (shown or 0) % LEAST == 0
            assert 0 <= count - (shown or 0) < 2 * LEAST - 1


def test_the_same_people_are_always_told_as_the_same_number():
    """Asking in other words, or with people who are not counted put in another order, gains nothing."""
    people = crowd(40)
    audience, turned = audience_of(people), audience_of(people[::-1])
    some = of_first(audience, 12)

    assert {told(audience, some) for _ in range(20)} == {told(turned, some[::-1])}


@pytest.mark.parametrize("count", [LEAST, LEAST + 1, 2 * LEAST - 1, 2 * LEAST, 24])
def test_with_or_without_one_person_much_the_same_is_told(count):
    """An answer is at most a fifth more likely with them than without, whatever the secret may be."""
    seen = {number: Counter[int | None]() for number in (count, count - 1)}
    for secret in range(400):
        audience = audience_of(crowd(count), secret=str(secret).encode())
        for number, answers in seen.items():
            answers[told(audience, of_first(audience, number))] += 1
    more = seen[count] - seen[count - 1]

    assert 0 < more.total() / 400 < 0.28


@given(
    persons(),
    st.floats(0.001, 0.999),
    st.floats(0.001, 0.999),
    st.integers(0, 364),
    st.lists(openings(), max_size=5),
)
def test_nothing_finer_than_a_cell_and_a_year_can_be_found_out(person, north, east, days, needs):
    """Another person of the same cell and year is counted alike by every need there can be."""
    person = replace(person, latitude=50.4, longitude=30.5)
    other = replace(
        person,
        latitude=50.4 + CELL * north,
        longitude=30.5 + CELL * east,
        birth_date=person.birth_date and person.birth_date.replace(month=1, day=1) + timedelta(days=days),
        answered=frozenset(need.id for need in needs),
    )
    audience = Audience(b"secret")
    for number, one in enumerate((person, other)):
        audience.put(coarse(replace(one, id=UUID(int=number), latitude=one.latitude and one.latitude + 1e-9)))

    for need in needs:
        assert all(mask[0] == mask[1] for mask in audience.let_through(need, AT).values())


@pytest.mark.parametrize("others", [0, LEAST - 1, 3 * LEAST])
def test_moving_a_need_about_does_not_find_where_somebody_lives(others):
    """Somebody posts a need a thousand times over, with people of their own beside the one they look for."""
    rest = crowd(others, **HERE, radius_km=3.0)
    answers = []
    for here in (HERE, {"latitude": 50.449, "longitude": 30.549}):
        audience = audience_of([*rest, somebody(id=UUID(int=999), **here, radius_km=3.0)])
        answers.append([_ask(audience, north, east) for north in range(-8, 9) for east in range(-8, 9)])

    assert answers[0] == answers[1]
    if others + 1 < LEAST:
        assert set(answers[0]) == {(None, None)}
    if others > 2 * LEAST:
        assert len(set(answers[0])) > 1


def _ask(audience, north, east):
    need = easy(1, location_type="onsite", latitude=50.4 + north / 75, longitude=30.5 + east / 75)
    found = advise_by(audience, audience.of_group(None), need, at=AT)
    return found.reach, found.suits


def test_a_decline_is_not_counted():
    """Who has answered a need counts as before: nobody can tell from a number what anybody said to it."""
    need = easy(1)
    willing, declined = crowd(13), crowd(13, answered=frozenset({need.id}))

    numbers = {
        advise_by(audience := audience_of(one), audience.of_group(None), need, at=AT).reach
        for one in (willing, declined)
    }
    assert len(numbers) == 1
    assert numbers != {None}
