"""Imports: files that centres bring, and what became of each row."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, choice, column


class ImportKind(StrEnum):
    """What the rows of a file are."""

    NEEDS = "needs"
    ORGANISATIONS = "organisations"
    VOLUNTEERS = "volunteers"


class ImportStatus(StrEnum):
    """How far an import is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class RowStatus(StrEnum):
    """What became of a row."""

    WAITING = "waiting"
    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Import(Versioned, Base):
    """One file brought by a centre."""

    __tablename__ = "imports"

    centre_id: Mapped[uuid.UUID] = column(ForeignKey("centres.id"), index=True)
    kind: Mapped[ImportKind] = column(choice(ImportKind, "kind"))
    filename: Mapped[str] = column(String(255))
    sha256: Mapped[str] = column(String(64))
    # The mapping itself, not its name: what a file meant does not change afterwards.
    mapping: Mapped[dict[str, Any]] = column()
    # verify, publish, shift_weeks: said by a person who has checked the file.
    options: Mapped[dict[str, Any]] = column()
    # What a person should know of the file as a whole: [{field, code, message, fatal, values}].
    notices: Mapped[list[dict[str, Any]]] = column()
    status: Mapped[ImportStatus] = column(choice(ImportStatus, "status"))
    # How many rows the file has; the other counts come to as many once it is done.
    read: Mapped[int] = column(default=0)
    added: Mapped[int] = column(default=0)
    updated: Mapped[int] = column(default=0)
    unchanged: Mapped[int] = column(default=0)
    refused: Mapped[int] = column(default=0)
    finished_at: Mapped[datetime | None] = column()


class ImportRow(Base):
    """One row of a file, as found, and what became of it."""

    __tablename__ = "import_rows"
    __table_args__ = (
        Index("ix_import_rows_status", "import_id", "status", "number"),
        Index("ix_import_rows_key", "import_id", "key"),
        Index("ix_import_rows_look", "import_id", "look"),
    )

    import_id: Mapped[uuid.UUID] = column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    # As a person counts in the file: the header is row 1.
    number: Mapped[int] = column(primary_key=True, autoincrement=False)
    raw: Mapped[dict[str, Any]] = column(pii="sensitive")
    status: Mapped[RowStatus] = column(choice(RowStatus, "status"))
    subject_id: Mapped[uuid.UUID | None] = column()
    # [{field, code, message, fatal, values}], warnings too.
    issues: Mapped[list[dict[str, Any]]] = column(pii="low")
    # The id it is known by, and a hash of what it looks like, on the first row that has them:
    # by these a later row finds out that it repeats an earlier one.
    key: Mapped[str | None] = column(Text, pii="low")
    look: Mapped[str | None] = column(String(64), pii="low")
