"""Answers kept for a while, so that a request sent twice has one effect."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Identified, column


class IdempotencyRecord(Identified, Base):
    """The first answer to a key; written in the transaction of the effect itself."""

    __tablename__ = "idempotency_records"
    __table_args__ = (UniqueConstraint("caller", "route", "key"),)

    caller: Mapped[str] = column(String(60), pii="low")
    route: Mapped[str] = column(String(100))
    key: Mapped[str] = column(String(255))
    # SHA-256 of the path and the body: the same key with another request is refused.
    fingerprint: Mapped[str] = column(String(64))
    status: Mapped[int] = column()
    etag: Mapped[str | None] = column(String(80))
    answer: Mapped[str] = column(Text, pii="sensitive")
    created_at: Mapped[datetime] = column(index=True)
