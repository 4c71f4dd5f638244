"""Events: one append-only row for each change of state; audit, webhooks and training read them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from models.base import Base, Sequence, column


class Event(Base):
    """A fact: who did what to which thing, from which state to which, and when.

    Rows are never changed or removed: a trigger on either database refuses it (migrations).
    """

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_subject", "subject_kind", "subject_id"),)

    number: Mapped[int] = column(Sequence, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = column()
    name: Mapped[str] = column(String(60))
    # The centre whose log this belongs to; none for what concerns no centre.
    centre_id: Mapped[uuid.UUID | None] = column(ForeignKey("centres.id"), index=True)
    actor_kind: Mapped[str] = column(String(20))
    actor_id: Mapped[uuid.UUID | None] = column(pii="low")
    subject_kind: Mapped[str] = column(String(30))
    subject_id: Mapped[uuid.UUID] = column(pii="low")
    from_state: Mapped[str | None] = column(String(20), pii="low")
    to_state: Mapped[str | None] = column(String(20), pii="low")
    # What else is worth knowing, without personal data.
    body: Mapped[dict[str, Any]] = column()
