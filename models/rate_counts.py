"""Counts for the rate limits, shared by all web workers; nothing is lost when they are."""

from __future__ import annotations

from sqlalchemy import BigInteger, Float, String
from sqlalchemy.orm import Mapped

from models.base import Base, column


class RateCount(Base):
    """How often something was asked within a window of time.

    On SQLite they are kept in a file of their own, where counting keeps no writer waiting.
    """

    __tablename__ = "rate_counts"

    # A hash: it is made of addresses and accounts, which nobody needs to read here.
    key_hash: Mapped[str] = column(String(64), primary_key=True, pii="low")
    count: Mapped[int] = column(BigInteger)
    # Seconds since 1970, as the library that counts has them.
    expires_at: Mapped[float] = column(Float(53), index=True)
