"""Introductions: a volunteer gets to know an organisation before deciding; it binds nobody."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, choice, column
from models.errors import NotPossible

MOST_AT_ONCE = 1000


class IntroductionKind(StrEnum):
    """How the two get to know each other."""

    QUESTION = "question"
    VISIT = "visit"
    CALL = "call"


class IntroductionStatus(StrEnum):
    """Where an introduction stands: a question is asked, then answered; a visit or a call is booked."""

    ASKED = "asked"
    ANSWERED = "answered"
    BOOKED = "booked"
    CANCELLED = "cancelled"


class Side(StrEnum):
    """Who of the two did something."""

    VOLUNTEER = "volunteer"
    ORGANISATION = "organisation"


class IntroductionSlot(Versioned, Base):
    """A time at which an organisation offers a visit or a call, to one or more volunteers."""

    __tablename__ = "introduction_slots"
    __table_args__ = (
        CheckConstraint(f"places BETWEEN 1 AND {MOST_AT_ONCE}", name="places"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_introduction_slots_organisation_starts", "organisation_id", "starts_at"),
    )

    organisation_id: Mapped[uuid.UUID] = column(ForeignKey("organisations.id"))
    kind: Mapped[IntroductionKind] = column(choice(IntroductionKind, "kind"))
    starts_at: Mapped[datetime] = column()
    ends_at: Mapped[datetime] = column()
    timezone: Mapped[str] = column(String(64))
    # Where to come, or how the call is made; the organisation's own words.
    place: Mapped[str | None] = column(String(300))
    places: Mapped[int] = column()
    cancelled_at: Mapped[datetime | None] = column()

    def is_offered(self, at: datetime) -> bool:
        """Say whether it can still be taken, as far as time goes."""
        return self.cancelled_at is None and self.starts_at > at

    def cancel(self, at: datetime) -> None:
        """The organisation takes the time back."""
        if self.cancelled_at is not None:
            raise NotPossible("introduction_over")
        self.cancelled_at = at


class Introduction(Versioned, Base):
    """A question with its reply, or a visit or call at a time that the organisation offers."""

    __tablename__ = "introductions"
    __table_args__ = (
        CheckConstraint("(kind = 'question') = (slot_id IS NULL)", name="slot_but_for_questions"),
        Index("ix_introductions_organisation_status_created", "organisation_id", "status", "created_at"),
    )

    proposal_id: Mapped[uuid.UUID] = column(ForeignKey("proposals.id"), index=True)
    # Kept here too: what an organisation sees begins with its own id, and leads to no volunteer.
    organisation_id: Mapped[uuid.UUID] = column(ForeignKey("organisations.id"))
    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id"))
    slot_id: Mapped[uuid.UUID | None] = column(ForeignKey("introduction_slots.id"), index=True)
    kind: Mapped[IntroductionKind] = column(choice(IntroductionKind, "kind"))
    status: Mapped[IntroductionStatus] = column(choice(IntroductionStatus, "status"))
    # By this the organisation tells its threads apart; drawn by lot, for one proposal.
    label: Mapped[str] = column(String(8), pii="low")
    text: Mapped[str | None] = column(Text, pii="sensitive")
    reply: Mapped[str | None] = column(Text)
    answered_at: Mapped[datetime | None] = column()
    cancelled_at: Mapped[datetime | None] = column()
    cancelled_by: Mapped[Side | None] = column(choice(Side, "cancelled_by"))

    def answer(self, text: str, at: datetime) -> None:
        """The organisation replies to a question, once."""
        if self.status is not IntroductionStatus.ASKED:
            raise NotPossible("introduction_over", self.status)
        self.status = IntroductionStatus.ANSWERED
        self.reply = text
        self.answered_at = at

    def cancel(self, by: Side, at: datetime) -> None:
        """Either side says that it will not be."""
        if self.status not in (IntroductionStatus.ASKED, IntroductionStatus.BOOKED):
            raise NotPossible("introduction_over", self.status)
        self.status = IntroductionStatus.CANCELLED
        self.cancelled_at = at
        self.cancelled_by = by
