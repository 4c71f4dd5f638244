"""Mail to an organisation that lets a volunteer wait: after a day, and after three.

It names the need and nothing of the volunteer, not even the question. The messages are prepared in one
transaction and sent after the commit; after a crash one may come twice, but none is lost.
"""

from __future__ import annotations

import uuid
from email.message import EmailMessage
from typing import Any

from models import Account
from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.i18n import say, say_count
from service.jobs.mail import write_message
from service.jobs.tools import Tools
from service.queries.introductions import IntroductionSeen, find_question_to_remind


def remind(tools: Tools, payload: dict[str, Any]) -> bool:
    """Remind each coordinator of a question that still waits; {introduction_id, days}."""
    with unit_of_work(tools.sessions, at=now(), readonly=True) as session:
        found = find_question_to_remind(session, WORKER, uuid.UUID(payload["introduction_id"]))
        seen, accounts = found or (None, [])
        days = int(payload["days"])
        messages = [_write(tools, seen, one, days) for one in accounts if seen is not None]
    for one in messages:
        tools.sender.send(one)
    return False


def _write(tools: Tools, seen: IntroductionSeen, account: Account, days: int) -> EmailMessage:
    language = account.language
    paragraphs = (
        say_count(
            language,
            "A volunteer has waited %(count)s day for your answer about “%(need)s”.",
            "A volunteer has waited %(count)s days for your answer about “%(need)s”.",
            days,
            need=seen.need.title,
        ),
        say(language, "Those who hear nothing look elsewhere. A line is enough; answer here:"),
        f"{tools.settings.public_url.rstrip('/')}/organisation/questions",
    )
    subject = say(language, "A volunteer waits for your answer")
    text = "\n\n".join(paragraphs) + "\n"
    return write_message(tools.settings.mail_from, account.email, subject, text, at=now())
