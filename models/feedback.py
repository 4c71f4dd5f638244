"""Feedback: how it was, each side in its own words, once a placement is completed."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, choice, column
from models.errors import NotPossible
from models.introductions import Side

# So long after the completion both sides may write; then, or when both have written, each reads the other.
WINDOW = timedelta(days=14)
LEAST_RATING, MOST_RATING = 1, 5


class Feedback(Versioned, Base):
    """What one side says; the other reads it only when its own can no longer answer it."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("placement_id", "side"),
        CheckConstraint(f"rating BETWEEN {LEAST_RATING} AND {MOST_RATING}", name="rating"),
        Index("ix_feedback_organisation_side_opens", "organisation_id", "side", "opens_at"),
    )

    placement_id: Mapped[uuid.UUID] = column(ForeignKey("placements.id"))
    volunteer_id: Mapped[uuid.UUID] = column(ForeignKey("volunteers.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = column(ForeignKey("organisations.id"))
    side: Mapped[Side] = column(choice(Side, "side"))
    rating: Mapped[int] = column(pii="sensitive")
    text: Mapped[str | None] = column(Text, pii="sensitive")
    would_again: Mapped[bool | None] = column(pii="sensitive")
    # From then on the other side reads it, and it stays as it is.
    opens_at: Mapped[datetime] = column()

    def is_open(self, at: datetime) -> bool:
        """Say whether the other side reads it."""
        return self.opens_at <= at

    def change(self, rating: int, text: str | None, *, would_again: bool | None, at: datetime) -> None:
        """Say it otherwise, as long as the other side has not read it."""
        if self.is_open(at):
            raise NotPossible("feedback_closed")
        self.rating, self.text, self.would_again = rating, text, would_again

    def open(self, at: datetime) -> None:
        """Both have written: each reads the other now."""
        self.opens_at = at
