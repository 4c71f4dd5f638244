"""Placements: the place a volunteer holds from acceptance until it is over."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, choice, column
from models.errors import NotPossible


class PlacementStatus(StrEnum):
    """Where a placement stands."""

    HELD = "held"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    NO_SHOW = "no_show"


# While a placement is one of these, its place is taken and the two sides see each other.
LIVE = (PlacementStatus.HELD, PlacementStatus.CONFIRMED)


class Placement(Versioned, Base):
    """What an acceptance becomes."""

    __tablename__ = "placements"

    # A proposal that is accepted, withdrawn from and chosen anew has a placement for each time.
    proposal_id: Mapped[uuid.UUID] = column(ForeignKey("proposals.id"), index=True)
    volunteer_id: Mapped[uuid.UUID] = column(ForeignKey("volunteers.id"), index=True)
    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id"), index=True)
    # 0 where the need has shifts: the placement then holds a place in each accepted shift (ShiftPlace).
    place_number: Mapped[int] = column()
    status: Mapped[PlacementStatus] = column(choice(PlacementStatus, "status"), pii="low")
    confirmed_at: Mapped[datetime | None] = column()
    ended_at: Mapped[datetime | None] = column()
    release_reason: Mapped[str | None] = column(Text, pii="sensitive")
    message: Mapped[str | None] = column(String(2000), pii="sensitive")

    def is_live(self) -> bool:
        """Say whether the volunteer still holds the place."""
        return self.status in LIVE

    def confirm(self, at: datetime) -> None:
        """The organisation counts on the volunteer."""
        if self.status is not PlacementStatus.HELD:
            raise NotPossible("placement_not_held", self.status)
        self.status = PlacementStatus.CONFIRMED
        self.confirmed_at = at

    def withdraw(self, at: datetime) -> None:
        """The volunteer gives the place back."""
        self._end(PlacementStatus.WITHDRAWN, at)

    def release(self, reason: str, at: datetime) -> None:
        """The organisation lets the volunteer go, and says why."""
        self._end(PlacementStatus.RELEASED, at)
        self.release_reason = reason

    def _end(self, status: PlacementStatus, at: datetime) -> None:
        if not self.is_live():
            raise NotPossible("placement_over", self.status)
        self.status = status
        self.ended_at = at
