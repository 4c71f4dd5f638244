"""Websites, and who stands behind one where a file names no organisation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from service.schemas.imports.transforms.cells import Cells, Note

HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z]", re.IGNORECASE)
LONGEST_HOST = 253


@dataclass(frozen=True, kw_only=True)
class Website:
    """An http or https address; one without a scheme gets `https://`. Anything else is left out, and said."""

    columns: tuple[str, ...]
    shapes: ClassVar[frozenset[str]] = frozenset({"text"})

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return self.columns

    def read(self, cells: Cells, note: Note) -> str | None:
        """Give the address."""
        found = cells.text(self.columns, note)
        if found is None:
            return None
        text = found.strip()
        address = text if "://" in text else f"https://{text}"
        if host_of(address) is None or len(address.split()) != 1:
            note("not_a_website", fatal=False, value=text)
            return None
        return address


@dataclass(frozen=True, kw_only=True)
class Host:
    """Who stands behind a website, for files that name no organisation: its host without `www.`.

    `names` gives the name by host; hosts in `not_these` belong to somebody else (a calendar, a magazine).
    """

    columns: tuple[str, ...]
    names: dict[str, str] = field(default_factory=dict)
    not_these: tuple[str, ...] = ()
    shapes: ClassVar[frozenset[str]] = frozenset({"text"})

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return self.columns

    def read(self, cells: Cells, note: Note) -> str | None:
        """Give the organisation's name, or its host."""
        text = cells.text(self.columns, note)
        host = host_of(text.strip()) if text else None
        if text and host is None:
            note("not_a_website", fatal=False, value=text)
        if host is None or host in self.not_these:
            return None
        return self.names.get(host, host)


def host_of(address: str) -> str | None:
    """Give the host of an http(s) address in lower case without `www.`; None where it is no such address."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    written = host.encode("idna").decode("ascii") if _can_be_idna(host) else host
    if parts.scheme not in {"http", "https"} or len(host) > LONGEST_HOST or not HOST.fullmatch(written):
        return None
    return host.removeprefix("www.")


def _can_be_idna(host: str) -> bool:
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True
