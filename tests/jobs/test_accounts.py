"""Mail about accounts: who gets which message, in which language, and what the code in it opens."""

import uuid

import pytest
from sqlalchemy import select

from models import Account, AccountCode, Event, Job, Volunteer
from models.accounts import AccountKind
from service.access.actors import ANYONE, WORKER
from service.errors import Invalid
from service.i18n import say
from service.jobs import accounts
from service.jobs.registry import JOBS
from service.jobs.runner import run_next
from service.jobs.stop import Stop
from service.operations.accounts import NewAccount, confirm_account, sign_up
from service.operations.jobs import order_job
from service.operations.taking_over import take_over_account
from service.operations.tokens import create_token
from tests.jobs.mailed import code_in, run_all, tools
from tests.making import NO_FACTORS, make_account, make_centre, make_volunteer

__all__ = ["run_all", "tools"]
PASSWORD = "river stones sing at dawn"


def sign_up_as(session, email="oksana@example.org", language="en", password=PASSWORD):
    new = NewAccount(email, password, "Win a prize at http://bad.example", AccountKind.VOLUNTEER, language)
    sign_up(session, ANYONE, new, at=session.info["at"])


@pytest.mark.parametrize("language", ["en", "uk", "ru"])
def test_who_signs_up_is_sent_a_code_in_their_language_which_confirms_the_address(session, run_all, language):
    sign_up_as(session, language=language)
    (message,) = run_all()
    assert message["To"] == "oksana@example.org"
    assert message["From"].addresses[0].display_name == "Halfway"
    assert message["Subject"] == say(language, "Please confirm your address")
    assert "https://halfway.example.org/confirm?code=" in message.get_content()
    account = confirm_account(session, ANYONE, code_in(message), at=session.info["at"])
    assert account.confirmed_at is not None


def test_what_was_typed_as_a_name_is_sent_to_nobody(session, run_all):
    sign_up_as(session)
    (message,) = run_all()
    assert "bad.example" not in message.as_string()


def test_the_owner_of_a_confirmed_address_is_told_and_sent_no_code(session, run_all):
    make_account(session, email="oksana@example.org", language="uk")
    sign_up_as(session, email="Oksana@Example.org")
    (message,) = run_all()
    assert message["Subject"] == say("uk", "You have an account already")
    assert "code=" not in message.get_content()


def test_who_never_confirmed_and_signs_up_again_is_sent_a_new_code(session, run_all):
    sign_up_as(session)
    (first,) = run_all()
    sign_up_as(session)
    (second,) = run_all()
    assert code_in(first) != code_in(second)


def test_the_code_is_kept_as_a_hash_and_stands_in_no_order_and_no_event(session, run_all):
    sign_up_as(session)
    (message,) = run_all()
    code = code_in(message)
    kept = [repr(vars(row)) for kind in (AccountCode, Job, Event) for row in session.scalars(select(kind))]
    assert kept
    assert not [row for row in kept if code in row or "oksana@example.org" in row]


def test_a_message_that_could_not_be_sent_is_tried_again(session, tools, tmp_path):
    (tmp_path / "mail").write_text("a file where the folder should be")
    sign_up_as(session)
    session.commit()
    assert run_next(tools, Stop())
    session.expire_all()
    job = session.scalars(select(Job)).one()
    assert (job.status, job.last_error.split()[0]) == ("waiting", "FileExistsError")


def test_an_account_that_is_gone_by_now_is_no_failure(session, tools):
    for kind in ("confirmation", "known"):
        assert JOBS[f"accounts.mail_{kind}"](tools, {"account_id": str(uuid.uuid4())}) is False
    assert accounts.mail_take_over(tools, {"volunteer_id": str(uuid.uuid4())}) is False


# --- taking over


@pytest.fixture
def brought(session):
    """Make a volunteer whom a centre has brought, and order the invitation."""
    centre = make_centre(session, name="Вінницький центр")
    volunteer = make_volunteer(session, centre, account_id=None, email="taras@example.org", language="uk")
    order_invitation(session, volunteer)
    return volunteer


def order_invitation(session, volunteer):
    payload = {"volunteer_id": str(volunteer.id)}
    order_job(session, WORKER, "accounts.mail_take_over", payload, at=session.info["at"])


def test_a_volunteer_brought_by_a_centre_takes_over_with_a_password_of_their_own(session, run_all, brought):
    (message,) = run_all()
    assert message["To"] == "taras@example.org"
    assert "Вінницький центр" in message.get_content()
    assert "https://halfway.example.org/take-over?code=" in message.get_content()
    at = session.info["at"]
    account = take_over_account(session, ANYONE, code_in(message), PASSWORD, at=at)
    assert session.get_one(Volunteer, brought.id).account_id == account.id
    assert (
        create_token(session, ANYONE, "taras@example.org", PASSWORD, factors=NO_FACTORS, at=at).token.kind
        == "volunteer"
    )


def test_the_account_is_closed_until_it_is_taken_over(session, run_all, brought):
    run_all()
    account = session.scalars(select(Account)).one()
    assert (account.password_hash, account.confirmed_at) == (None, None)


def test_an_invitation_opens_once_and_an_older_one_not_any_more(session, run_all, brought):
    order_invitation(session, brought)
    first, second = (code_in(message) for message in run_all())
    at = session.info["at"]
    take_over_account(session, ANYONE, first, PASSWORD, at=at)
    for code in (first, second):
        with pytest.raises(Invalid):
            take_over_account(session, ANYONE, code, "somebody else's long words", at=at)


def test_a_code_for_confirming_takes_nothing_over(session, run_all):
    sign_up_as(session)
    (message,) = run_all()
    with pytest.raises(Invalid):
        take_over_account(session, ANYONE, code_in(message), PASSWORD, at=session.info["at"])


def test_a_weak_password_is_refused_and_the_invitation_stays_good(session, run_all, brought):
    (message,) = run_all()
    at = session.info["at"]
    with pytest.raises(Invalid) as refused:
        take_over_account(session, ANYONE, code_in(message), "short", at=at)
    assert refused.value.errors[0].field == "password"
    take_over_account(session, ANYONE, code_in(message), PASSWORD, at=at)


def test_who_has_taken_over_is_invited_no_more(session, run_all, brought):
    (message,) = run_all()
    take_over_account(session, ANYONE, code_in(message), PASSWORD, at=session.info["at"])
    order_invitation(session, brought)
    assert run_all() == []


def test_whose_address_has_an_account_already_is_not_invited(session, run_all, brought):
    make_account(session, email="taras@example.org")
    assert run_all() == []
    assert session.get_one(Volunteer, brought.id).account_id is None


def test_who_was_invited_and_signs_up_instead_is_invited_again(session, run_all, brought):
    run_all()
    sign_up_as(session, email="taras@example.org")
    (message,) = run_all()
    assert message["Subject"] == say("uk", "An invitation to Halfway")
