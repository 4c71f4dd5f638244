"""The second factor: codes by the clock of a person's own device, and recovery codes for when it is lost."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped

from models.base import Base, Identified, column


class SecondFactor(Identified, Base):
    """A device that makes codes (TOTP, RFC 6238); it counts once its first code was shown.

    The device's key is not kept: it is made of the salt and the service's own key, so that a stolen copy
    of the database makes no codes.
    """

    __tablename__ = "second_factors"

    account_id: Mapped[uuid.UUID] = column(ForeignKey("accounts.id", ondelete="CASCADE"), unique=True)
    salt: Mapped[str] = column(String(64), pii="sensitive")
    created_at: Mapped[datetime] = column()
    confirmed_at: Mapped[datetime | None] = column(pii="low")
    # The newest 30 seconds whose code was taken: neither that code nor an older one is taken again.
    last_step: Mapped[int | None] = column(BigInteger)


class RecoveryCode(Identified, Base):
    """A code on paper that stands in for the device, once."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[uuid.UUID] = column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = column(String(64), unique=True, pii="sensitive")
    created_at: Mapped[datetime] = column()
    used_at: Mapped[datetime | None] = column()
