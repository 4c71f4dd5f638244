"""Mail about accounts: a code to confirm an address, a word to its owner, an invitation to take over.

Each job prepares its message in one transaction and sends it after the commit, so that a slow mail server
holds no lock. It is sent before the job is noted as done: after a crash a message may come twice, with a
new code each time, but none is lost.

A person's name stands in none of them: whoever signs up with somebody else's address would have us send
whatever they typed as a name.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from models import Account, Centre
from models.accounts import CodePurpose
from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.i18n import say
from service.jobs.mail import write_message
from service.jobs.tools import Tools
from service.operations.accounts import make_code
from service.operations.taking_over import invite_to_take_over


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to one person, in their language."""

    to: str
    subject: str
    paragraphs: tuple[str, ...]


def mail_confirmation(tools: Tools, payload: dict[str, Any]) -> bool:
    """Send a code that proves that the address is the person's own; {account_id}."""
    with unit_of_work(tools.sessions, at=now()) as session:
        account = session.get(Account, uuid.UUID(payload["account_id"]))
        letter = None
        if account is not None and account.confirmed_at is None:
            letter = _ask_to_confirm(tools, session, account)
    return _send(tools, letter)


def mail_known(tools: Tools, payload: dict[str, Any]) -> bool:
    """Tell the owner of an address that somebody signed up with it again; {account_id}.

    Who has never finished is sent a new code instead: the first one may have been lost.
    """
    with unit_of_work(tools.sessions, at=now()) as session:
        account = session.get(Account, uuid.UUID(payload["account_id"]))
        letter = None
        if account is not None and account.confirmed_at is not None:
            letter = _say_known(tools, account)
        elif account is not None and account.password_hash is not None:
            letter = _ask_to_confirm(tools, session, account)
        elif account is not None:
            letter = _invite(tools, session, account)
    return _send(tools, letter)


def mail_take_over(tools: Tools, payload: dict[str, Any]) -> bool:
    """Invite a volunteer whom a centre has brought to make the account their own; {volunteer_id}."""
    at = now()
    with unit_of_work(tools.sessions, at=at) as session:
        account = invite_to_take_over(session, WORKER, uuid.UUID(payload["volunteer_id"]), at=at)
        letter = _invite(tools, session, account) if account is not None else None
    return _send(tools, letter)


def _ask_to_confirm(tools: Tools, session: Session, account: Account) -> Letter:
    code = make_code(session, WORKER, account, CodePurpose.CONFIRM, at=session.info["at"])
    language = account.language
    return Letter(
        account.email,
        say(language, "Please confirm your address"),
        (
            say(language, "Somebody signed up for Halfway with this address. If it was you, open this page:"),
            _link(tools, "/confirm", code),
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
            f"{tools.settings.public_url.rstrip('/')}/sign-in",
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
            _link(tools, "/take-over", code),
            say(language, "If you do not want it, you need do nothing: nobody can use it without this step."),
        ),
    )


def _link(tools: Tools, path: str, code: str) -> str:
    return f"{tools.settings.public_url.rstrip('/')}{path}?{urlencode({'code': code})}"


def _send(tools: Tools, letter: Letter | None) -> bool:
    if letter is not None:
        text = "\n\n".join(letter.paragraphs) + "\n"
        tools.sender.send(write_message(tools.settings.mail_from, letter.to, letter.subject, text, at=now()))
    return False
