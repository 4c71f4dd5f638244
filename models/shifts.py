"""Shifts: dated occurrences of a need, each with its own numbered places."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, choice, column
from models.errors import NotPossible

MOST_SHIFT_PLACES = 1000


class ShiftStatus(StrEnum):
    """Where a shift stands: open and full by turns, or cancelled; that one is over is said by its time."""

    OPEN = "open"
    FULL = "full"
    CANCELLED = "cancelled"


class Shift(Versioned, Base):
    """One dated occurrence of a need, with its own places."""

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint(f"places BETWEEN 1 AND {MOST_SHIFT_PLACES}", name="places"),
        CheckConstraint("places_taken BETWEEN 0 AND places", name="places_taken"),
        Index("ix_shifts_need_starts", "need_id", "starts_at", "id"),
    )

    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id"))
    status: Mapped[ShiftStatus] = column(choice(ShiftStatus, "status"))
    starts_at: Mapped[datetime] = column()
    ends_at: Mapped[datetime] = column()
    # What a repeating rule said it begins at, on the clocks of its place ("2026-03-29T10:00:00"). It stays
    # when the shift is moved: by it the same rule, sent again, knows the shift and adds no second one.
    original_start: Mapped[str | None] = column(String(19))
    places: Mapped[int] = column()
    # How many of the numbered places are held; the rows of `shift_places` are the truth behind it.
    places_taken: Mapped[int] = column(default=0)
    cancelled_at: Mapped[datetime | None] = column()

    @property
    def places_left(self) -> int:
        """Say how many more volunteers can hold a place; none in one that is cancelled."""
        return 0 if self.status is ShiftStatus.CANCELLED else self.places - self.places_taken

    def is_over(self, at: datetime) -> bool:
        """Say whether it has ended."""
        return self.ends_at <= at

    def is_upcoming(self, at: datetime) -> bool:
        """Say whether it takes place and has not ended: it can be accepted, and given back."""
        return self.status is not ShiftStatus.CANCELLED and not self.is_over(at)

    def take_place(self) -> None:
        """Count one more held place; the last one makes the shift full."""
        if self.status is not ShiftStatus.OPEN:
            raise NotPossible("need_full" if self.status is ShiftStatus.FULL else "shift_over", self.status)
        self.places_taken += 1
        self._fill_or_open()

    def free_place(self) -> None:
        """Count one held place less; a full shift is open again."""
        self.places_taken -= 1
        self._fill_or_open()

    def give_places(self, places: int) -> None:
        """Say how many places it has; there cannot be fewer than are held."""
        self.places = places
        self._fill_or_open()

    def move(self, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
        """Give it another date; what is over or cancelled stays as it was."""
        self.must_be_upcoming(at)
        self.starts_at, self.ends_at = starts_at, ends_at

    def cancel(self, at: datetime) -> None:
        """Say that it will not take place."""
        self.must_be_upcoming(at)
        self.status = ShiftStatus.CANCELLED
        self.cancelled_at = at

    def must_be_upcoming(self, at: datetime) -> None:
        """Refuse what is over or cancelled."""
        if not self.is_upcoming(at):
            raise NotPossible("shift_over", self.status)

    def _fill_or_open(self) -> None:
        if self.status is not ShiftStatus.CANCELLED:
            self.status = ShiftStatus.OPEN if self.places_left else ShiftStatus.FULL


class ShiftPlace(Base):
    """Room for one volunteer in one shift: a numbered row, held by a placement that holds no other there."""

    __tablename__ = "shift_places"
    __table_args__ = (
        UniqueConstraint("shift_id", "placement_id"),
        UniqueConstraint("shift_id", "offered_to"),
        CheckConstraint("placement_id IS NULL OR offered_to IS NULL", name="held_or_offered"),
    )

    shift_id: Mapped[uuid.UUID] = column(ForeignKey("shifts.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = column(primary_key=True, autoincrement=False)
    placement_id: Mapped[uuid.UUID | None] = column(ForeignKey("placements.id"), index=True)
    # As in `Place`: the proposal for which it is kept while its volunteer decides.
    offered_to: Mapped[uuid.UUID | None] = column(ForeignKey("proposals.id"), index=True)
