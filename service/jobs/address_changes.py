"""Letters about a change of mail address: the code to the new one, and what is told to the old one."""

from __future__ import annotations

import uuid
from typing import Any

from models import Account, AddressChange
from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.errors import N_
from service.i18n import say
from service.jobs.letters import Letter, link_to, send_letter
from service.jobs.tools import Tools
from service.operations.address_changes import renew_address_code
from service.queries.accounts import find_account_by_email


def mail_address_code(tools: Tools, payload: dict[str, Any]) -> bool:
    """Send the code to the new address, or a word to whoever has an account with it already; {change_id}."""
    with unit_of_work(tools.sessions, at=now()) as session:
        change = session.get(AddressChange, uuid.UUID(payload["change_id"]))
        letter = None
        if change is not None and change.used_at is None:
            owner = find_account_by_email(session, WORKER, change.new_email)
            if owner is not None and owner.id != change.account_id:
                letter = _say_taken(tools, owner)
            else:
                account = session.get_one(Account, change.account_id)
                code = renew_address_code(session, WORKER, change)
                letter = _ask_to_confirm(tools, account, change, code)
    return send_letter(tools, letter)


def _ask_to_confirm(tools: Tools, account: Account, change: AddressChange, code: str) -> Letter:
    language = account.language
    return Letter(
        change.new_email,
        say(language, "Please confirm your new address"),
        (
            say(language, "Somebody wants to sign in to Halfway with this address from now on."),
            say(language, "If it was you, open this page within a day:"),
            link_to(tools, "/address", code),
            say(language, "If it was not you, you need do nothing."),
        ),
    )


def _say_taken(tools: Tools, owner: Account) -> Letter:
    language = owner.language
    return Letter(
        owner.email,
        say(language, "You have an account already"),
        (
            say(language, "Somebody wanted to use this address for another account, but it has one already."),
            say(language, "If it was you, sign in here:"),
            link_to(tools, "/sign-in"),
            say(language, "If it was not you, you need do nothing: nothing about your account has changed."),
        ),
    )


def mail_address_asked(tools: Tools, payload: dict[str, Any]) -> bool:
    """Tell the old address what is wanted, in time to prevent it; {change_id}."""
    return _tell_old(
        tools,
        payload,
        N_("Your address is to be changed"),
        N_("Somebody who knows your password wants to sign in to your account with another address."),
        N_("If it was not you, choose a new password now, and nothing will come of it:"),
    )


def mail_address_changed(tools: Tools, payload: dict[str, Any]) -> bool:
    """Tell the old address that it is not the account's any more; {change_id}."""
    return _tell_old(
        tools,
        payload,
        N_("Your address was changed"),
        N_("Your account at Halfway has another address now; this one opens nothing any more."),
        N_("If it was not you, tell your volunteer centre at once:"),
    )


def _tell_old(tools: Tools, payload: dict[str, Any], subject: str, sentence: str, otherwise: str) -> bool:
    with unit_of_work(tools.sessions, at=now(), readonly=True) as session:
        change = session.get(AddressChange, uuid.UUID(payload["change_id"]))
        letter = None
        if change is not None:
            language = session.get_one(Account, change.account_id).language
            path = "/forgotten" if change.used_at is None else "/"
            words = (say(language, sentence), say(language, otherwise), link_to(tools, path))
            letter = Letter(change.old_email, say(language, subject), words)
    return send_letter(tools, letter)
