"""Hours: time given in a placement, entered by the volunteer, confirmed or corrected by the organisation."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, choice, column
from models.errors import NotPossible

# Nobody gives more to a day, over all placements together.
MOST_MINUTES_A_DAY = 24 * 60


class HoursStatus(StrEnum):
    """Where an entry stands between the two sides."""

    ENTERED = "entered"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    DISPUTED = "disputed"


# The organisation confirms or corrects; the volunteer accepts a correction (confirmed) or disputes it.
STEPS: dict[HoursStatus, frozenset[HoursStatus]] = {
    HoursStatus.ENTERED: frozenset({HoursStatus.CONFIRMED, HoursStatus.CORRECTED}),
    HoursStatus.CONFIRMED: frozenset({HoursStatus.CORRECTED}),
    HoursStatus.CORRECTED: frozenset({HoursStatus.CONFIRMED, HoursStatus.CORRECTED, HoursStatus.DISPUTED}),
    HoursStatus.DISPUTED: frozenset({HoursStatus.CONFIRMED, HoursStatus.CORRECTED}),
}
# These wait for the organisation.
WAITING = (HoursStatus.ENTERED, HoursStatus.DISPUTED)


class Hours(Versioned, Base):
    """Time given on one day; that of a night belongs to the day on which it began."""

    __tablename__ = "hours"
    __table_args__ = (
        CheckConstraint(f"minutes BETWEEN 1 AND {MOST_MINUTES_A_DAY}", name="minutes"),
        CheckConstraint(f"corrected_minutes BETWEEN 0 AND {MOST_MINUTES_A_DAY}", name="corrected_minutes"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="whole_times"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint(
            "status NOT IN ('corrected', 'disputed') OR corrected_minutes IS NOT NULL", name="corrected"
        ),
        Index("ix_hours_volunteer_date", "volunteer_id", "date"),
        Index("ix_hours_organisation_status_date", "organisation_id", "status", "date"),
    )

    placement_id: Mapped[uuid.UUID] = column(ForeignKey("placements.id"), index=True)
    # Kept here too: what each side sees begins with its own id.
    volunteer_id: Mapped[uuid.UUID] = column(ForeignKey("volunteers.id"))
    organisation_id: Mapped[uuid.UUID] = column(ForeignKey("organisations.id"))
    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id"), index=True)
    # The day by the clocks of the need's time zone.
    date: Mapped[date] = column(pii="low")
    minutes: Mapped[int] = column(pii="low")
    starts_at: Mapped[datetime | None] = column(pii="low")
    ends_at: Mapped[datetime | None] = column(pii="low")
    note: Mapped[str | None] = column(Text, pii="sensitive")
    status: Mapped[HoursStatus] = column(choice(HoursStatus, "status"), pii="low")
    corrected_minutes: Mapped[int | None] = column(pii="low")
    correction_reason: Mapped[str | None] = column(Text, pii="sensitive")
    dispute: Mapped[str | None] = column(Text, pii="sensitive")
    decided_at: Mapped[datetime | None] = column(pii="low")

    @property
    def counted_minutes(self) -> int:
        """Say how much of it the organisation vouches for; only that stands in a record."""
        if self.status is HoursStatus.ENTERED:
            return 0
        return self.minutes if self.corrected_minutes is None else self.corrected_minutes

    def must_be_unanswered(self) -> None:
        """The volunteer changes or removes an entry only until the organisation has answered."""
        if self.status is not HoursStatus.ENTERED:
            raise NotPossible("hours_answered", self.status)

    def confirm(self, at: datetime) -> None:
        """The organisation says that it was so, also of what it had corrected before."""
        if self.status not in WAITING:
            raise NotPossible("hours_answered", self.status)
        self._step(HoursStatus.CONFIRMED, at)
        self.corrected_minutes = self.correction_reason = self.dispute = None

    def correct(self, minutes: int, reason: str, at: datetime) -> None:
        """The organisation says how much it was, and why it thinks so."""
        self._step(HoursStatus.CORRECTED, at)
        self.corrected_minutes, self.correction_reason = minutes, reason

    def accept_correction(self, at: datetime) -> None:
        """The volunteer says that the organisation is right."""
        if self.status is not HoursStatus.CORRECTED:
            raise NotPossible("hours_not_corrected", self.status)
        self._step(HoursStatus.CONFIRMED, at)

    def dispute_correction(self, text: str, at: datetime) -> None:
        """The volunteer says that it was otherwise; the organisation looks at it again."""
        if self.status is not HoursStatus.CORRECTED:
            raise NotPossible("hours_not_corrected", self.status)
        self._step(HoursStatus.DISPUTED, at)
        self.dispute = text

    def _step(self, to: HoursStatus, at: datetime) -> None:
        if to not in STEPS[self.status]:
            raise NotPossible("hours_answered", self.status)
        self.status = to
        self.decided_at = at
