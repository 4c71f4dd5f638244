"""Calendars: the key by which a volunteer's calendar program reads their placements."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped

from models.base import Base, Identified, column


class CalendarKey(Identified, Base):
    """The one key to a volunteer's calendar; only its hash is kept, and a new one takes its place."""

    __tablename__ = "calendar_keys"

    volunteer_id: Mapped[uuid.UUID] = column(ForeignKey("volunteers.id", ondelete="CASCADE"), unique=True)
    key_hash: Mapped[str] = column(String(64), pii="sensitive")
    created_at: Mapped[datetime] = column(pii="low")
