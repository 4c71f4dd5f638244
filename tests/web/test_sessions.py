"""Signing in and out: what the cookie is worth, for how long, and where."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Account, Event, WebSession
from service.access.secrets import digest
from tests.making import make_account, make_centre, make_staff, make_volunteer
from tests.web.conftest import PASSWORD, Visitor


@pytest.fixture
def account(session, password_hash):
    account = make_account(session, password_hash=password_hash)
    make_volunteer(session, account_id=account.id)
    session.commit()
    return account


def sessions_of(session, account):
    session.expire_all()
    return session.scalars(
        select(WebSession).where(WebSession.account_id == account.id).order_by(WebSession.created_at)
    ).all()


def cookie_of(visitor):
    found = visitor.client.get_cookie("halfway")
    return found and found.value


def test_signing_in_leads_to_the_proposals_and_greets_nobody_else(visitor, account):
    answer = visitor.sign_in(account)

    assert (answer.status_code, answer.location) == (303, "/proposals")
    assert "Sign out" in visitor.get("/").text


@pytest.mark.parametrize("wrong", [{"password": "not this one at all"}, {"email": "nobody@example.org"}])
def test_a_wrong_word_says_the_same_whichever_it_was(visitor, account, wrong):
    answer = visitor.send("/sign-in", "/sign-in", {"email": account.email, "password": PASSWORD, **wrong})

    assert answer.status_code == 401
    assert "The address or the password is wrong" in answer.text
    assert cookie_of(visitor) is None
    assert (wrong.get("email") or account.email) in answer.text, "what was typed stands there again"
    assert PASSWORD not in answer.text


def test_an_unconfirmed_address_does_not_sign_in(session, visitor, account):
    account.confirmed_at = None
    session.commit()

    assert visitor.sign_in(account).status_code == 401


def test_the_row_keeps_only_a_hash_and_the_cookie_only_the_secret(session, visitor, account):
    visitor.sign_in(account)

    (row,) = sessions_of(session, account)
    assert row.secret_hash == digest(cookie_of(visitor))
    assert str(account.id) not in cookie_of(visitor)


def test_signing_in_again_ends_the_session_before(session, visitor, account):
    visitor.sign_in(account)
    first = cookie_of(visitor)
    visitor.sign_in(account)

    old, new = sessions_of(session, account)
    assert (old.revoked_at is None, new.revoked_at is None) == (False, True)
    assert first != cookie_of(visitor)
    assert old.secret_hash == digest(first)


def test_a_session_that_somebody_else_chose_is_never_taken_over(visitor, account):
    visitor.client.set_cookie("halfway", "chosen-by-an-attacker")
    visitor.sign_in(account)

    assert cookie_of(visitor) != "chosen-by-an-attacker"


def test_signing_out_ends_the_session_wherever_its_cookie_may_be(session, app, visitor, account):
    visitor.sign_in(account)
    stolen = cookie_of(visitor)
    answer = visitor.send("/", "/sign-out")

    assert (answer.status_code, cookie_of(visitor)) == (303, None)
    thief = Visitor(app)
    thief.client.set_cookie("halfway", stolen)
    assert "Sign out" not in thief.get("/").text
    assert [one.revoked_at is not None for one in sessions_of(session, account)] == [True]
    names = session.scalars(select(Event.name).where(Event.name.startswith("session."))).all()
    assert sorted(names) == ["session.closed", "session.opened"]


@pytest.mark.parametrize(
    ("kind", "idle", "whole"),
    [
        ("volunteer", timedelta(hours=12), timedelta(days=14)),
        ("staff", timedelta(minutes=30), timedelta(hours=12)),
    ],
)
def test_a_session_ends_when_unused_and_at_last_in_any_case(
    session, visitor, password_hash, kind, idle, whole
):
    over = {"password_hash": password_hash}
    account = (
        make_staff(session, make_centre(session), **over)
        if kind == "staff"
        else make_account(session, **over)
    )
    session.commit()
    visitor.sign_in(account)
    (row,) = sessions_of(session, account)
    opened = row.created_at

    assert row.expires_at == opened + whole
    row.last_seen_at = opened - idle + timedelta(minutes=1)
    session.commit()
    assert "Sign out" in visitor.get("/").text, "used within its time, and remembered as used"
    (row,) = sessions_of(session, account)
    assert row.last_seen_at >= opened
    row.last_seen_at = opened - idle
    session.commit()
    assert "Sign out" not in visitor.get("/").text
    row.last_seen_at, row.expires_at = opened, opened
    session.commit()
    assert "Sign out" not in visitor.get("/").text


def test_a_page_read_again_at_once_writes_nothing(session, visitor, account):
    visitor.sign_in(account)
    (row,) = sessions_of(session, account)
    before = row.last_seen_at
    visitor.get("/")

    assert sessions_of(session, account)[0].last_seen_at == before


def test_over_https_every_cookie_is_for_this_host_alone(app_over_https, account):
    visitor = Visitor(app_over_https)
    secure = {"base_url": "https://halfway.example"}
    token = visitor.client.get("/sign-in", **secure)
    value = token.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = visitor.client.post(
        "/sign-in", data={"csrf_token": value, "email": account.email, "password": PASSWORD}, **secure
    )

    signed_in = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-halfway="))
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Expires="):
        assert flag in signed_in
    assert "Domain" not in signed_in
    page = token.headers["Set-Cookie"]
    assert page.startswith("__Host-halfway-page=")
    assert "Secure" in page
    assert "HttpOnly" in page


def test_over_plain_http_the_cookie_has_its_plain_name(visitor, account):
    signed_in = next(
        one for one in visitor.sign_in(account).headers.getlist("Set-Cookie") if one.startswith("halfway=")
    )

    assert "HttpOnly" in signed_in
    assert "SameSite=Lax" in signed_in
    assert "Secure" not in signed_in


def test_the_api_refuses_the_cookie(visitor, account):
    visitor.sign_in(account)

    answer = visitor.get("/v1/me")
    assert (answer.status_code, answer.get_json()["code"]) == (401, "not_signed_in")


def test_a_token_of_the_api_opens_no_page(session, visitor, account):
    from tests.making import headers_for

    headers = headers_for(session, account)
    session.commit()

    assert "Sign out" not in visitor.client.get("/", headers=headers).text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "/\t/evil.example", "/%0d%0aSet-Cookie:x", " /proposals",
        "///evil.example", "http:/evil", "evil",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_in(visitor, account, elsewhere):
    answer = visitor.send(
        "/sign-in", "/sign-in", {"email": account.email, "password": PASSWORD, "next": elsewhere}
    )

    assert answer.location in ("/proposals", "/%0d%0aSet-Cookie:x")


def test_whoever_wanted_to_go_somewhere_gets_there_after_signing_in(visitor, account):
    away = visitor.get("/placements?from=mail")
    assert (away.status_code, away.location) == (303, "/sign-in?next=%2Fplacements%3Ffrom%3Dmail")
    answer = visitor.send(away.location, "/sign-in", {"email": account.email, "password": PASSWORD})

    assert answer.location == "/placements?from=mail"


def test_the_language_of_a_person_goes_with_them(session, visitor, account):
    visitor.sign_in(account)
    answer = visitor.send("/", "/language", {"language": "uk"})

    assert answer.status_code == 303
    assert 'lang="uk"' in visitor.get("/").text
    session.expire_all()
    assert session.get_one(Account, account.id).language == "uk"


def test_the_language_of_a_browser_is_kept_before_signing_in(visitor):
    assert '<html lang="ru">' in visitor.client.get("/", headers={"Accept-Language": "ru-RU,ru;q=0.9"}).text
    visitor.send("/sign-up", "/language", {"language": "uk"})

    assert '<html lang="uk">' in visitor.get("/sign-up").text
    assert '<html lang="uk">' in visitor.get("/no-such-page").text
