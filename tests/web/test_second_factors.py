"""The second factor on the pages: setting it up, signing in with it, and what is closed without it."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import time_machine
from pyotp import TOTP
from sqlalchemy import select

from models import Event, Job, RecoveryCode, SecondFactor
from models.organisations import OrganisationStatus
from service.access.second_factors import device_key
from tests.apps import app_with
from tests.making import (
    headers_for,
    make_account,
    make_centre,
    make_coordinator,
    make_organisation,
    make_staff,
    make_volunteer,
    time_of,
)
from tests.web.conftest import PASSWORD, Visitor

KEY = "k" * 40
SET_UP = "/second-factor/set-up"


@pytest.fixture
def app(sessions):
    """Make the application as it runs where nobody has chosen otherwise."""
    return app_with(sessions, second_factor="required")


@pytest.fixture
def clock(session):
    """Let time stand still, and move it by whole steps of the codes."""
    with time_machine.travel(time_of(session), tick=False) as clock:
        yield clock


@pytest.fixture
def staff(session, password_hash):
    account = make_staff(session, make_centre(session), password_hash=password_hash)
    session.commit()
    return account


def code_of(session, account):
    """Read the code that the person's device shows now."""
    session.expire_all()
    salt = session.scalar(select(SecondFactor.salt).where(SecondFactor.account_id == account.id))
    return TOTP(device_key(KEY, account.id, salt)).now()


def set_up(session, visitor, account):
    """Set a second factor up as a person does; give the recovery codes."""
    visitor.sign_in(account)
    visitor.send(SET_UP, SET_UP, {"current_password": PASSWORD})
    shown = visitor.send(SET_UP, "/second-factor/confirm", {"code": code_of(session, account)})
    assert shown.status_code == 200, shown.text
    return re.findall(r"<code>([\w-]{19})</code>", shown.text)


def give(visitor, code):
    return visitor.send("/second-factor", "/second-factor", {"code": code})


def is_in(visitor):
    return "Sign out" in visitor.get("/account").text


def letters(session):
    session.expire_all()
    found = session.scalars(select(Job).where(Job.kind == "accounts.mail_second_factor")).all()
    return sorted(one.payload["what"] for one in found)


def test_who_must_have_one_can_do_nothing_until_it_is_set_up(session, visitor, staff, clock):
    visitor.sign_in(staff)
    for path in ("/staff/organisations", "/account", "/notices"):
        assert visitor.get(path).location.startswith(f"{SET_UP}?next=")
    assert visitor.get("/second-factor").location.startswith(SET_UP)
    assert "Sign out" not in visitor.get("/").text, "to public pages they are nobody"
    assert "your account needs more than a password" in visitor.get(SET_UP).text
    token = visitor.token(SET_UP)
    for path in ("/account/password", "/second-factor/remove", "/account/sessions/end-others"):
        assert visitor.client.post(path, data={"csrf_token": token}).location.startswith(SET_UP)

    wrong = visitor.send(SET_UP, SET_UP, {"current_password": "not this one at all"})
    assert (wrong.status_code, session.scalars(select(SecondFactor)).all()) == (422, [])
    assert visitor.send(SET_UP, SET_UP, {"current_password": PASSWORD}).location == SET_UP
    page = visitor.get(SET_UP)
    assert "<svg" in page.text
    assert "otpauth://totp/Halfway:" in page.text
    assert "style=" not in page.text, "the content security policy lets no style through"
    assert page.headers["Cache-Control"] == "no-store"
    before = visitor.client.get_cookie("halfway").value
    refused = visitor.send(SET_UP, "/second-factor/confirm", {"code": "000000"})
    assert (refused.status_code, "<svg" in refused.text) == (422, True)
    assert visitor.get("/staff/organisations").location.startswith(SET_UP)

    code = code_of(session, staff)
    shown = visitor.send(SET_UP, "/second-factor/confirm", {"code": code})
    codes = re.findall(r"<code>([\w-]{19})</code>", shown.text)
    assert (shown.status_code, len(codes)) == (200, 10)
    assert visitor.get("/staff/organisations").status_code == 200
    assert visitor.client.get_cookie("halfway").value != before
    assert letters(session) == ["added"]
    kept = [repr(vars(one)) for kind in (RecoveryCode, Event, Job) for one in session.scalars(select(kind))]
    assert not [one for one in kept if codes[0] in one or codes[0].replace("-", "") in one]


def test_signing_in_takes_a_code_each_good_once(session, app, visitor, staff, clock):
    set_up(session, visitor, staff)
    used = code_of(session, staff)
    other = Visitor(app)
    assert other.sign_in(staff).status_code == 303
    assert other.get("/staff/organisations").location.startswith("/second-factor?next=")
    assert other.get(SET_UP).location.startswith("/second-factor?next="), "nor may it make another device"
    assert not is_in(other)
    for code in (used, "000000", "", "x" * 30):
        assert give(other, code).status_code == 422
    assert not is_in(other)
    clock.shift(30)
    before = other.client.get_cookie("halfway").value
    assert give(other, code_of(session, staff)).location == "/staff/organisations"
    assert is_in(other)
    assert is_in(visitor)
    assert other.client.get_cookie("halfway").value != before, "what was stolen before opens nothing"
    third = Visitor(app)
    third.sign_in(staff)
    assert give(third, code_of(session, staff)).status_code == 422, "taken once already"
    names = session.scalars(select(Event.name).where(Event.name.startswith("second_factor."))).all()
    assert sorted(names) == ["second_factor.added", "second_factor.shown"]


