"""The index turned round: whom a need lets through is who would be proposed the need, pair by pair."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.audience import PERSONAL, Audience, subjects_of
from matching.eligibility import RULES
from matching.index import Index
from matching.vectors import Text
from tests.matching.strategies import AT, easy, openings, persons, somebody

CENTRE, OTHER = UUID(int=501), UUID(int=502)


def audience_of(*people):
    found = Audience(b"secret")
    for number, person in enumerate(people):
        found.put(replace(person, id=UUID(int=number + 1)))
    return found


def marked(audience, mask):
    """Say who is marked, by the order in which they came."""
    return {number for number in range(len(audience)) if mask[number]}


@given(st.lists(persons(), min_size=1, max_size=5), openings())
def test_both_directions_agree_pair_by_pair_and_rule_by_rule(people, opening):
    index, audience = Index.build([opening]), audience_of(*people)
    passed = audience.let_through(opening, AT)

    assert set(passed) == set(PERSONAL) <= set(RULES)
    for row, person in enumerate(people):
        failing = set(index.explain_ineligible(person, opening.id, AT)) & set(PERSONAL)

        assert {rule for rule in PERSONAL if not passed[rule][row]} == failing


@given(st.lists(persons(), min_size=1, max_size=5), openings())
def test_a_cause_a_skill_or_a_subject_is_shared(people, opening):
    audience = audience_of(*people)
    shared = audience.share(opening)
    for row, person in enumerate(people):
        about = subjects_of(Text(opening.title, opening.description, opening.causes))
        meant = subjects_of(Text(body=person.interests, causes=person.causes))
        skills = {code for code, _ in opening.skills} & {code for code, _ in person.skills}

        assert shared[row] == bool(opening.causes & person.causes or skills or about & meant)


def test_subjects_meet_across_languages_and_in_phrases():
    assert subjects_of(Text(body="older people")) & subjects_of(Text("Літні люди"))
    assert not subjects_of(Text(body="zzz"))


def test_people_come_change_and_go():
    audience = audience_of(somebody(interests="garden"), somebody(interests="garden dogs"))
    assert (len(audience), audience.users_of("garden"), audience.users_of("dogs")) == (2, 2, 1)

    audience.put(somebody(id=UUID(int=1), interests="dogs"))
    assert (len(audience), audience.users_of("garden"), audience.users_of("dogs")) == (2, 1, 2)
    assert audience.dead == 1
    assert audience.of_group(None).tolist() == [False, True, True]

    audience.remove(UUID(int=2))
    audience.remove(UUID(int=77))
    assert UUID(int=2) not in audience
    assert [*audience.ids] == [UUID(int=1)]
    assert (audience.users_of("garden"), audience.users_of("dogs")) == (0, 1)
    assert audience.of_group(None).tolist() == [False, False, True]


def test_a_group_sees_its_own_people_and_those_of_none():
    audience = Audience(b"secret")
    for number, group in enumerate([None, CENTRE, OTHER, CENTRE]):
        audience.put(somebody(id=UUID(int=number)), group)

    assert marked(audience, audience.of_group(CENTRE)) == {0, 1, 3}
    assert marked(audience, audience.of_group(OTHER)) == {0, 2}
    assert marked(audience, audience.of_group(None)) == {0}
    assert marked(audience, audience.of_group(UUID(int=999))) == {0}


def test_who_reads_what():
    audience = audience_of(somebody(language="uk", languages=(("de", "A1"),)), somebody(language="en"))

    assert audience.read("uk").tolist() == [True, False]
    assert audience.read("de").tolist() == [True, False]
    assert audience.read("fr").tolist() == [False, False]


def test_an_audience_of_nobody_can_be_asked():
    audience = Audience(b"secret")

    assert all(len(mask) == 0 for mask in audience.let_through(easy(1), AT).values())
    assert not np.any(audience.share(easy(1)))
