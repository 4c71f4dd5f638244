"""The demo town's files: every code is known, every reference leads somewhere, every language is heard."""

import re
from collections import Counter
from datetime import date, datetime
from math import cos, hypot, radians
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.needs import LocationType, NeedStatus
from models.organisations import OrganisationStatus
from models.vocabularies import codes
from service.operations.demo import material

CENTRE = material.read_centre()
ORGANISATIONS = material.read_organisations()
NEEDS = material.read_needs()
VOLUNTEERS = material.read_volunteers()
EVERYTHING: list[Any] = [*ORGANISATIONS, *NEEDS, *VOLUNTEERS]
PEOPLE: list[Any] = [*VOLUNTEERS, *CENTRE.staff, *CENTRE.coordinators]
CEFR = {None, "A1", "A2", "B1", "B2", "C1", "C2"}


def kilometres(one, other):
    """Flat enough for one town and its villages."""
    north = (one.latitude - other.latitude) * 111.2
    east = (one.longitude - other.longitude) * 111.2 * cos(radians(one.latitude))
    return hypot(north, east)


def words_of(thing):
    return " ".join(
        getattr(thing, field, None) or ""
        for field in ("name", "title", "description", "mission", "interests")
    )


def test_the_town_is_as_large_as_promised():
    statuses = Counter(one.status for one in ORGANISATIONS)

    assert 38 <= len(ORGANISATIONS) <= 45
    assert statuses["verified"] >= 34
    assert statuses["unverified"] >= 5
    assert statuses["suspended"] == 1
    assert 145 <= len(NEEDS) <= 175
    assert len(VOLUNTEERS) == 60


@pytest.mark.parametrize(
    "things", [ORGANISATIONS, NEEDS, VOLUNTEERS], ids=["organisations", "needs", "volunteers"]
)
def test_keys_stand_once_and_every_language_has_a_fair_share(things):
    languages = Counter(one.language for one in things)

    assert len({one.key for one in things}) == len(things)
    assert set(languages) == {"en", "uk", "ru"}
    assert min(languages.values()) >= len(things) / 6


@pytest.mark.parametrize("field", ["causes", "requirements", "rewards", "accessibility"])
def test_every_code_is_in_its_vocabulary(field):
    used = {code for one in EVERYTHING for code in getattr(one, field, ())}

    assert used
    assert used <= codes(field)


@pytest.mark.parametrize("thing", [*NEEDS, *VOLUNTEERS], ids=lambda one: one.key)
def test_skills_languages_and_slots_are_known_and_stand_once(thing):
    assert {one.code for one in thing.skills} <= codes("skills")
    assert {one.level for one in thing.skills} <= {None, 1, 2, 3}
    assert {one.code for one in thing.languages} <= codes("languages")
    assert {one.level for one in thing.languages} <= CEFR
    assert set(thing.availability) <= codes("slots")
    for held in (thing.skills, thing.languages):
        assert len({one.code for one in held}) == len(held)
    for held in (thing.causes, thing.availability):
        assert len(set(held)) == len(held)


def test_every_need_belongs_to_an_organisation_and_no_organisation_is_without():
    asking = {need.organisation for need in NEEDS}

    assert asking == {one.key for one in ORGANISATIONS}


@pytest.mark.parametrize("need", NEEDS, ids=lambda one: one.key)
def test_a_need_is_dated_or_ongoing_never_both(need):
    dated = (need.starts_in_days, need.at, need.hours)
    ongoing = (need.availability or None, need.commitment_hours_per_week)

    assert [*map(bool, dated)] in ([True] * 3, [False] * 3)
    assert [*map(bool, ongoing)] == [not dated[0]] * 2
    assert need.weekday is None or (need.weekday in material.WEEKDAYS and dated[0])


@pytest.mark.parametrize("need", NEEDS, ids=lambda one: one.key)
def test_a_need_can_be_kept_as_it_is(need):
    assert NeedStatus(need.status) in {NeedStatus.DRAFT, NeedStatus.OPEN, NeedStatus.CANCELLED}
    assert (need.location is None) == (LocationType(need.location_type) is LocationType.REMOTE)
    assert need.places >= 1
    assert (need.minimum_age or 0) <= (need.maximum_age or 120)
    assert len(need.title) <= 80
    assert 2 <= len(re.findall(r"[.!?…»](?=\s|$)", need.description)) <= 5
    assert need.causes


def test_a_few_needs_are_drafts_and_one_is_cancelled():
    statuses = Counter(need.status for need in NEEDS)

    assert 3 <= statuses["draft"] <= 8
    assert statuses["cancelled"] == 1


def test_organisations_have_a_status_and_only_the_suspended_one_a_note():
    for one in ORGANISATIONS:
        assert (OrganisationStatus(one.status) is OrganisationStatus.SUSPENDED) == (
            one.status_note is not None
        )
        assert re.fullmatch(r"https://[a-z]+\.example\.org", one.website)


def test_volunteers_say_what_they_care_about_where_and_when():
    for one in VOLUNTEERS:
        assert 2 <= len(one.causes) <= 4
        assert one.availability
        assert one.radius_km > 0
        assert set(one.location_types) <= set(LocationType)
        assert len(one.interests) >= 50


def test_every_text_is_written_in_the_language_it_names():
    for one in EVERYTHING:
        words = words_of(one)
        cyrillic = len(re.findall("[а-яёіїєґ]", words, re.IGNORECASE))
        assert (cyrillic > len(words) / 2) == (one.language != "en"), one.key
        assert one.language == "uk" or not re.search("[іїєґ]", words, re.IGNORECASE), one.key
        assert one.language == "ru" or not re.search("[ыэёъ]", words, re.IGNORECASE), one.key


def test_everything_lies_in_the_town_or_its_villages():
    away = [kilometres(one.location, CENTRE.location) for one in EVERYTHING if one.location]

    assert max(away) < 25
    assert sum(distance < 12 for distance in away) > len(away) * 0.9


def test_nobody_can_be_reached_outside_the_reserved_names():
    assert all(one.email.endswith("@example.org") for one in PEOPLE)
    assert len({one.email for one in PEOPLE}) == len(PEOPLE)
    assert not any(re.search(r"@|https?:|\d{6,}", words_of(one)) for one in EVERYTHING)


def test_the_demo_can_be_signed_in_to_from_every_side_and_in_every_language():
    verified = {one.key for one in ORGANISATIONS if one.status == "verified"}

    assert {one.language for one in VOLUNTEERS if one.signs_in} == {"en", "uk", "ru"}
    assert {one.language for one in CENTRE.coordinators} == {"en", "uk", "ru"}
    assert {one.organisation for one in CENTRE.coordinators} <= verified
    assert CENTRE.staff
    assert set(CENTRE.names) == {"en", "uk", "ru"}


def test_a_dated_need_moves_on_to_its_weekday():
    need = next(one for one in NEEDS if one.key == "lunka-clean")
    wednesday = date(2027, 3, 3)

    begins = need.starts_at(wednesday, "Europe/Chisinau")

    assert (need.starts_in_days, need.weekday) == (5, "Saturday")
    assert begins == datetime(2027, 3, 13, 9, 30, tzinfo=ZoneInfo("Europe/Chisinau"))


def test_an_ongoing_need_has_no_first_day():
    need = next(one for one in NEEDS if one.availability)

    assert need.starts_at(date(2027, 3, 3), "Europe/Chisinau") is None
