"""Changes of mail address: asked for, confirmed at the new address, told to the old one."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped

from models.base import Base, Identified, column


class AddressChange(Identified, Base):
    """A person's wish to be reached elsewhere, until the mailed code proves that they are."""

    __tablename__ = "address_changes"

    account_id: Mapped[uuid.UUID] = column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    old_email: Mapped[str] = column(String(254), pii="contact")
    new_email: Mapped[str] = column(String(254), pii="contact")
    # Empty until the code is mailed: only its reader knows it.
    code_hash: Mapped[str | None] = column(String(64), unique=True, pii="sensitive")
    created_at: Mapped[datetime] = column()
    expires_at: Mapped[datetime] = column()
    used_at: Mapped[datetime | None] = column()
