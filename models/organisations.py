"""Organisations: who they are, and whether a centre has verified them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, choice, column


class OrganisationStatus(StrEnum):
    """How far an organisation is trusted."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class Organisation(Versioned, Base):
    """A civil society organisation."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("centre_id", "external_id"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_location"),
    )

    centre_id: Mapped[uuid.UUID] = column(ForeignKey("centres.id"), index=True)
    external_id: Mapped[str | None] = column(String(200))
    name: Mapped[str] = column(String(300))
    # The name as it is compared: case and spaces folded.
    name_folded: Mapped[str] = column(String(300), index=True)
    description: Mapped[str] = column(Text)
    mission: Mapped[str | None] = column(Text)
    causes: Mapped[list[str]] = column()
    website: Mapped[str | None] = column(String(500))
    registrations: Mapped[list[dict[str, Any]]] = column()
    latitude: Mapped[float | None] = column()
    longitude: Mapped[float | None] = column()
    place: Mapped[str | None] = column(String(300))
    language: Mapped[str] = column(String(2))
    status: Mapped[OrganisationStatus] = column(choice(OrganisationStatus, "status"), index=True)
    verified_at: Mapped[datetime | None] = column()
    status_note: Mapped[str | None] = column(Text)

    def verify(self, note: str, at: datetime) -> None:
        """The centre has looked and vouches for it."""
        self.status = OrganisationStatus.VERIFIED
        self.status_note = note
        self.verified_at = at

    def suspend(self, note: str) -> None:
        """The centre takes it off everywhere."""
        self.status = OrganisationStatus.SUSPENDED
        self.status_note = note
