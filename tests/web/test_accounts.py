"""Signing up, confirming and taking over, as pages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import Account, Job
from models.accounts import AccountKind, CodePurpose
from service.access.actors import WORKER
from service.operations.accounts import make_code
from tests.making import make_account, make_volunteer, time_of
from tests.web.conftest import PASSWORD

NEW = {"name": "Ірина Бойко", "email": "iryna@example.org", "password": PASSWORD}


@pytest.mark.parametrize("kind", ["volunteer", "coordinator"])
def test_signing_up_sends_a_message_and_opens_nothing_yet(session, visitor, kind):
    answer = visitor.send("/sign-up", "/sign-up", {**NEW, "kind": kind})

    assert answer.location == "/sign-in"
    assert "we have sent you a message" in visitor.get("/sign-in").text
    account = session.scalars(select(Account)).one()
    assert (account.kind, account.confirmed_at) == (AccountKind(kind), None)
    assert session.scalars(select(Job.kind)).all() == ["accounts.mail_confirmation"]


def test_a_known_address_looks_the_same(session, visitor):
    make_account(session, email=NEW["email"])
    session.commit()
    answer = visitor.send("/sign-up", "/sign-up", NEW)

    assert answer.location == "/sign-in"
    assert "we have sent you a message" in visitor.get("/sign-in").text
    assert session.scalars(select(Job.kind)).all() == ["accounts.mail_known"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "short"}, "at least 15 characters"),
        ({"password": "passwordpassword"}, "would be guessed soon"),
        ({"email": "nobody"}, "This cannot be read."),
        ({"name": ""}, "This is needed."),
        ({"kind": "staff"}, "is not one of the codes"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_stays(session, visitor, wrong, words):
    answer = visitor.send("/sign-up", "/sign-up", {**NEW, **wrong})

    assert answer.status_code == 422
    assert words in answer.text
    assert "email" in wrong or 'value="iryna@example.org"' in answer.text
    assert PASSWORD not in answer.text
    assert session.scalars(select(Account)).all() == []


def test_the_language_of_the_page_becomes_the_persons(session, visitor):
    visitor.send("/", "/language", {"language": "ru"})
    visitor.send("/sign-up", "/sign-up", NEW)

    assert session.scalars(select(Account.language)).one() == "ru"


def test_opening_the_link_confirms_nothing_and_the_button_does(session, visitor):
    account = make_account(session, confirmed_at=None)
    code = make_code(session, WORKER, account, CodePurpose.CONFIRM, at=time_of(session))
    session.commit()
    for _ in range(3):
        assert visitor.get(f"/confirm?code={code}").status_code == 200
    session.expire_all()
    assert session.get_one(Account, account.id).confirmed_at is None
    assert visitor.send(f"/confirm?code={code}", "/confirm").location == "/sign-in"
    session.expire_all()
    assert session.get_one(Account, account.id).confirmed_at is not None
    again = visitor.send(f"/confirm?code={code}", "/confirm")
    assert again.status_code == 422
    assert "has been used or is too old" in again.text


def test_whoever_a_centre_brought_takes_over_with_a_password(session, visitor):
    account = make_account(session, confirmed_at=None)
    make_volunteer(session, account_id=account.id)
    code = make_code(session, WORKER, account, CodePurpose.TAKE_OVER, at=time_of(session))
    session.commit()
    page = f"/take-over?code={code}"
    weak = visitor.send(page, "/take-over", {"password": "short"})
    assert weak.status_code == 422
    assert "at least 15 characters" in weak.text
    assert f'value="{code}"' in weak.text, "the code of the invitation is not lost"
    assert visitor.send(page, "/take-over", {"password": PASSWORD}).location == "/sign-in"
    session.expire_all()

    assert visitor.sign_in(account).location == "/proposals"
