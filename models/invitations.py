"""Invitations: an organisation asks a volunteer whom it knows to look at a need, and learns no answer."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped

from models.base import Base, Identified, Versioned, column


class ShareCode(Identified, Base):
    """With it a volunteer shares themselves with one organisation, or with any that they give it to.

    Only its hash is kept. A row outlives its volunteer: who holds the code must not learn that they left.
    """

    __tablename__ = "share_codes"

    volunteer_id: Mapped[uuid.UUID | None] = column(
        ForeignKey("volunteers.id", ondelete="SET NULL"), index=True
    )
    organisation_id: Mapped[uuid.UUID | None] = column(ForeignKey("organisations.id"), pii="low")
    code_hash: Mapped[str] = column(String(64), unique=True, pii="sensitive")
    created_at: Mapped[datetime] = column(pii="low")
    expires_at: Mapped[datetime] = column(pii="low")
    ended_at: Mapped[datetime | None] = column(pii="low")

    def opens(self, organisation_id: uuid.UUID, at: datetime) -> bool:
        """Say whether that organisation can invite by it now."""
        live = self.ended_at is None and self.expires_at > at
        return live and self.organisation_id in (None, organisation_id)

    def end(self, at: datetime) -> None:
        """The volunteer takes it back."""
        if self.ended_at is None:
            self.ended_at = at


class Invitation(Versioned, Base):
    """One request of an organisation; it names no volunteer until it has reached one."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("(placement_id IS NULL) <> (share_code_id IS NULL)", name="one_way"),
        # Where it reached nobody, volunteer_id stays empty; empty ones are never the same.
        UniqueConstraint("volunteer_id", "need_id"),
        Index("ix_invitations_need_created", "need_id", "created_at"),
    )

    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id"))
    organisation_id: Mapped[uuid.UUID] = column(ForeignKey("organisations.id"), index=True)
    placement_id: Mapped[uuid.UUID | None] = column(ForeignKey("placements.id"), index=True)
    share_code_id: Mapped[uuid.UUID | None] = column(ForeignKey("share_codes.id"), index=True)
    volunteer_id: Mapped[uuid.UUID | None] = column(
        ForeignKey("volunteers.id", ondelete="SET NULL"), pii="low"
    )
    reached_at: Mapped[datetime | None] = column(pii="low")

    def reach(self, volunteer_id: uuid.UUID, at: datetime) -> None:
        """It has come to a volunteer."""
        self.volunteer_id, self.reached_at = volunteer_id, at


class InvitationSettings(Versioned, Base):
    """From whom a volunteer takes invitations; there is no row until they choose."""

    __tablename__ = "invitation_settings"

    volunteer_id: Mapped[uuid.UUID] = column(ForeignKey("volunteers.id", ondelete="CASCADE"), unique=True)
    welcome: Mapped[bool] = column(default=True, server_default=true(), pii="low")
    # Ids of organisations that are not to invite them, whatever else holds.
    refused: Mapped[list[str]] = column(pii="low")

    def lets_in(self, organisation_id: uuid.UUID) -> bool:
        """Say whether an invitation of that organisation may come."""
        return self.welcome and str(organisation_id) not in self.refused
