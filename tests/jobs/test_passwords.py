"""Forgotten passwords: what the mailed link opens, how often, and what ends with the old password."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import Account, AccountCode, Event, Job, Token, WebSession
from models.accounts import AccountKind
from service.access.actors import ANYONE
from service.access.passwords import hash_password
from service.errors import Invalid, NotSignedIn
from service.i18n import say
from service.operations.accounts import NewAccount, sign_up
from service.operations.passwords import ask_reset, reset_password
from service.operations.sessions import open_session
from service.operations.tokens import create_token
from tests.jobs.mailed import code_in, run_all, tools
from tests.making import NO_FACTORS, make_account, make_volunteer, time_of

__all__ = ["run_all", "tools"]
OLD, NEW = "river stones sing at dawn", "seven lamps on the hill"


@pytest.fixture(scope="module")
def old_hash():
    return hash_password(OLD)


@pytest.fixture
def account(session, old_hash):
    account = make_account(session, email="oksana@example.org", language="uk", password_hash=old_hash)
    make_volunteer(session, account_id=account.id)
    return account


def ask(session, email="Oksana@Example.org"):
    ask_reset(session, ANYONE, email, at=time_of(session))


def test_a_reset_ends_all_that_was_open_and_tells_the_owner(session, run_all, account):
    at = time_of(session)
    open_session(session, ANYONE, account.email, OLD, at=at)
    create_token(session, ANYONE, account.email, OLD, factors=NO_FACTORS, at=at)
    ask(session)
    (message,) = run_all()
    assert message["Subject"] == say("uk", "Choose a new password")
    assert "https://halfway.example.org/reset?code=" in message.get_content()

    reset_password(session, ANYONE, code_in(message), NEW, at=at)

    (told,) = run_all()
    assert (told["To"], told["Subject"]) == ("oksana@example.org", say("uk", "Your password was changed"))
    assert "code=" not in told.get_content()
    assert [row.revoked_at for kind in (WebSession, Token) for row in session.scalars(select(kind))] == [
        at,
        at,
    ]
    with pytest.raises(NotSignedIn):
        create_token(session, ANYONE, account.email, OLD, factors=NO_FACTORS, at=at)
    assert create_token(session, ANYONE, account.email, NEW, factors=NO_FACTORS, at=at).token
    names = session.scalars(select(Event.name).order_by(Event.number)).all()
    assert names == [
        *("session.opened", "token.issued", "session.closed", "token.revoked", "account.password_reset"),
        "token.issued",
    ]


def test_a_link_opens_once_for_an_hour_and_not_after_a_newer_one_was_used(session, run_all, account):
    at = time_of(session)
    ask(session)
    ask(session)
    first, second = (code_in(message) for message in run_all())
    with pytest.raises(Invalid):
        reset_password(session, ANYONE, first, NEW, at=at + timedelta(hours=1, seconds=5))
    with pytest.raises(Invalid) as weak:
        reset_password(session, ANYONE, second, "oksana", at=at)
    assert weak.value.errors[0].field == "password"
    reset_password(session, ANYONE, second, NEW, at=at)
    for code in (first, second):
        with pytest.raises(Invalid) as dead:
            reset_password(session, ANYONE, code, NEW, at=at)
        assert dead.value.errors[0].field == "code"


def test_nobodys_mailbox_is_filled_by_asking_often(session, run_all, account):
    for _ in range(5):
        ask(session)

    assert len(run_all()) == 3


def test_an_unknown_address_leaves_the_same_trace_as_a_known_one(session, run_all, account):
    for email in (account.email, "nobody@example.org"):
        ask(session, email)
    session.flush()

    rows = session.execute(select(Job.kind, func.length(Job.payload["account_id"].as_string()))).all()
    assert rows[0] == rows[1]
    assert [message["To"] for message in run_all()] == [account.email]
    kept = [repr(vars(row)) for kind in (Job, Event, AccountCode) for row in session.scalars(select(kind))]
    assert not [row for row in kept if "example.org" in row]


def test_whose_account_is_not_open_yet_is_sent_what_opens_it(session, run_all):
    new = NewAccount("taras@example.org", OLD, "Тарас", AccountKind.VOLUNTEER)
    sign_up(session, ANYONE, new, at=time_of(session))
    run_all()
    ask(session, new.email)

    (message,) = run_all()
    assert "/confirm?code=" in message.get_content()
    assert session.scalars(select(Account.confirmed_at)).all() == [None]
