"""Volunteers: what they care about, what they can do, when and where."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, column

ADULT = 18


def age(birth_date: date, on: date) -> int:
    """Count the full years of a life on a day; who was born on 29 February waits for 1 March."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


class Volunteer(Versioned, Base):
    """A person's profile; it belongs to that person, whoever brought it."""

    __tablename__ = "volunteers"
    __table_args__ = (
        UniqueConstraint("centre_id", "external_id"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_location"),
    )

    # Empty while a centre has brought the volunteer and they have not yet taken over.
    account_id: Mapped[uuid.UUID | None] = column(ForeignKey("accounts.id"), unique=True)
    centre_id: Mapped[uuid.UUID | None] = column(ForeignKey("centres.id"), index=True)
    external_id: Mapped[str | None] = column(String(200), pii="low")
    name: Mapped[str] = column(String(200), pii="contact")
    email: Mapped[str | None] = column(String(254), pii="contact")
    language: Mapped[str] = column(String(2), pii="low")
    interests: Mapped[str] = column(Text, pii="sensitive")
    causes: Mapped[list[str]] = column(pii="sensitive")
    skills: Mapped[list[dict[str, Any]]] = column(pii="low")
    languages: Mapped[list[dict[str, Any]]] = column(pii="low")
    slots: Mapped[int] = column(Integer, pii="low")
    latitude: Mapped[float | None] = column(pii="sensitive")
    longitude: Mapped[float | None] = column(pii="sensitive")
    place: Mapped[str | None] = column(String(300), pii="sensitive")
    radius_km: Mapped[float] = column(pii="low")
    location_types: Mapped[list[str]] = column(pii="low")
    birth_date: Mapped[date | None] = column(pii="sensitive")
    # Fields that the person has written: an import never touches them again.
    own_edits: Mapped[list[str]] = column(pii="low")
    ranked_at: Mapped[datetime | None] = column(pii="low")
    # The person has left: the row stays, empty, for the sums of organisations hang on it.
    erased_at: Mapped[datetime | None] = column()

    def is_minor(self, on: date) -> bool:
        """Say whether the person is known to be under 18 on that day."""
        return self.birth_date is not None and age(self.birth_date, on) < ADULT

    def erase(self, at: datetime) -> None:
        """Forget all that is said here of the person, and whose it was."""
        self.account_id = self.centre_id = self.external_id = None
        self.email = self.latitude = self.longitude = self.place = self.birth_date = self.ranked_at = None
        self.name = self.interests = ""
        self.language = "en"
        self.causes, self.skills, self.languages, self.own_edits = [], [], [], []
        self.location_types = []
        self.slots = 0
        self.radius_km = 0.0
        self.erased_at = at

    def keep_as_own(self, fields: list[str]) -> None:
        """Remember which fields the person has written themselves."""
        self.own_edits = sorted({*self.own_edits, *fields})
