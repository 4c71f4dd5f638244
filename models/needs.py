"""Needs: what an organisation asks for, and the numbered places that volunteers hold."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, choice, column
from models.errors import NotPossible

MOST_PLACES = 5000
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class NeedStatus(StrEnum):
    """The life of a need: draft, then open and full by turns, then closed or cancelled."""

    DRAFT = "draft"
    OPEN = "open"
    FULL = "full"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class LocationType(StrEnum):
    """Where the work is done."""

    ONSITE = "onsite"
    HYBRID = "hybrid"
    REMOTE = "remote"


class Need(Versioned, Base):
    """What an organisation asks volunteers for."""

    __tablename__ = "needs"
    __table_args__ = (
        UniqueConstraint("centre_id", "external_id"),
        CheckConstraint(f"places BETWEEN 1 AND {MOST_PLACES}", name="places"),
        CheckConstraint("places_taken BETWEEN 0 AND places", name="places_taken"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_location"),
        CheckConstraint("ends_at >= starts_at", name="ends_after_start"),
        CheckConstraint("maximum_age >= minimum_age", name="ages"),
        # The public list pages through open needs, newest first.
        Index("ix_needs_published", "published_at", "id"),
    )

    organisation_id: Mapped[uuid.UUID] = column(ForeignKey("organisations.id"), index=True)
    # The organisation's centre, kept here too because an external id is unique within a centre.
    centre_id: Mapped[uuid.UUID] = column(ForeignKey("centres.id"))
    external_id: Mapped[str | None] = column(String(200))
    status: Mapped[NeedStatus] = column(choice(NeedStatus, "status"))
    title: Mapped[str] = column(String(300))
    description: Mapped[str] = column(Text)
    language: Mapped[str] = column(String(2))
    causes: Mapped[list[str]] = column()
    skills: Mapped[list[str]] = column()
    languages: Mapped[list[str]] = column()
    requirements: Mapped[list[str]] = column()
    rewards: Mapped[list[str]] = column()
    accessibility: Mapped[list[str]] = column()
    location_type: Mapped[LocationType] = column(choice(LocationType, "location_type"))
    latitude: Mapped[float | None] = column()
    longitude: Mapped[float | None] = column()
    place: Mapped[str | None] = column(String(300))
    timezone: Mapped[str] = column(String(64))
    starts_at: Mapped[datetime | None] = column()
    ends_at: Mapped[datetime | None] = column()
    rrule: Mapped[str | None] = column(String(500))
    # The weekly slots as bits (models/vocabularies: weekday times 3 plus part of the day).
    slots: Mapped[int] = column(Integer)
    commitment_hours_per_week: Mapped[float | None] = column()
    minimum_age: Mapped[int | None] = column()
    maximum_age: Mapped[int | None] = column()
    places: Mapped[int] = column()
    # How many of the numbered places are held, or kept for whom they are offered to; the rows of `places`
    # are the truth behind it.
    places_taken: Mapped[int] = column(default=0)
    publish_at: Mapped[datetime | None] = column()
    published_at: Mapped[datetime | None] = column()
    expires_at: Mapped[datetime | None] = column()
    closed_at: Mapped[datetime | None] = column()
    # Of a need with shifts (models/shifts.py): how many there are, cancelled ones too; of those still to
    # come, from when until when, in which weekly slots, and their places together. The rows of `shifts`
    # are the truth behind it. Its own places are then no places that anybody holds.
    shift_count: Mapped[int] = column(default=0, server_default="0")
    shifts_from: Mapped[datetime | None] = column()
    shifts_until: Mapped[datetime | None] = column()
    shift_slots: Mapped[int] = column(Integer, default=0, server_default="0")
    shift_places: Mapped[int] = column(default=0, server_default="0")
    shift_places_taken: Mapped[int] = column(default=0, server_default="0")

    @property
    def all_places(self) -> int:
        """Say how many places there are: its own, or those of its shifts to come."""
        return self.shift_places if self.shift_count else self.places

    @property
    def all_places_taken(self) -> int:
        """Say how many of all places are held."""
        return self.shift_places_taken if self.shift_count else self.places_taken

    @property
    def places_left(self) -> int:
        """Say how many more places can be held."""
        return self.all_places - self.all_places_taken

    def publish(self, at: datetime) -> None:
        """Open a draft, or open a closed need again."""
        if self.status not in (NeedStatus.DRAFT, NeedStatus.CLOSED):
            raise NotPossible("need_not_draft", self.status)
        if self.is_over(at):
            raise NotPossible("need_over", self.status)
        self.status = NeedStatus.OPEN if self.places_left else NeedStatus.FULL
        self.published_at = self.published_at or at
        self.closed_at = None

    def close(self, at: datetime) -> None:
        """Take it off the lists; those who hold a place keep it."""
        if self.status not in (NeedStatus.OPEN, NeedStatus.FULL):
            raise NotPossible("need_not_open", self.status)
        self.status = NeedStatus.CLOSED
        self.closed_at = at

    def cancel(self, at: datetime) -> None:
        """Say that it will not happen."""
        if self.status is NeedStatus.CANCELLED:
            raise NotPossible("need_cancelled", self.status)
        self.status = NeedStatus.CANCELLED
        self.closed_at = at

    @property
    def over_at(self) -> datetime | None:
        """Say when its dates, or its own expiry, will have passed; None where they never do."""
        last = self.ends_at or self.starts_at
        if self.shift_count:
            last = self.shifts_until or LONG_AGO
        elif self.rrule is not None:
            last = None  # a need that repeats is not over with its first date
        return min((one for one in (last, self.expires_at) if one is not None), default=None)

    def is_over(self, at: datetime) -> bool:
        """Say whether its dates, or its own expiry, have passed."""
        return self.over_at is not None and self.over_at <= at

    def take_place(self) -> None:
        """Count one more place that is held or offered; the last one makes the need full."""
        if self.status is not NeedStatus.OPEN:
            raise NotPossible("need_full" if self.status is NeedStatus.FULL else "need_closed")
        self.places_taken += 1
        if not self.places_left:
            self.status = NeedStatus.FULL

    def free_place(self) -> None:
        """Count one such place less; a full need is open again."""
        self.places_taken -= 1
        if self.status is NeedStatus.FULL:
            self.status = NeedStatus.OPEN

    def follow_shifts(self) -> None:
        """Be open while a shift to come has a free place, and full while none has."""
        if self.status in (NeedStatus.OPEN, NeedStatus.FULL):
            self.status = NeedStatus.OPEN if self.places_left else NeedStatus.FULL


class Place(Base):
    """Room for one volunteer: a numbered row, so that two people can never hold the same one."""

    __tablename__ = "places"
    __table_args__ = (CheckConstraint("placement_id IS NULL OR offered_to IS NULL", name="held_or_offered"),)

    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = column(primary_key=True, autoincrement=False)
    placement_id: Mapped[uuid.UUID | None] = column(ForeignKey("placements.id"), unique=True)
    # The proposal for which it is kept while its volunteer decides; nobody else can take it meanwhile.
    offered_to: Mapped[uuid.UUID | None] = column(ForeignKey("proposals.id"), unique=True)
