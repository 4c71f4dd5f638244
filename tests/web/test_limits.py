"""Too many requests: what the API and the pages say, and whose address is believed."""

from __future__ import annotations

import time

import pytest
from limits.storage import MemoryStorage

from service.access.limits import Limits
from service.app import create_app
from service.config import Settings
from tests.making import headers_for, make_account, make_volunteer
from tests.web.conftest import PASSWORD, Visitor


@pytest.fixture
def app(sessions):
    app = create_app(Settings(secret_key="k" * 40, rate_limits=1), sessions=sessions)
    app.testing = True
    app.extensions["limits"] = Limits(MemoryStorage(), time.time)
    return app


@pytest.fixture
def account(session, password_hash):
    account = make_account(session, password_hash=password_hash)
    make_volunteer(session, account_id=account.id)
    session.commit()
    return account


def test_the_api_says_when_to_come_again(session, app, account):
    client = app.test_client()
    live = headers_for(session, account)
    session.commit()
    answers = [client.get("/v1/needs") for _ in range(61)]
    assert [one.status_code for one in answers] == [200] * 60 + [429]
    assert answers[-1].json["code"] == "too_many_requests"
    assert answers[-1].mimetype == "application/problem+json"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert client.get("/v1/me", headers=live).status_code == 200, "who is known is counted apart"
    assert client.get("/livez").status_code == 200
    tried = client.get("/v1/me", headers={"Authorization": "Bearer hw_volunteer_nonsense"})
    assert tried.status_code == 429, "who tries tokens out is nobody yet"


def test_the_sixth_wrong_password_gets_a_page_that_says_how_long_to_wait(app, visitor, account):
    for _ in range(5):
        assert visitor.sign_in(account, "not this one at all").status_code == 401
    for password in ("not this one at all", PASSWORD):
        answer = visitor.sign_in(account, password)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 900
        assert "Please try again in 15 minutes." in answer.text
    asked = {"email": account.email, "password": PASSWORD}
    assert app.test_client().post("/v1/tokens", json=asked).status_code == 429, "counted together"
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.7"}}
    assert app.test_client().post("/v1/tokens", json=asked, **elsewhere).status_code == 201


def test_an_unknown_address_is_counted_like_a_known_one(app, account):
    client = app.test_client()

    def statuses(email, address):
        return [
            client.post(
                "/v1/tokens",
                json={"email": email, "password": "x"},
                environ_overrides={"REMOTE_ADDR": address},
            ).status_code
            for _ in range(6)
        ]

    assert statuses(account.email, "203.0.113.7") == statuses("nobody@example.org", "203.0.113.8")


def test_resets_are_asked_for_five_times(visitor, account):
    statuses = [
        visitor.send("/forgotten", "/forgotten", {"email": account.email}).status_code for _ in range(6)
    ]
    assert statuses == [303] * 5 + [429]


def test_a_session_left_open_is_no_place_to_guess_its_password(visitor, account):
    visitor.sign_in(account)
    wrong = {"current_password": "not this one at all", "password": "seven lamps on the hill"}
    statuses = [visitor.send("/account", "/account/password", wrong).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


@pytest.mark.parametrize(("proxies", "believed"), [(0, False), (1, True)])
def test_a_header_that_anybody_can_send_is_believed_only_of_a_proxy(sessions, proxies, believed):
    """With one proxy its own word is the last; what a caller wrote before it says nothing."""
    app = create_app(Settings(secret_key="k" * 40, proxies=proxies), sessions=sessions)
    app.testing = True
    client = app.test_client()
    statuses = [
        client.get(
            "/v1/needs", headers={"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.{number // 60}"}
        ).status_code
        for number in range(62)
    ]
    assert statuses == [200] * 60 + ([200, 200] if believed else [429, 429])


def test_another_browser_of_the_same_person_is_counted_with_the_first(session, app, account):
    first, second = Visitor(app), Visitor(app)
    first.sign_in(account)
    second.sign_in(account)
    for number in range(120):
        (first if number % 2 else second).get("/notices")
    assert first.get("/notices").status_code == second.get("/notices").status_code == 429
