"""Waitlists: who waits for a place of a full need or shift, in the order in which they came."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from models.base import Base, Sequence, column


class Wait(Base):
    """A volunteer's turn: it is there while they wait, and the lowest number is the first.

    Numbers are given out under the lock of the need, so that their order is that of the transactions.
    """

    __tablename__ = "waits"
    __table_args__ = (
        UniqueConstraint("proposal_id", "shift_id"),
        Index("ix_waits_need_shift_number", "need_id", "shift_id", "number"),
        # Nulls are no equals to a UNIQUE: once, too, for a need without shifts.
        Index(
            "uq_waits_proposal_without_shift",
            "proposal_id",
            unique=True,
            sqlite_where=text("shift_id IS NULL"),
            postgresql_where=text("shift_id IS NULL"),
        ),
    )

    number: Mapped[int] = column(Sequence, primary_key=True, autoincrement=True)
    proposal_id: Mapped[uuid.UUID] = column(ForeignKey("proposals.id", ondelete="CASCADE"))
    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id", ondelete="CASCADE"))
    # Which shift they wait for, where the need has shifts; one row for each of several.
    shift_id: Mapped[uuid.UUID | None] = column(ForeignKey("shifts.id", ondelete="CASCADE"))
    since: Mapped[datetime] = column(pii="low")
