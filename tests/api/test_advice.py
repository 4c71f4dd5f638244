"""Advice over HTTP: for those who write the need, in their language, with numbers that tell of nobody."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from matching.hints import ADVICE_CODES
from models import Volunteer
from models.needs import LocationType, NeedStatus
from models.organisations import OrganisationStatus
from service.operations.volunteers import change_volunteer
from tests.making import (
    HERE,
    actor_for,
    headers_for,
    make_account,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_staff,
    make_volunteer,
    time_of,
)


@pytest.fixture
def centre(session):
    return make_centre(session)


@pytest.fixture
def organisation(session, centre):
    return make_organisation(session, centre)


@pytest.fixture
def need(session, organisation):
    return make_need(session, organisation, minimum_age=18)


@pytest.fixture
def headers(session, organisation):
    return headers_for(session, make_coordinator(session, organisation))


def ask(client, need, headers, language="en", status=200):
    answer = client.get(f"/v1/needs/{need.id}/advice", headers=headers | {"Accept-Language": language})
    assert answer.status_code == status, answer.json
    return answer.json


def hints(advice):
    return {one["code"]: one for one in advice["items"]}


def brought(session, centre, count, **over):
    """Make volunteers whom the centre has brought."""
    return [make_volunteer(session, centre, account_id=None, **over) for _ in range(count)]


def test_a_coordinator_is_told_how_many_it_reaches_and_what_would_reach_more(
    client, session, centre, need, headers
):
    born = time_of(session).date().replace(month=1, day=1)
    brought(session, centre, 30, birth_date=born - timedelta(days=40 * 365))
    brought(session, centre, 20, birth_date=born - timedelta(days=16 * 365))
    advice = ask(client, need, headers)

    assert (advice["need_id"], advice["counted"], advice["next_cursor"]) == (str(need.id), True, None)
    assert advice["reach"] in (20, 25, 30)
    assert f"at least {advice['reach']} volunteers" in advice["text"]
    more = hints(advice)["minimum_age"]["more"]
    assert more in (10, 15, 20)
    assert hints(advice)["minimum_age"]["text"] == (
        f"Could people come from the age of 16 on? That would reach at least {more} more volunteers."
    )
    assert {one["code"] for one in advice["items"]} <= set(ADVICE_CODES)


def test_advice_comes_in_the_readers_language(client, need, headers):
    assert ask(client, need, headers, "uk")["text"] == "Зараз вона підходить лише кільком волонтерам."
    assert hints(ask(client, need, headers, "uk"))["no_skills"]["text"].startswith("Не вказано вмінь.")
    assert hints(ask(client, need, headers, "ru"))["no_skills"]["text"].startswith("Не указаны умения.")


def test_a_draft_can_be_looked_at_before_it_is_published(client, session, organisation, centre, headers):
    brought(session, centre, 20)
    draft = make_need(session, organisation, status=NeedStatus.DRAFT, published_at=None)
    advice = ask(client, draft, headers)

    assert advice["items"][0] == {
        "code": "draft",
        "text": "It is a draft: nobody sees it until you publish it.",
        "more": None,
    }
    assert advice["reach"] >= 10


def test_it_follows_the_profiles_as_they_come_change_and_go(client, session, centre, need, headers):
    need.minimum_age = None
    session.flush()
    assert ask(client, need, headers)["reach"] is None

    people = brought(session, centre, 40)
    before = ask(client, need, headers)["reach"]
    assert before in (30, 35, 40)

    for one in people[:30]:
        one.slots, one.location_types = 1, ["remote"]
    session.flush()
    assert (ask(client, need, headers)["reach"] or 0) in (0, 5, 10)

    for one in session.query(Volunteer):
        session.delete(one)
    session.flush()
    assert ask(client, need, headers)["reach"] is None


def test_a_place_that_nobody_knows_is_the_organisations_own_perhaps(
    client, session, organisation, centre, headers
):
    brought(session, centre, 30)
    need = make_need(session, organisation, latitude=None, longitude=None, place=None)
    advice = ask(client, need, headers)

    assert advice["items"][0]["code"] == "no_place"
    assert advice["items"][0]["more"] in (20, 25, 30)


def test_staff_of_the_centre_see_it_too_and_nobody_else(client, session, centre, organisation, need):
    volunteer = make_volunteer(session, centre)
    elsewhere = make_centre(session)
    expected = {
        "staff of the centre": (headers_for(session, make_staff(session, centre)), 200),
        "staff of another centre": (headers_for(session, make_staff(session, elsewhere)), 404),
        "a coordinator of another organisation": (
            headers_for(session, make_coordinator(session, make_organisation(session, centre))),
            404,
        ),
        "a volunteer": (headers_for(session, volunteer), 403),
        "the centre's systems": (headers_for(session, centre), 403),
        "an operator": (headers_for(session, make_account(session, "operator")), 403),
        "anyone": ({}, 401),
    }

    assert {who: ask(client, need, one, status=status) is not None for who, (one, status) in expected.items()}
    missing = client.get(f"/v1/needs/{uuid.uuid4()}/advice", headers=expected["staff of the centre"][0])
    assert missing.status_code == 404


def test_who_is_not_verified_is_told_nothing_of_anybody(client, session, centre, headers, organisation, need):
    """Somebody signs up and founds an organisation: with or without volunteers, the answer is the same."""
    organisation.status = OrganisationStatus.UNVERIFIED
    session.flush()
    empty = ask(client, need, headers)
    brought(session, centre, 30)
    advice = ask(client, need, headers)

    assert advice == empty
    assert (advice["counted"], advice["reach"], advice["suits"]) == (False, None, None)
    assert advice["items"][0]["code"] == "unverified"
    assert not [one for one in advice["items"] if one["more"] is not None]


def test_another_centres_volunteers_are_not_counted(client, session, centre, need, headers):
    """What one centre is told is the same whether another exists or not (I-14)."""
    brought(session, centre, 12)
    alone = ask(client, need, headers)
    brought(session, make_centre(session), 50)

    assert ask(client, need, headers) == alone


def test_fewer_than_five_and_one_persons_moves_are_not_seen(client, session, centre, organisation, headers):
    """A need moved about, and asked about each time, does not find the one person who lives there."""
    person = make_volunteer(session, centre, radius_km=2.0)
    needs = [
        make_need(session, organisation, latitude=HERE["latitude"] + north / 50, longitude=HERE["longitude"])
        for north in range(-5, 6)
    ]
    before = [ask(client, one, headers) for one in needs]
    assert {(one["reach"], one["suits"]) for one in before} == {(None, None)}

    place = {"latitude": 49.2032, "longitude": 28.4682, "place": "Vinnytsia"}
    change_volunteer(session, actor_for(session, person), person.id, {"location": place}, at=time_of(session))
    assert [ask(client, one, headers) for one in needs] == before


def test_what_can_be_done_from_home_is_weighed(client, session, centre, organisation, headers):
    brought(session, centre, 30, location_types=["remote"], latitude=50.45, longitude=30.52)
    need = make_need(session, organisation, location_type=LocationType.ONSITE)

    assert hints(ask(client, need, headers))["remote"]["more"] in (20, 25, 30)
