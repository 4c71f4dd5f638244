"""Advice: what it says is so, and as many as it says would be added, by the rules asked person by person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from uuid import UUID

import numpy as np
import pytest

from matching import hints as hints_module
from matching.advice import TOO_FAR, advise, advise_by
from matching.audience import Audience, subjects_of
from matching.counts import coarse, told
from matching.hints import ADVICE_CODES, SHORT_TEXT, Hint
from matching.index import Index
from matching.made_up import openings, people
from matching.rows import slots_of
from matching.times import SLOT_NAMES
from matching.vectors import Text
from tests.matching.strategies import AT, easy, somebody

LONG = "Come and help us with dogs and cats in the shelter every week. " * 4


@cache
def some_people():
    village = [somebody(id=UUID(int=one), latitude=50.0, longitude=30.0, radius_km=10.0) for one in range(12)]
    return [coarse(one) for one in (*people(250, seed=3), *village)]


@cache
def audience():
    found = Audience(b"secret")
    for one in some_people():
        found.put(one)
    return found


@cache
def reached(opening):
    """Ask the rules of the ranking itself, person by person."""
    opening = replace(opening, organisation_verified=True, open=True, places_left=1, published_at=None,
                      expires_at=None)  # fmt: skip
    index = Index.build([opening])
    return np.array(
        [not set(index.explain_ineligible(one, opening.id, AT)) - {"over"} for one in some_people()]
    )


def brute(opening, hint):
    """Say whom a change would add, the obvious way."""
    before, code = reached(opening), hint.code
    if code == "too_far":
        wider = [replace(one, radius_km=TOO_FAR * one.radius_km) for one in some_people()]
        index = Index.build([opening])
        near = [not set(index.explain_ineligible(one, opening.id, AT)) & PERSONAL for one in wider]
        return np.array(near) & ~before
    if code == "text_language":
        return before & np.array(
            [
                hint.params["code"] in reads(one) and opening.language not in reads(one)
                for one in some_people()
            ]
        )
    if code == "no_causes":
        return before & np.array([bool(one.causes) and not shares(one, opening) for one in some_people()])
    return reached(changed(opening, hint)) & ~before


PERSONAL = {"age", "language", "location_type", "too_far", "wrong_time"}


def reads(person):
    return {person.language, *dict(person.languages)}


def shares(person, opening):
    about = subjects_of(Text(opening.title, opening.description, opening.causes))
    return bool(
        person.causes & opening.causes
        or subjects_of(Text(body=person.interests, causes=person.causes)) & about
        or {code for code, _ in person.skills} & {code for code, _ in opening.skills}
    )


def changed(opening, hint):
    return {
        "remote": lambda: replace(opening, location_type="remote"),
        "hybrid": lambda: replace(opening, location_type="hybrid"),
        "any_time": lambda: replace(opening, slots=0, starts_at=None, ends_at=None),
        "more_time": lambda: replace(
            opening, slots=slots_of(opening) | 1 << SLOT_NAMES.index(hint.params["slot"])
        ),
        "minimum_age": lambda: replace(opening, minimum_age=hint.params["age"]),
        "maximum_age": lambda: replace(opening, maximum_age=None),
        "age": lambda: replace(opening, minimum_age=None, maximum_age=None),
        "languages": lambda: replace(
            opening, languages=tuple(one for one in opening.languages if one[0] != hint.params["code"])
        ),
        "no_place": lambda: replace(opening, latitude=HOME[0], longitude=HOME[1]),
    }[hint.code]()


HOME = (some_people()[0].latitude, some_people()[0].longitude)
# A little farther from a village than anybody there would go.
OUT_OF_TOWN = easy(99, location_type="onsite", latitude=50.13, longitude=30.0)
MADE = [
    OUT_OF_TOWN,
    *(
        replace(one, **changes)
        for number, one in enumerate(openings(24, seed=3))
        for changes in [
            [
                {},
                {"minimum_age": 21, "maximum_age": 30},
                {"latitude": None, "longitude": None, "location_type": "onsite"},
                {"causes": frozenset(), "languages": (("en", None), ("uk", None))},
            ][number % 4]
        ]
    ),
]


def test_every_number_is_that_of_the_rules_asked_person_by_person():
    everybody, seen = audience().of_group(None), set()
    for opening in MADE:
        found = advise_by(audience(), everybody, opening, at=AT, home=HOME)
        through = reached(opening)

        assert found.reach == told(audience(), through)
        assert found.suits == told(
            audience(), through & np.array([shares(one, opening) for one in some_people()])
        )
        for hint in found.hints:
            if hint.more is not None:
                seen.add(hint.code)
                assert hint.more == told(audience(), brute(opening, hint)), hint
    # Hardly anybody made up wants what is partly done from home.
    assert seen == set(hints_module.FEWER_CODES) - {"hybrid"} | {"no_place"}


def test_a_change_that_adds_too_few_is_not_mentioned():
    few = Audience(b"secret")
    for number in range(4):
        few.put(coarse(somebody(id=UUID(int=number), slots=1)))
    found = advise_by(few, few.of_group(None), easy(1, slots=2), at=AT)

    assert found.reach is None
    assert not [one for one in found.hints if one.code in hints_module.FEWER_CODES and one.more is not None]


def codes(opening, **asked):
    return [one.code for one in advise(opening, at=AT, **asked).hints]


GOOD = {
    "title": "Walk dogs",
    "description": LONG,
    "causes": frozenset({"AnimalWelfare"}),
    "skills": (("dog_walking", None),),
    "slots": 1,
    "places_left": 3,
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"organisation_verified": False}, Hint("unverified")),
        ({"open": False}, Hint("closed")),
        ({"places_left": 0}, Hint("full")),
        ({"published_at": AT + timedelta(days=1)}, Hint("not_yet")),
        ({"expires_at": AT - timedelta(days=1)}, Hint("over")),
        ({"starts_at": AT - timedelta(days=1)}, Hint("over")),
        ({"location_type": "onsite"}, Hint("no_place")),
        ({"title": "Zzz", "description": "zzz " * SHORT_TEXT, "causes": frozenset("x")}, Hint("no_subject")),
        ({"description": "Dogs wait."}, Hint("short_text", {"words": 4})),
        ({"causes": frozenset()}, Hint("no_causes")),
        ({"skills": ()}, Hint("no_skills")),
        ({"slots": 0}, Hint("no_dates")),
        ({"starts_at": AT + timedelta(days=2, hours=3)}, Hint("little_notice", {"days": 2})),
        ({"expires_at": AT + timedelta(hours=3)}, Hint("little_notice", {"days": 0})),
        ({"requirements": frozenset({"b", "a"})}, Hint("requirement", {"codes": "a,b"})),
        ({"places_left": 1}, Hint("one_place")),
    ],
)
def test_what_can_be_said_of_a_need_by_itself(changes, expected):
    found = advise(easy(1, **(GOOD | changes)), at=AT)

    assert found.hints == ((expected,) if expected else ())
    assert (found.is_counted, found.reach, found.suits) == (False, None, None)


def test_a_draft_is_told_apart_from_what_was_closed():
    assert codes(easy(1, **GOOD, open=False), is_draft=True) == ["draft"]


def test_words_that_no_volunteer_uses_are_named_where_many_have_written():
    crowded = Audience(b"secret")
    for one in some_people():
        crowded.put(replace(one, interests="dogs garden"))
    everybody = crowded.of_group(None)

    def said(title):
        found = advise_by(crowded, everybody, easy(1, **(GOOD | {"title": title})), at=AT)
        return [one.params for one in found.hints if one.code == "unusual_words"]

    assert said("Kynologist wanted") == [{"words": "kynologist,wanted"}]
    assert said("Kynologist for the garden") == []


def test_what_keeps_everybody_away_is_said_first_then_what_would_reach_most():
    opening = replace(MADE[2], organisation_verified=False, places_left=0)
    found = advise_by(audience(), audience().of_group(None), opening, at=AT)
    nobody = [one.code for one in found.hints if one.code in hints_module.NOBODY_CODES]
    numbers = [one.more for one in found.hints if one.more is not None]

    assert [one.code for one in found.hints][: len(nobody)] == nobody == ["unverified", "full"]
    assert numbers == sorted(numbers, reverse=True) != []


def test_every_code_is_explained_where_it_is_listed():
    assert [code for code in ADVICE_CODES if f"``{code}``" not in hints_module.__doc__] == []
