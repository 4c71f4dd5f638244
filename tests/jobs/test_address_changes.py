"""A change of mail address: who is told what, what confirms it, and what gives it up."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Account, Event, Job, Volunteer, WebSession
from service.access.actors import ANYONE
from service.access.passwords import hash_password
from service.errors import Invalid
from service.i18n import say
from service.operations.address_changes import ask_address_change, confirm_address_change
from service.operations.passwords import ask_reset, reset_password
from service.operations.sessions import open_session
from tests.jobs.mailed import code_in, run_all, tools
from tests.making import actor_for, make_account, make_volunteer, time_of

__all__ = ["run_all", "tools"]
PASSWORD, NEW = "river stones sing at dawn", "Oksana.New@Example.org"


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def account(session, password_hash):
    account = make_account(session, email="oksana@example.org", language="uk", password_hash=password_hash)
    make_volunteer(session, account_id=account.id, email=account.email)
    return account


def ask(session, account, email=NEW, password=PASSWORD):
    ask_address_change(session, actor_for(session, account), password, email, at=time_of(session))


def test_the_new_address_confirms_and_the_old_one_is_told_twice(session, run_all, account):
    at = time_of(session)
    open_session(session, ANYONE, account.email, PASSWORD, at=at)
    ask_reset(session, ANYONE, account.email, at=at)
    (reset,) = run_all()
    ask(session, account)
    asked = {message["To"]: message for message in run_all()}
    assert asked.keys() == {NEW, "oksana@example.org"}
    assert asked["oksana@example.org"]["Subject"] == say("uk", "Your address is to be changed")
    assert "code=" not in asked["oksana@example.org"].get_content()
    assert "https://halfway.example.org/address?code=" in asked[NEW].get_content()
    assert account.email == "oksana@example.org", "asking has changed nothing"

    confirm_address_change(session, ANYONE, code_in(asked[NEW]), at=at)

    (told,) = run_all()
    assert (told["To"], told["Subject"]) == ("oksana@example.org", say("uk", "Your address was changed"))
    assert NEW not in told.as_string(), "whoever reads the old mailbox now need not know"
    kept = session.get_one(Account, account.id)
    assert (kept.email, kept.email_folded) == (NEW, NEW.casefold())
    assert session.scalars(select(Volunteer.email)).all() == [NEW]
    assert session.scalars(select(WebSession.revoked_at)).all() == [at]
    assert open_session(session, ANYONE, NEW, PASSWORD, at=at).person.account_id == account.id
    for code, use in ((code_in(asked[NEW]), confirm_address_change), (code_in(reset), reset_with)):
        with pytest.raises(Invalid):
            use(session, ANYONE, code, at=at)
    rows = [repr(vars(row)) for kind in (Event, Job) for row in session.scalars(select(kind))]
    assert not [row for row in rows if "example.org" in row.casefold()]


def reset_with(session, actor, code, *, at):
    return reset_password(session, actor, code, "seven lamps on the hill", at=at)


def test_it_takes_the_password(session, run_all, account):
    with pytest.raises(Invalid) as refused:
        ask(session, account, password="not this one at all")
    assert refused.value.errors[0].field == "current_password"
    assert run_all() == []


def test_only_the_newest_wish_counts_and_for_a_day(session, run_all, account):
    ask(session, account, "first@example.org")
    first = next(one for one in run_all() if one["To"] == "first@example.org")
    ask(session, account)
    second = next(one for one in run_all() if one["To"] == NEW)
    at = time_of(session)
    for code, when in ((code_in(first), at), (code_in(second), at + timedelta(days=1))):
        with pytest.raises(Invalid):
            confirm_address_change(session, ANYONE, code, at=when)
    confirm_address_change(session, ANYONE, code_in(second), at=at)


def test_a_new_password_in_time_gives_it_up(session, run_all, account):
    ask(session, account)
    wanted = next(one for one in run_all() if one["To"] == NEW)
    ask_reset(session, ANYONE, account.email, at=time_of(session))
    (reset,) = run_all()
    reset_with(session, ANYONE, code_in(reset), at=time_of(session))
    with pytest.raises(Invalid):
        confirm_address_change(session, ANYONE, code_in(wanted), at=time_of(session))


def test_whose_address_it_is_already_is_told_and_nobody_else_learns_of_it(session, run_all, account):
    other = make_account(session, email="taras@example.org", language="ru")
    ask(session, account, "Taras@example.org")
    letters = {message["To"]: message for message in run_all()}
    assert letters["taras@example.org"]["Subject"] == say("ru", "You have an account already")
    assert "code=" not in letters["taras@example.org"].get_content()
    assert session.get_one(Account, other.id).email == "taras@example.org"


def test_an_address_that_was_taken_meanwhile_stays_where_it_is(session, run_all, account):
    ask(session, account)
    wanted = next(one for one in run_all() if one["To"] == NEW)
    make_account(session, email=NEW.casefold())
    with pytest.raises(Invalid):
        confirm_address_change(session, ANYONE, code_in(wanted), at=time_of(session))
