"""Profiles over HTTP: one's own, a centre's volunteers, and what neither may touch."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Account, Event, Job, Volunteer
from service.operations.proposing import MOST_PROPOSED
from tests.making import (
    headers_for,
    make_account,
    make_centre,
    make_coordinator,
    make_need,
    make_staff,
    make_volunteer,
)

WHOLE = {
    "external_id": "v-17",
    "name": "Марія",
    "email": "maria@example.org",
    "language": "uk",
    "interests": "старші люди",
    "causes": ["OlderPeople"],
    "skills": [{"code": "first_aid", "level": "expert"}, {"code": "gardening"}],
    "languages": [{"code": "uk", "level": "native"}, {"code": "en", "level": "B1"}],
    "availability": ["TuesdayEvening", "SundayMorning"],
    "location": {"latitude": 49.23, "longitude": 28.47, "place": "Вінниця"},
    "radius_km": 12.5,
    "location_types": ["onsite"],
    "birth_date": "1990-02-28",
}


def bring(client, session, centre, **over):
    answer = client.post("/v1/volunteers", json={**WHOLE, **over}, headers=headers_for(session, centre))
    session.expire_all()
    return answer


def read(client, headers, volunteer_id):
    return client.get(f"/v1/volunteers/{volunteer_id}", headers=headers)


def patch(client, headers, volunteer_id, body, tag=None):
    tag = tag or read(client, headers, volunteer_id).headers.get("ETag", '"none"')
    return client.patch(f"/v1/volunteers/{volunteer_id}", json=body, headers=headers | {"If-Match": tag})


def jobs(session):
    return sorted(one.kind for one in session.scalars(select(Job)))


# ----------------------------------------------------------------- brought by a centre


def test_a_centre_brings_a_volunteer_with_the_whole_profile(client, session):
    centre = make_centre(session)

    answer = bring(client, session, centre)

    assert answer.status_code == 201, answer.json
    shown = answer.json
    expected = WHOLE | {
        "skills": [{"code": "first_aid", "level": "expert"}, {"code": "gardening", "level": None}]
    }
    assert {name: shown[name] for name in WHOLE} == expected
    assert shown["centre_id"] == str(centre.id)
    assert read(client, headers_for(session, centre), shown["id"]).json == shown
    assert session.get_one(Volunteer, uuid.UUID(shown["id"])).account_id is None
    assert jobs(session) == ["accounts.mail_take_over", "proposals.propose_for", "texts.embed"]


def test_without_an_address_nobody_is_invited_and_what_is_left_out_is_empty(client, session):
    centre = make_centre(session, language="uk")

    answer = client.post("/v1/volunteers", json={"name": "Іван"}, headers=headers_for(session, centre))

    assert answer.status_code == 201
    assert answer.json["language"] == "uk"
    assert answer.json["location"] is None
    assert answer.json["radius_km"] == 20
    assert jobs(session) == ["proposals.propose_for"]


def test_an_external_id_is_unique_within_its_centre_only(client, session):
    first, second = make_centre(session), make_centre(session)

    assert bring(client, session, first).status_code == 201
    assert bring(client, session, first).json["code"] == "external_id_taken"
    assert bring(client, session, second).status_code == 201


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", " ", "null"),
        ("name", None, "null"),
        ("email", "nobody", "invalid"),
        ("interests", "a" * 4001, "too_long"),
        ("causes", ["OlderPeople"] * 31, "too_many"),
        ("causes", ["Flying"], "unknown_code"),
        ("skills", ["first_aid"], "invalid"),
        ("skills", [{"code": "first_aid", "level": "C1"}], "unknown_code"),
        ("languages", [{"code": "uk", "level": "expert"}], "unknown_code"),
        ("availability", ["Tuesday"], "unknown_code"),
        ("location", {"latitude": 91, "longitude": 0}, "out_of_range"),
        ("location", {"latitude": 1}, "required"),
        ("radius_km", 0.5, "out_of_range"),
        ("radius_km", 1001, "out_of_range"),
        ("radius_km", None, "null"),
        ("location_types", ["home"], "unknown_code"),
        ("birth_date", "1899-12-31", "invalid"),
        ("birth_date", "2199-01-01", "in_future"),
        ("account_id", "00000000-0000-4000-8000-000000000001", "unknown_field"),
        ("centre_id", "00000000-0000-4000-8000-000000000001", "unknown_field"),
        ("own_edits", [], "unknown_field"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(client, session, field, value, code):
    answer = bring(client, session, make_centre(session), **{field: value})

    assert answer.status_code == 422
    wrong = answer.json["errors"][0]
    assert (wrong["field"].split(".")[0], wrong["code"]) == (field, code)
    assert session.scalars(select(Volunteer)).all() == []


# ----------------------------------------------------------------- one's own


def test_changing_ones_profile_brings_proposals_that_fit_it_at_once(client, session):
    make_need(session, causes=["AnimalWelfare"], title="Walk dogs")
    make_need(session, causes=["OlderPeople"], title="Read aloud")
    volunteer = make_volunteer(session, causes=[], latitude=None, longitude=None)
    headers = headers_for(session, volunteer)

    body = {"causes": ["AnimalWelfare"], "location": {"latitude": 49.2331, "longitude": 28.4682}}
    answer = patch(client, headers, volunteer.id, body)

    assert answer.status_code == 200, answer.json
    found = client.get(f"/v1/volunteers/{volunteer.id}/proposals", headers=headers).json["items"]
    assert [one["need"]["title"] for one in found] == ["Walk dogs", "Read aloud"]


def test_what_is_not_named_stays_and_what_is_named_is_ones_own(client, session):
    volunteer = make_volunteer(session, causes=["Health"])

    answer = patch(
        client, headers_for(session, volunteer), volunteer.id, {"interests": "trees", "radius_km": 5}
    )

    session.expire_all()
    assert (answer.json["interests"], answer.json["causes"]) == ("trees", ["Health"])
    assert session.get_one(Volunteer, volunteer.id).own_edits == ["interests", "radius_km"]


def test_a_profile_can_be_emptied_of_its_place_and_birth_date(client, session):
    volunteer = make_volunteer(session)
    body = {"location": None, "birth_date": None}

    answer = patch(client, headers_for(session, volunteer), volunteer.id, body)

    assert (answer.json["location"], answer.json["birth_date"]) == (None, None)


def test_a_change_needs_the_tag_of_what_was_read(client, session):
    volunteer = make_volunteer(session)
    headers = headers_for(session, volunteer)
    tag = read(client, headers, volunteer.id).headers["ETag"]
    url = f"/v1/volunteers/{volunteer.id}"

    without = client.patch(url, json={"interests": "trees"}, headers=headers)
    first = patch(client, headers, volunteer.id, {"interests": "trees"}, tag)
    second = patch(client, headers, volunteer.id, {"interests": "dogs"}, tag)
    third = patch(client, headers, volunteer.id, {"interests": "dogs"}, first.headers["ETag"])

    assert (without.status_code, without.json["code"]) == (428, "precondition_required")
    assert first.status_code == 200
    assert (second.status_code, second.json["code"]) == (412, "stale")
    assert third.status_code == 200


def test_a_refresh_of_proposals_does_not_make_a_profile_stale(client, session):
    make_need(session)
    volunteer = make_volunteer(session)
    headers = headers_for(session, volunteer)
    tag = read(client, headers, volunteer.id).headers["ETag"]

    client.post(f"/v1/volunteers/{volunteer.id}/proposals/refresh", headers=headers)

    assert patch(client, headers, volunteer.id, {"interests": "trees"}, tag).status_code == 200


@pytest.mark.parametrize(
    "field", ["email", "external_id", "centre_id", "account_id", "own_edits", "ranked_at"]
)
def test_a_volunteer_cannot_change_what_is_not_the_profiles(client, session, field):
    volunteer = make_volunteer(session)

    answer = patch(client, headers_for(session, volunteer), volunteer.id, {field: None})

    assert answer.status_code == 422
    assert answer.json["errors"][0] == {
        "field": field, "code": "unknown_field", "message": "There is no such field.",
    }  # fmt: skip


# ----------------------------------------------------------------- the centre, and everyone else


@pytest.fixture
def people(session):
    centre, other = make_centre(session), make_centre(session)
    return {
        "the volunteer": headers_for(session, volunteer := make_volunteer(session, centre)),
        "its centre's staff": headers_for(session, make_staff(session, centre)),
        "its centre's token": headers_for(session, centre),
        "anyone": {},
        "another volunteer": headers_for(session, make_volunteer(session, centre)),
        "a coordinator": headers_for(session, make_coordinator(session, centre_id=centre.id)),
        "an operator": headers_for(session, make_account(session, "operator", centre_id=centre.id)),
        "another centre's staff": headers_for(session, make_staff(session, other)),
        "another centre's token": headers_for(session, other),
        "its centre's token without the scope": headers_for(session, centre, scopes=["needs:write"]),
        "volunteer_id": volunteer.id,
    }


@pytest.mark.parametrize(
    ("who", "reads", "lists", "changes"),
    [
        ("the volunteer", 200, 403, 200),
        ("its centre's staff", 200, 200, 403),
        ("its centre's token", 200, 200, 403),
        ("anyone", 401, 401, 401),
        ("another volunteer", 404, 403, 404),
        ("a coordinator", 403, 403, 403),
        ("an operator", 403, 403, 403),
        ("another centre's staff", 404, 200, 403),
        ("another centre's token", 404, 200, 404),
        ("its centre's token without the scope", 403, 403, 403),
    ],
)
def test_who_may_do_what_with_a_profile(client, people, who, reads, lists, changes):
    headers, volunteer_id = people[who], people["volunteer_id"]
    tag = read(client, people["the volunteer"], volunteer_id).headers["ETag"]

    assert read(client, headers, volunteer_id).status_code == reads
    assert client.get("/v1/volunteers", headers=headers).status_code == lists
    assert patch(client, headers, volunteer_id, {"interests": "x"}, tag).status_code == changes


@pytest.mark.parametrize("who", ["the volunteer", "its centre's staff", "a coordinator", "an operator"])
def test_only_a_centres_system_brings_volunteers(client, people, who):
    assert client.post("/v1/volunteers", json=WHOLE, headers=people[who]).status_code == 403


def test_a_centre_changes_whom_it_brought_until_they_take_over_but_never_their_own_words(client, session):
    centre = make_centre(session)
    headers = headers_for(session, centre)
    volunteer_id = uuid.UUID(bring(client, session, centre).json["id"])
    volunteer = session.get_one(Volunteer, volunteer_id)

    assert patch(client, headers, volunteer_id, {"causes": ["Health"]}).status_code == 200

    session.expire_all()
    volunteer.keep_as_own(["interests"])
    session.commit()
    refused = patch(client, headers, volunteer_id, {"interests": "theirs", "causes": ["Housing"]})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "own_edit")

    account = make_account(session, centre_id=centre.id, confirmed_at=None)
    volunteer.account_id = account.id
    session.commit()
    assert patch(client, headers, volunteer_id, {"causes": ["Housing"]}).status_code == 200

    session.expire_all()
    session.get_one(Account, account.id).confirmed_at = session.info["at"]
    session.commit()
    assert patch(client, headers, volunteer_id, {"causes": ["Health"]}).status_code == 403


def test_a_centre_pages_through_its_own_volunteers_and_syncs_by_change(client, session):
    centre = make_centre(session)
    make_volunteer(session, make_centre(session))
    mine = {str(make_volunteer(session, centre, account_id=None).id) for _ in range(7)}
    headers, seen, cursor = headers_for(session, centre), [], None
    while True:
        query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = client.get("/v1/volunteers", headers=headers, query_string=query).json
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    soon = (session.info["at"] + timedelta(microseconds=1)).isoformat()
    changed = min(mine)
    patch(client, headers, changed, {"interests": "trees"})

    since = client.get("/v1/volunteers", headers=headers, query_string={"updated_since": soon}).json["items"]

    assert len(seen) == 7
    assert set(seen) == mine
    assert [one["id"] for one in since] == [changed]


def test_a_centre_sees_nothing_of_what_its_volunteer_decides(client, session):
    centre = make_centre(session)
    volunteer = make_volunteer(session, centre)
    before = read(client, headers_for(session, centre), volunteer.id)
    make_need(session)
    client.post(f"/v1/volunteers/{volunteer.id}/proposals/refresh", headers=headers_for(session, volunteer))

    after = read(client, headers_for(session, centre), volunteer.id)

    assert after.json == before.json
    assert after.headers["ETag"] == before.headers["ETag"]


def test_a_profiles_changes_are_on_record_without_what_was_written(client, session):
    centre = make_centre(session)
    volunteer_id = bring(client, session, centre).json["id"]
    patch(client, headers_for(session, centre), volunteer_id, {"interests": "trees"})

    events = session.scalars(select(Event).where(Event.subject_kind == "volunteer").order_by(Event.number))

    assert [(one.name, one.centre_id, one.body) for one in events] == [
        ("volunteer.added", centre.id, {}),
        ("volunteer.changed", centre.id, {}),
    ]


def test_no_more_than_twenty_proposals_wait_at_a_time(client, session):
    for _ in range(MOST_PROPOSED + 3):
        make_need(session)
    volunteer = make_volunteer(session)
    headers = headers_for(session, volunteer)
    patch(client, headers, volunteer.id, {"interests": "clothes"})

    page = client.get(f"/v1/volunteers/{volunteer.id}/proposals?limit=100", headers=headers).json

    assert len(page["items"]) == MOST_PROPOSED


def test_who_leaves_is_forgotten_and_their_token_opens_nothing(client, session):
    centre = make_centre(session)
    volunteer = make_volunteer(session, centre)
    headers, address = headers_for(session, volunteer), f"/v1/volunteers/{volunteer.id}"
    others = [make_volunteer(session, centre), make_staff(session, centre), make_coordinator(session), centre]
    for other in others:
        refused = client.delete(address, headers=headers_for(session, other))
        assert refused.status_code in (403, 404), other
    assert client.delete(address).status_code == 401
    assert client.get(address, headers=headers).status_code == 200

    assert client.delete(address, headers=headers).status_code == 204

    assert client.get(address, headers=headers).status_code == 401
    assert client.get(address, headers=headers_for(session, centre)).status_code == 404
    session.expire_all()
    assert session.get_one(Volunteer, volunteer.id).name == ""
    last = session.scalars(select(Event.name).order_by(Event.number.desc()).limit(1)).one()
    assert last == "volunteer.erased"
