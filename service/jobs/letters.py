"""Letters: what the service writes to one person about their own account, whatever they chose for notices.

Each job prepares its letter in one transaction and sends it after the commit, so that a slow mail server
holds no lock. It is sent before the job is noted as done: after a crash a letter may come twice, with a new
code each time, but none is lost.

A person's name stands in none of them: whoever signs up with somebody else's address would have us send
whatever they typed as a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from service.db import now
from service.jobs.mail import write_message
from service.jobs.tools import Tools


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to one person, in their language."""

    to: str
    subject: str
    paragraphs: tuple[str, ...]


def send_letter(tools: Tools, letter: Letter | None) -> bool:
    """Send it, if there is one; nothing of the job remains then."""
    if letter is not None:
        text = "\n\n".join(letter.paragraphs) + "\n"
        tools.sender.send(write_message(tools.settings.mail_from, letter.to, letter.subject, text, at=now()))
    return False


def link_to(tools: Tools, path: str, code: str | None = None) -> str:
    """Give the address of one of our pages, as it stands in a letter."""
    query = f"?{urlencode({'code': code})}" if code else ""
    return f"{tools.settings.public_url.rstrip('/')}{path}{query}"
