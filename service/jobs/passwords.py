"""Letters about passwords: the link to a new one, and a word to the owner when it has changed."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from models import Account
from models.accounts import CodePurpose
from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.i18n import say
from service.jobs.accounts import ask_to_finish
from service.jobs.letters import Letter, link_to, send_letter
from service.jobs.tools import Tools
from service.operations.accounts import CODE_LIVES, make_code
from service.queries.accounts import list_codes

# Nobody's mailbox is to be filled by others: so many links in the life of one, however often it is asked.
MOST_LINKS = 3


def mail_reset(tools: Tools, payload: dict[str, Any]) -> bool:
    """Send the link by which a forgotten password is replaced; {account_id}, which may be nobody's.

    Whose account is not open yet is sent what opens it instead.
    """
    with unit_of_work(tools.sessions, at=now()) as session:
        account = session.get(Account, uuid.UUID(payload["account_id"]))
        letter = None
        if account is not None and account.confirmed_at is None:
            letter = ask_to_finish(tools, session, account)
        elif account is not None and not _sent_enough(session, account):
            letter = _offer_reset(tools, session, account)
    return send_letter(tools, letter)


def _sent_enough(session: Session, account: Account) -> bool:
    since = session.info["at"] - CODE_LIVES[CodePurpose.RESET]
    return len(list_codes(session, WORKER, account.id, CodePurpose.RESET, since=since)) >= MOST_LINKS


def _offer_reset(tools: Tools, session: Session, account: Account) -> Letter:
    code = make_code(session, WORKER, account, CodePurpose.RESET, at=session.info["at"])
    language = account.language
    return Letter(
        account.email,
        say(language, "Choose a new password"),
        (
            say(language, "Somebody said that the password of your account at Halfway is forgotten."),
            say(language, "If it was you, choose a new one on this page within the hour:"),
            link_to(tools, "/reset", code),
            say(language, "If it was not you, you need do nothing: your password stays as it is."),
        ),
    )


def mail_password_changed(tools: Tools, payload: dict[str, Any]) -> bool:
    """Tell a person that their password is another one now; {account_id}."""
    with unit_of_work(tools.sessions, at=now(), readonly=True) as session:
        account = session.get(Account, uuid.UUID(payload["account_id"]))
        letter = _say_changed(tools, account) if account is not None else None
    return send_letter(tools, letter)


def _say_changed(tools: Tools, account: Account) -> Letter:
    language = account.language
    return Letter(
        account.email,
        say(language, "Your password was changed"),
        (
            say(
                language,
                "The password of your account at Halfway was changed just now, and all other browsers were"
                " signed out.",
            ),
            say(language, "If it was not you, choose a new one at once, and tell your volunteer centre:"),
            link_to(tools, "/forgotten"),
        ),
    )
