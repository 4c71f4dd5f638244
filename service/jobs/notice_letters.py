"""What a message of notices looks like: plain text and HTML, and how to get no more of them.

The HTML asks nobody for anything: no pictures, no scripts, no style sheets from elsewhere.
"""

from __future__ import annotations

import textwrap
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.access.links import sign_unsubscribing
from service.config import Settings
from service.i18n import say, say_count
from service.jobs.mail import write_message
from service.operations.notice_mails import Mailing
from service.schemas.notice_parts import Words
from service.schemas.notice_words import say_notice

LONGEST_SUBJECT = 150
LINE = 76

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def write_letter(settings: Settings, mailing: Mailing) -> EmailMessage:
    """Write the message in its reader's language; written again, it is the same."""
    language = mailing.account.language
    base = settings.public_url.rstrip("/")
    said = [say_notice(one, language) for one in mailing.notices]
    kinds = {one.notice.kind for one in mailing.notices}
    key = sign_unsubscribing(settings, mailing.account.id, kinds)
    end = f"{base}/unsubscribe?{urlencode({'key': key})}"
    foot = {
        say(language, "Choose what you are told, and when:"): f"{base}/notices/settings",
        say(language, "No more messages about this:"): end,
    }
    # RFC 8058: a mail program may press the button for its reader, by a POST that nothing else makes.
    one_click = {"List-Unsubscribe": f"<{end}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    html = _templates.get_template("notices.html").render(
        language=language,
        base=base,
        said=said,
        subject=_subject(said, language),
        open_words=say(language, "Open"),
        foot=foot,
    )
    return write_message(
        settings.mail_from,
        mailing.account.email,
        _subject(said, language),
        _text(said, base, foot),
        html=html,
        message_id=f"notices.{mailing.mail.id}",
        headers=one_click if end.isascii() else {},
        at=mailing.mail.created_at,
    )


def _subject(said: list[Words], language: str) -> str:
    if len(said) == 1:
        subject = said[0].title
    else:
        subject = say_count(
            language, "%(count)s piece of news for you", "%(count)s pieces of news for you", len(said)
        )
    # A title may hold anything that somebody typed; a header is one line.
    plain = "".join(sign if sign.isprintable() else " " for sign in subject)
    return textwrap.shorten(plain, LONGEST_SUBJECT, placeholder="…")


def _text(said: list[Words], base: str, foot: dict[str, str]) -> str:
    parts = []
    for number, words in enumerate(said, 1):
        title = f"{number}. {words.title}" if len(said) > 1 else words.title
        lines = [_wrap(one) for one in (title, *words.lines)]
        if words.items:
            lines.append("\n".join(_wrap(one, "- ") for one in words.items))
        if words.path:
            lines.append(f"{base}{words.path}")
        parts.append("\n\n".join(lines))
    parts.append("-- \n" + "\n".join(f"{words}\n{address}" for words, address in foot.items()))
    return "\n\n\n".join(parts) + "\n"


def _wrap(text: str, bullet: str = "") -> str:
    indent = " " * len(bullet)
    return textwrap.fill(text, LINE, initial_indent=bullet, subsequent_indent=indent, break_on_hyphens=False)
