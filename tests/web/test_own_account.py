"""One's own account: where one is signed in, ending that elsewhere, and another password."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models import Account, Event, Job, Volunteer, WebSession
from service.access.browsers import name_browser
from service.access.secrets import digest
from tests.making import make_account, make_volunteer
from tests.web.conftest import PASSWORD, Visitor

NEW = "seven lamps on the hill"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML) Chrome/139.0.0.0 Safari/537.36"


@pytest.fixture
def account(session, password_hash):
    account = make_account(session, password_hash=password_hash)
    make_volunteer(session, account_id=account.id)
    session.commit()
    return account


@pytest.fixture
def browsers(app, account):
    """Sign the person in with three browsers."""
    opened = [Visitor(app) for _ in range(3)]
    for one, agent in zip(opened, (FIREFOX, CHROME, "curl"), strict=True):
        one.headers = {**one.headers, "User-Agent": agent}
        one.sign_in(account)
    return opened


def signed_in(browsers):
    return ["Sign out" in one.get("/").text for one in browsers]


def secret_of(browser):
    return browser.client.get_cookie("halfway").value


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        (CHROME, "Chrome, Android"),
        (f"{CHROME} Edg/139.0", "Edge, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit Version/18 Safari/604.1", "Safari, iPhone"),
        ("<script>alert(1)</script>", None),
        ("", None),
    ],
)
def test_a_browser_is_named_roughly_and_in_our_own_words(agent, name):
    assert name_browser(agent) == name


def test_a_person_sees_where_they_are_signed_in_and_ends_it_there(session, browsers, account):
    here, there, _ = browsers
    page = here.get("/account").text
    for words in ("Firefox, Linux", "Chrome, Android", "does not say which it is", "this one"):
        assert page.count(words) == 1
    other = session.scalar(select(WebSession).where(WebSession.browser == "Chrome, Android"))
    assert here.send("/account", f"/account/sessions/{other.id}/end").location == "/account"
    assert signed_in(browsers) == [True, False, True]
    assert there.get("/account").location.startswith("/sign-in")
    own = session.scalar(select(WebSession.id).where(WebSession.browser == "Firefox, Linux"))
    assert f"/account/sessions/{own}/end" not in page, "here one signs out"

    assert here.send("/account", "/account/sessions/end-others").location == "/account"
    assert signed_in(browsers) == [True, False, False]
    assert "end-others" not in here.get("/account").text
    names = session.scalars(select(Event.name).where(Event.name == "session.closed")).all()
    assert len(names) == 2


def test_nobody_ends_anothers_session(session, visitor, browsers, password_hash):
    stranger = make_account(session, password_hash=password_hash)
    theirs = session.scalars(select(WebSession.id)).first()
    session.commit()
    visitor.sign_in(stranger)
    token = visitor.token("/account")
    answer = visitor.client.post(f"/account/sessions/{theirs}/end", data={"csrf_token": token})

    assert answer.status_code == 404
    assert signed_in(browsers) == [True] * 3


def test_another_password_ends_all_but_this_browser_which_gets_a_new_secret(session, browsers, account):
    here, *_ = browsers
    before = secret_of(here)
    wrong = here.send("/account", "/account/password", {"current_password": NEW, "password": NEW})
    assert (wrong.status_code, "This is not your password." in wrong.text) == (422, True)
    weak = here.send("/account", "/account/password", {"current_password": PASSWORD, "password": "short"})
    assert (weak.status_code, "at least 15 characters" in weak.text) == (422, True)
    assert signed_in(browsers) == [True] * 3

    done = here.send("/account", "/account/password", {"current_password": PASSWORD, "password": NEW})
    assert done.location == "/account"
    assert signed_in(browsers) == [True, False, False]
    assert secret_of(here) != before
    session.expire_all()
    rows = session.scalars(select(WebSession).where(WebSession.revoked_at.is_(None))).all()
    assert [one.secret_hash for one in rows] == [digest(secret_of(here))]
    assert session.scalars(select(Job.kind)).all() == ["accounts.mail_password_changed"]
    assert "account.password_changed" in session.scalars(select(Event.name)).all()
    assert here.sign_in(account, PASSWORD).status_code == 401
    assert here.sign_in(account, NEW).status_code == 303


def test_what_a_browser_calls_itself_is_kept_in_two_words_only(session, browsers):
    kept = session.scalars(select(WebSession.browser).order_by(WebSession.browser)).all()

    assert sorted(str(one) for one in kept) == ["Chrome, Android", "Firefox, Linux", "None"]
    assert not [one for one in kept if one and re.search(r"\d", one)]
    assert session.scalars(select(Account)).all()


def test_leaving_asks_for_the_password_and_then_forgets(session, browsers, account):
    here, elsewhere, _ = browsers
    page = here.get("/account/leave").text
    assert "cannot be taken back" in page
    assert "/account/leave" in here.get("/account").text

    refused = here.send("/account/leave", "/account/leave", {"current_password": "something else entirely"})
    assert refused.status_code == 422
    assert "This is not your password." in refused.text
    assert session.scalars(select(Account.id)).all() == [account.id]

    assert here.send("/account/leave", "/account/leave", {"current_password": PASSWORD}).status_code == 303
    assert "we have forgotten all about you" in here.get("/").text
    assert signed_in([here, elsewhere]) == [False, False]
    session.expire_all()
    assert session.scalars(select(Account.id)).all() == []
    assert session.scalars(select(Volunteer.name)).all() == [""]
