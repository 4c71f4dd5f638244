"""Letters about second factors: a word to the owner whenever one is added, removed or gone around."""

from __future__ import annotations

import uuid
from typing import Any

from models import Account
from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.errors import N_
from service.i18n import say
from service.jobs.letters import Letter, link_to, send_letter
from service.jobs.tools import Tools
from service.queries.second_factors import count_recovery_codes

# What happened: a subject, and a sentence.
WORDS = {
    "added": (
        N_("A second factor protects your account"),
        N_("From now on your account at Halfway asks for a code of your device, beside the password."),
    ),
    "removed": (
        N_("Your second factor was removed"),
        N_("Your account at Halfway asks for your password alone now."),
    ),
    "recovered": (
        N_("A recovery code was used"),
        N_("Somebody signed in to your account at Halfway with a recovery code. Codes left: %(left)s."),
    ),
    "codes_renewed": (
        N_("You have new recovery codes"),
        N_("New recovery codes were made for your account at Halfway; the old ones open nothing any more."),
    ),
}


def mail_second_factor(tools: Tools, payload: dict[str, Any]) -> bool:
    """Tell a person what happened to their second factor; {account_id, what}."""
    with unit_of_work(tools.sessions, at=now(), readonly=True) as session:
        account = session.get(Account, uuid.UUID(payload["account_id"]))
        letter = None
        if account is not None:
            left = count_recovery_codes(session, WORKER, account.id)
            letter = _write(tools, account, payload["what"], left)
    return send_letter(tools, letter)


def _write(tools: Tools, account: Account, what: str, left: int) -> Letter:
    subject, sentence = WORDS[what]
    language = account.language
    return Letter(
        account.email,
        say(language, subject),
        (
            say(language, sentence, left=left),
            say(language, "If it was not you, change your password at once, and tell your centre:"),
            link_to(tools, "/forgotten"),
        ),
    )
