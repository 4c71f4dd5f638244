"""Second factors behind the pages: letters to the owner, and codes given by many at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pyotp import TOTP

from models import SecondFactor
from service.access.second_factors import device_key
from service.db import make_engine, make_sessions, unit_of_work
from service.i18n import say
from service.jobs.second_factors import WORDS
from service.operations.second_factors import (
    begin_second_factor,
    confirm_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    take_code,
)
from tests.jobs.mailed import run_all, tools
from tests.making import actor_for, make_account, make_centre, make_staff, time_of
from tests.web.sessions_of import open_session_of

__all__ = ["run_all", "tools"]
KEY, AT_ONCE = "k" * 40, 6


def code_now(session, account):
    salt = session.query(SecondFactor).filter_by(account_id=account.id).one().salt
    return TOTP(device_key(KEY, account.id, salt)).at(time_of(session))


def set_up(session, account):
    """Set one up; give the recovery codes."""
    actor, at = actor_for(session, account), time_of(session)
    begin_second_factor(session, actor, account, at=at)
    session.flush()
    this = open_session_of(session, account).id
    return confirm_second_factor(session, actor, code_now(session, account), key=KEY, keep=this, at=at)


@pytest.mark.parametrize("language", ["en", "uk", "ru"])
def test_the_owner_is_told_of_each_thing_in_their_language(session, run_all, language):
    account = make_account(session, language=language)
    actor, at = actor_for(session, account), time_of(session)
    codes = set_up(session, account)
    told = [run_all()]
    assert take_code(session, actor, account, codes[0], key=KEY, at=at)
    told.append(run_all())
    renew_recovery_codes(session, actor, account, at=at)
    told.append(run_all())
    remove_second_factor(session, actor, account, at=at)
    told.append(run_all())
    subjects = [message["Subject"] for messages in told for message in messages]
    happened = ("added", "recovered", "codes_renewed", "removed")
    assert subjects == [say(language, WORDS[what][0]) for what in happened]
    assert "9" in told[1][0].get_content()
    assert not [one for messages in told for one in messages if codes[1] in one.as_string()]


@pytest.mark.parametrize("kind", ["device", "paper"])
def test_a_code_given_by_many_at_once_opens_once(committed_database_url, kind):
    engine = make_engine(committed_database_url, pool_size=AT_ONCE)
    sessions = make_sessions(engine)
    with unit_of_work(sessions) as session:
        account = make_staff(session, make_centre(session))
        codes = set_up(session, account)
        session.flush()
        factor = session.query(SecondFactor).one()
        factor.last_step = None
        code, at = code_now(session, account) if kind == "device" else codes[0], time_of(session)
        actor = actor_for(session, account)
    together = Barrier(AT_ONCE)

    def give(_):
        together.wait(30)
        with unit_of_work(sessions, at=at) as session:
            return take_code(session, actor, account, code, key=KEY, at=at)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sorted(pool.map(give, range(AT_ONCE))) == [False] * (AT_ONCE - 1) + [True]
    engine.dispose()
