"""Records: what a volunteer has given, as it stood when it was issued, with a code by which it is checked."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, column


class VolunteerRecord(Versioned, Base):
    """One issued record. Whoever has its code reads what it said, until the volunteer revokes it."""

    __tablename__ = "volunteer_records"

    volunteer_id: Mapped[uuid.UUID] = column(ForeignKey("volunteers.id", ondelete="CASCADE"), index=True)
    # The code itself is made out of the service's own key; what lies here opens nothing.
    code_hash: Mapped[str] = column(String(64), unique=True)
    issued_at: Mapped[datetime] = column(pii="low")
    revoked_at: Mapped[datetime | None] = column(pii="low")
    # {name, minutes, entries: [{placement_id, organisation, need, first_day, last_day, minutes, …}]}
    content: Mapped[dict[str, Any]] = column(pii="sensitive")

    def revoke(self, at: datetime) -> None:
        """The volunteer takes it back; a second time changes nothing."""
        self.revoked_at = self.revoked_at or at
