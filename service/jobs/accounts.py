"""Letters about accounts: a code to confirm an address, a word to its owner, an invitation to take over."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from models import Account, Centre
from models.accounts import CodePurpose
from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.i18n import say
from service.jobs.letters import Letter, link_to, send_letter
from service.jobs.tools import Tools
from service.operations.accounts import make_code
from service.operations.taking_over import invite_to_take_over


def mail_confirmation(tools: Tools, payload: dict[str, Any]) -> bool:
    """Send a code that proves that the address is the person's own; {account_id}."""
    with unit_of_work(tools.sessions, at=now()) as session:
        account = session.get(Account, uuid.UUID(payload["account_id"]))
        letter = None
        if account is not None and account.confirmed_at is None:
            letter = _ask_to_confirm(tools, session, account)
    return send_letter(tools, letter)


def mail_known(tools: Tools, payload: dict[str, Any]) -> bool:
    """Tell the owner of an address that somebody signed up with it again; {account_id}.

    Who has never finished is sent a new code instead: the first one may have been lost.
    """
    with unit_of_work(tools.sessions, at=now()) as session:
        account = session.get(Account, uuid.UUID(payload["account_id"]))
        letter = None
        if account is not None and account.confirmed_at is not None:
            letter = _say_known(tools, account)
        elif account is not None:
            letter = ask_to_finish(tools, session, account)
    return send_letter(tools, letter)


def mail_take_over(tools: Tools, payload: dict[str, Any]) -> bool:
    """Invite a volunteer whom a centre has brought to make the account their own; {volunteer_id}."""
    at = now()
    with unit_of_work(tools.sessions, at=at) as session:
        account = invite_to_take_over(session, WORKER, uuid.UUID(payload["volunteer_id"]), at=at)
        letter = _invite(tools, session, account) if account is not None else None
    return send_letter(tools, letter)


def ask_to_finish(tools: Tools, session: Session, account: Account) -> Letter:
    """Write to somebody whose account is not open yet: the code that opens it."""
    if account.password_hash is not None:
        return _ask_to_confirm(tools, session, account)
    return _invite(tools, session, account)


def _ask_to_confirm(tools: Tools, session: Session, account: Account) -> Letter:
    code = make_code(session, WORKER, account, CodePurpose.CONFIRM, at=session.info["at"])
    language = account.language
    return Letter(
        account.email,
        say(language, "Please confirm your address"),
        (
            say(language, "Somebody signed up for Halfway with this address. If it was you, open this page:"),
            link_to(tools, "/confirm", code),
            say(
                language,
                "If it was not you, you need do nothing: without this step the account stays closed.",
            ),
        ),
    )


def _say_known(tools: Tools, account: Account) -> Letter:
    language = account.language
    return Letter(
        account.email,
        say(language, "You have an account already"),
        (
            say(language, "Somebody signed up for Halfway with this address, but it has an account already."),
            say(language, "If it was you, sign in here:"),
            link_to(tools, "/sign-in"),
            say(language, "If it was not you, you need do nothing: nothing about your account has changed."),
        ),
    )


def _invite(tools: Tools, session: Session, account: Account) -> Letter:
    code = make_code(session, WORKER, account, CodePurpose.TAKE_OVER, at=session.info["at"])
    language = account.language
    centre = session.get(Centre, account.centre_id)
    return Letter(
        account.email,
        say(language, "An invitation to Halfway"),
        (
            say(
                language,
                "%(centre)s has made a volunteer's profile for you at Halfway, which brings volunteers and"
                " organisations together. It proposes; you alone decide.",
                centre=centre.name if centre else "Halfway",
            ),
            say(language, "To make it your own, choose a password on this page within two weeks:"),
            link_to(tools, "/take-over", code),
            say(language, "If you do not want it, you need do nothing: nobody can use it without this step."),
        ),
    )
