"""A forgotten password, as pages: nothing is told of who is known, and a link opened changes nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import Account, AccountCode, Job
from models.accounts import CodePurpose
from service.access.actors import WORKER
from service.operations.accounts import make_code
from tests.making import make_account, make_volunteer, time_of
from tests.web.conftest import PASSWORD

NEW = "seven lamps on the hill"


@pytest.fixture
def account(session, password_hash):
    account = make_account(session, password_hash=password_hash)
    make_volunteer(session, account_id=account.id)
    session.commit()
    return account


def test_a_known_and_an_unknown_address_look_the_same(session, visitor, account):
    assert 'href="/forgotten"' in visitor.get("/sign-in").text
    answers = []
    for email in (account.email, "nobody@example.org"):
        answer = visitor.send("/forgotten", "/forgotten", {"email": email})
        assert (answer.status_code, answer.location) == (303, "/sign-in")
        answers.append(visitor.get("/sign-in").text.partition("</form>")[2].partition("csrf")[0])

    assert answers[0] == answers[1]
    assert "we have sent it a link" in answers[0]
    assert session.scalars(select(Job.kind)).all() == ["accounts.mail_reset"] * 2
    assert visitor.send("/forgotten", "/forgotten", {"email": "nobody"}).status_code == 422


def test_opening_the_link_changes_nothing_and_the_button_does(session, visitor, account):
    visitor.sign_in(account)
    code = make_code(session, WORKER, account, CodePurpose.RESET, at=time_of(session))
    session.commit()
    link, before = f"/reset?code={code}", account.password_hash
    for _ in range(3):
        answer = visitor.get(link)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    session.expire_all()
    assert session.get_one(Account, account.id).password_hash == before
    assert session.scalars(select(AccountCode.used_at)).all() == [None]

    weak = visitor.send(link, "/reset", {"password": "short"})
    assert weak.status_code == 422
    assert "at least 15 characters" in weak.text
    assert f'value="{code}"' in weak.text, "the code is not lost"
    assert visitor.send(link, "/reset", {"password": NEW}).location == "/sign-in"
    assert "Sign out" not in visitor.get("/").text
    assert visitor.sign_in(account, PASSWORD).status_code == 401
    assert visitor.sign_in(account, NEW).location == "/proposals"
    used = visitor.send(link, "/reset", {"password": NEW})
    assert (used.status_code, "has been used or is too old" in used.text) == (422, True)
