"""How mail leaves the service: into a folder, or by SMTP; behind one shape.

`mail_url` chooses: `folder:PATH`, `smtp://user:password@host:port` (with STARTTLS where the server offers
it) or `smtps://…` (TLS from the start). A password goes over TLS only.
"""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from service.config import SettingWrong

# Well below a job's lease.
SMTP_SECONDS = 20


class AddressHeader(UnstructuredHeader, BaseHeader):
    """A header that holds an address of the web: in one line, for mail programs read no encoded one."""

    def fold(self, *, policy: Policy) -> str:
        """Write it as it is."""
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", AddressHeader)
POLICY = SMTP.clone(header_factory=_headers)


class Sender(Protocol):
    """A way out for mail."""

    def send(self, message: EmailMessage) -> None:
        """Hand the message over; whatever fails is raised, and the job is tried again."""


@dataclass(frozen=True, slots=True)
class FolderSender:
    """Writes each message as a file, for a machine that has no mail server yet."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        """Write the whole file under another name first: who looks sees whole messages only."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Named after its own id: a message that is sent again takes the place of the first.
        name = hashlib.sha256(message["Message-ID"].encode()).hexdigest()[:32]
        path = self.folder / f"{message['Date'].datetime:%Y%m%dT%H%M%S}-{name}.eml"
        unfinished = self.folder / f"{uuid.uuid4()}.unfinished"
        with open(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123 only open() takes a descriptor
            file.write(message.as_bytes(policy=SMTP))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)


@dataclass(frozen=True, slots=True)
class SmtpSender:
    """Hands each message to a mail server, over a connection of its own."""

    server: SplitResult

    def send(self, message: EmailMessage) -> None:
        """Deliver to the server; it has the message when this returns."""
        with self._connect() as connection:
            if self.server.username:
                connection.login(unquote(self.server.username), unquote(self.server.password or ""))
            connection.send_message(message)

    @contextmanager
    def _connect(self) -> Iterator[smtplib.SMTP]:
        host, tls = self.server.hostname or "", ssl.create_default_context()
        if self.server.scheme == "smtps":
            with smtplib.SMTP_SSL(host, self.server.port or 465, timeout=SMTP_SECONDS, context=tls) as server:
                yield server
            return
        with smtplib.SMTP(host, self.server.port or 587, timeout=SMTP_SECONDS) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=tls)
            elif self.server.username:
                raise smtplib.SMTPNotSupportedError("no password is sent without TLS")
            yield server


def make_sender(url: str) -> Sender:
    """Make the sender that the setting `mail_url` names."""
    parts = urlsplit(url)
    if parts.scheme == "folder":
        return FolderSender(Path(url.removeprefix("folder:")))
    if parts.scheme in ("smtp", "smtps") and parts.hostname:
        return SmtpSender(parts)
    raise SettingWrong("HALFWAY_MAIL_URL must be folder:PATH, smtp://host:port or smtps://host:port")


def write_message(
    sender: str,
    to: str,
    subject: str,
    text: str,
    *,
    html: str | None = None,
    message_id: str | None = None,
    headers: Mapping[str, str] | None = None,
    at: datetime,
) -> EmailMessage:
    """Write a message in plain text, and in HTML too where it is given.

    An address, a subject or another header that holds a line break is refused. `message_id` is what stands
    before the @: a message that may be sent again needs one of its own, so that it is known for the same.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    domain = message["From"].addresses[0].domain
    message["Message-ID"] = f"<{message_id}@{domain}>" if message_id else make_msgid(domain=domain)
    # Nobody's holiday notice should come back to us.
    message["Auto-Submitted"] = "auto-generated"
    for name, value in (headers or {}).items():
        message[name] = value
    # Never quoted-printable: it would break a long link, which people copy out of a file in the folder.
    message.set_content(text, cte="7bit" if text.isascii() else "8bit")
    if html is not None:
        message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message
