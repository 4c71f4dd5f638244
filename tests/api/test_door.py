"""What holds at every route: who asks, what JSON is taken, how refusals look, one effect for one key."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from models import Event, Place
from service.access.policy import POLICY
from service.api.problems import STATUS_CODES
from service.errors import CODES
from service.operations.proposals import accept_proposal
from tests.making import (
    actor_for,
    headers_for,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
    time_of,
)

SIGN_UP = {
    "email": "olena@example.org",
    "password": "four quiet green bicycles",
    "name": "Олена",
    "kind": "volunteer",
}


def post_json(client, text, address="/v1/accounts", **headers):
    return client.post(address, data=text, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 40 + "1" + "}" * 40,
        '{"email": "a@example.org", "email": "b@example.org"}',
        '{"name": "half a \\ud800 character"}',
        '{"name": "a NUL \\u0000"}',
        '{"name": 9223372036854775808}',
        '{"name": ' + "9" * 5000 + "}",
        '{"name": 1e999}',
        '{"name": NaN}',
        '{"name": Infinity}',
        '{"name": ',
        b"\xff\xfe\x00",
        '"text"tail',
    ],
)
def test_json_that_could_mean_two_things_or_break_a_database_is_a_400(client, text):
    answer = post_json(client, text)

    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")


@pytest.mark.parametrize("text", ["[]", '"text"', "1", "null", "true"])
def test_json_that_is_no_object_is_a_422(client, text):
    answer = post_json(client, text)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"surprise": 1}, "surprise", "unknown_field"),
        ({"email": None}, "email", "null"),
        ({"email": "nobody"}, "email", "invalid"),
        ({"name": "   "}, "name", "null"),
        ({"name": "x" * 201}, "name", "too_long"),
        ({"name": 7}, "name", "invalid"),
        ({"kind": "staff"}, "kind", "unknown_code"),
        ({"password": "short"}, "password", "too_short"),
        ({"password": "password12345678"}, "password", "too_common"),
        ({"centre": "nowhere"}, "centre", "unknown"),
    ],
)
def test_a_refusal_names_the_field_and_why(client, change, field, code):
    answer = client.post("/v1/accounts", json={**SIGN_UP, **change})

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [(one["field"], one["code"]) for one in answer.json["errors"]] == [(field, code)]


@pytest.mark.parametrize("number", ["1.9", '"3"', "true", "0", "366", "1e3"])
def test_whole_numbers_are_strict_and_ranged(client, number):
    body = f'{{"email": "a@example.org", "password": "x", "expires_in_days": {number}}}'

    answer = post_json(client, body, "/v1/tokens")

    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "expires_in_days"


def test_a_body_that_is_not_json_is_a_415(client):
    answer = client.post("/v1/accounts", data="email=a", content_type="text/plain")

    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


def test_a_body_without_its_length_is_a_411(client):
    answer = client.post("/v1/accounts", json=SIGN_UP, headers={"Transfer-Encoding": "chunked"})

    assert (answer.status_code, answer.json["code"]) == (411, "length_required")


def test_a_body_over_the_limit_is_a_413(client):
    answer = post_json(client, '{"name": "' + "x" * 3_000_000 + '"}')

    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "header",
    ["Bearer nonsense", "Bearer hw_volunteer_aaaaaaaa_" + "a" * 43 + "_000000", "Basic YTpi", "Bearer", "x"],
)
def test_a_token_that_opens_nothing_is_a_401(client, header):
    answer = client.get("/v1/me", headers={"Authorization": header})

    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_every_answer_has_a_request_id_and_the_safe_headers(client):
    for address in ("/v1/me", "/livez", "/openapi.json", "/v1/nowhere"):
        headers = client.get(address).headers
        assert headers["X-Request-Id"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"


def test_refusals_speak_the_callers_language(client):
    titles = {
        language: client.get("/v1/me", headers={"Accept-Language": language}).json["title"]
        for language in ("en", "uk", "ru-RU,ru;q=0.9")
    }

    assert len(set(titles.values())) == 3


def test_every_status_that_werkzeug_raises_has_a_code():
    for status, code in STATUS_CODES.items():
        assert CODES[code][0] == status, code
    assert issubclass(HTTPException, Exception)


def test_every_route_names_a_rule_and_every_rule_has_a_route(app: Flask):
    named = {getattr(view, "rule", None) for view in app.view_functions.values()} - {None}

    assert named == set(POLICY)


@pytest.fixture
def placed(session):
    """A volunteer who holds a place, and the coordinator's headers."""
    organisation = make_organisation(session)
    need = make_need(session, organisation, places=2)
    volunteer = make_volunteer(session)
    proposal = make_proposal(session, volunteer, need)
    placement = accept_proposal(session, actor_for(session, volunteer), proposal.id, at=time_of(session))
    coordinator = make_coordinator(session, organisation)
    headers = headers_for(session, coordinator)
    session.commit()
    return placement, headers


def release(client, placed, key, reason="We found somebody nearer"):
    placement, headers = placed
    return client.post(
        f"/v1/placements/{placement.id}/release",
        json={"reason": reason},
        headers={**headers, **({"Idempotency-Key": key} if key is not None else {})},
    )


def test_the_same_key_and_body_have_one_effect_and_one_answer(client, placed, session):
    first, second = release(client, placed, "k1"), release(client, placed, "k1")

    assert first.status_code == second.status_code == 200
    assert first.data == second.data
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    released = session.scalars(select(Event).where(Event.name == "placement.released")).all()
    assert len(released) == 1
    assert session.scalars(select(Place).where(Place.placement_id.is_not(None))).all() == []


def test_the_same_key_with_another_body_is_a_422(client, placed):
    release(client, placed, "k1")

    answer = release(client, placed, "k1", "Another reason")

    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")


def test_a_refusal_is_not_remembered(client, placed):
    release(client, placed, None)

    answer = release(client, placed, "k2")

    assert (answer.status_code, answer.json["code"]) == (409, "placement_over")
    assert "Idempotent-Replayed" not in release(client, placed, "k2").headers


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb"])
def test_a_key_that_cannot_be_kept_is_a_400(client, placed, key):
    answer = release(client, placed, key)

    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_invalid")


def test_a_key_is_the_callers_own(client, placed, session):
    release(client, placed, "k1")
    other = make_coordinator(session, make_organisation(session))
    session.commit()

    answer = release(client, (placed[0], headers_for(session, other)), "k1")

    assert answer.status_code == 404


def test_foreign_and_nonexistent_look_the_same(client, placed, session):
    _, headers = placed
    foreign = make_need(session)
    session.commit()

    answers = [
        client.get(f"/v1/needs/{one}/placements", headers=headers).json for one in (foreign.id, uuid.uuid4())
    ]

    assert [{**one, "instance": ""} for one in answers] == [{**answers[0], "instance": ""}] * 2
    assert answers[0]["code"] == "not_found"


def test_only_coordinators_see_who_accepted(client, placed, session):
    placement, _ = placed
    centre = make_centre(session)
    for caller in (make_volunteer(session), make_staff(session, centre), centre):
        headers = headers_for(session, caller)
        session.commit()
        answer = client.get(f"/v1/needs/{placement.need_id}/placements", headers=headers)
        assert answer.status_code == 403
    assert client.get(f"/v1/needs/{placement.need_id}/placements").status_code == 401