def test_a_password_alone_waits_for_the_code_ten_minutes(session, app, visitor, staff, clock):
    set_up(session, visitor, staff)
    other = Visitor(app)
    other.sign_in(staff)
    clock.shift(9 * 60)
    assert other.get("/second-factor").status_code == 200
    clock.shift(61)
    assert other.get("/second-factor").location.startswith("/sign-in")


def test_a_recovery_code_stands_in_once_and_is_told(session, app, visitor, staff, clock):
    codes = set_up(session, visitor, staff)
    for expected in (303, 422):
        other = Visitor(app)
        other.sign_in(staff)
        assert give(other, codes[0].upper().replace("-", " ")).status_code == expected
    assert "9 recovery codes are left" in visitor.get(SET_UP).text
    assert letters(session) == ["added", "recovered"]

    renewed = visitor.send(SET_UP, "/second-factor/codes", {"current_password": PASSWORD})
    new = re.findall(r"<code>([\w-]{19})</code>", renewed.text)
    assert len(new) == 10
    assert not set(new) & set(codes)
    other = Visitor(app)
    other.sign_in(staff)
    assert [give(other, codes[1]).status_code, give(other, new[1]).status_code] == [422, 303]


def test_setting_it_up_and_removing_it_ends_all_other_sessions(session, app, visitor, password_hash, clock):
    account = make_account(session, password_hash=password_hash)
    make_volunteer(session, account_id=account.id)
    session.commit()
    others = [Visitor(app), Visitor(app)]
    assert [one.sign_in(account).location for one in others] == ["/proposals"] * 2, "volunteers need none"
    set_up(session, visitor, account)
    assert [is_in(visitor), *map(is_in, others)] == [True, False, False]
    clock.shift(30)
    others[0].sign_in(account)
    give(others[0], code_of(session, account))
    assert is_in(others[0])

    token = visitor.token(SET_UP)
    asked = {"csrf_token": token, "current_password": "not this one at all"}
    assert visitor.client.post("/second-factor/remove", data=asked).status_code == 422
    asked["current_password"] = PASSWORD
    assert visitor.client.post("/second-factor/remove", data=asked).location == "/account"
    assert [is_in(visitor), is_in(others[0])] == [True, False]
    assert session.scalars(select(RecoveryCode)).all() == []
    assert letters(session) == ["added", "removed"]
    assert Visitor(app).sign_in(account).location == "/proposals"


def test_a_coordinator_must_have_one_as_soon_as_the_organisation_is_verified(
    session, visitor, password_hash, clock
):
    organisation = make_organisation(session, status=OrganisationStatus.UNVERIFIED)
    account = make_coordinator(session, organisation, password_hash=password_hash)
    session.commit()
    visitor.sign_in(account)
    assert visitor.get("/organisation").status_code == 200
    organisation.status = OrganisationStatus.VERIFIED
    session.commit()
    assert visitor.get("/organisation").location.startswith(SET_UP)


def test_the_api_asks_for_the_code_too(session, app, visitor, staff, clock):
    client = app.test_client()
    live = headers_for(session, staff)
    session.commit()

    def ask(**over):
        answer = client.post("/v1/tokens", json={"email": staff.email, "password": PASSWORD, **over})
        return answer.status_code, (answer.json or {}).get("code")

    assert ask() == (403, "second_factor_missing")
    assert ask(password="not this one at all") == (401, "wrong_credentials")
    assert client.get("/v1/me", headers=live).status_code == 200, "what an operator gave out stays good"
    codes = set_up(session, visitor, staff)
    assert ask() == (401, "otp_missing")
    assert ask(otp=None) == (401, "otp_missing")
    assert ask(otp="000000") == (401, "otp_wrong")
    assert ask(otp=code_of(session, staff)) == (401, "otp_wrong")
    assert ask(otp="000000", password="not this one at all") == (401, "wrong_credentials")
    clock.shift(30)
    assert ask(otp=code_of(session, staff)) == (201, None)
    assert ask(otp=codes[0]) == (201, None)
    assert ask(otp=codes[0]) == (401, "otp_wrong")


def test_a_refused_form_never_shows_a_page_that_its_reader_may_not_see(session, app, visitor, staff, clock):
    """What is refused before anybody asked who it is, is said on a page by that page's own rule."""
    visitor.sign_in(staff)
    token = visitor.token(SET_UP)
    answer = visitor.client.post(
        "/account/password",
        input_stream=BytesIO(f"csrf_token={token}".encode()),
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 401
    assert staff.email not in answer.text
