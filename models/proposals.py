"""Proposals: one volunteer and one need, why, and what the volunteer said to it."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, Identified, Versioned, choice, column
from models.errors import NotPossible
from models.needs import Need


class ProposalStatus(StrEnum):
    """Where a proposal stands; product.md draws the ways between them."""

    PROPOSED = "proposed"
    SNOOZED = "snoozed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    EXPIRED = "expired"


# While a proposal is one of these, the volunteer may still get to know the organisation.
UNDECIDED = (
    ProposalStatus.PROPOSED,
    ProposalStatus.SNOOZED,
    ProposalStatus.WAITLISTED,
    ProposalStatus.OFFERED,
)


class ProposalOrigin(StrEnum):
    """How the two came to meet."""

    RANKING = "ranking"
    SEARCH = "search"
    INVITATION = "invitation"


class DeclineReason(StrEnum):
    """Why a volunteer said no, where they care to say."""

    TOO_FAR = "too_far"
    WRONG_TIME = "wrong_time"
    NOT_INTERESTED = "not_interested"
    SKILLS = "skills"
    ALREADY_BUSY = "already_busy"
    OTHER = "other"


# What is told with a need to which its organisation invited: it weighs nothing, and stays in every ranking.
INVITED: dict[str, Any] = {"code": "invited", "weight": 0.0, "params": {}}

# The only ways between the states (I-02), as product.md draws them.
STEPS: dict[ProposalStatus, frozenset[ProposalStatus]] = {
    ProposalStatus.PROPOSED: frozenset(
        {
            ProposalStatus.ACCEPTED,
            ProposalStatus.DECLINED,
            ProposalStatus.SNOOZED,
            ProposalStatus.WAITLISTED,
            ProposalStatus.EXPIRED,
        }
    ),
    ProposalStatus.SNOOZED: frozenset({ProposalStatus.PROPOSED, ProposalStatus.EXPIRED}),
    ProposalStatus.DECLINED: frozenset({ProposalStatus.PROPOSED}),
    # Who waits leaves by withdrawing: it is the yes that they take back, and tells nothing of their taste.
    ProposalStatus.WAITLISTED: frozenset(
        {ProposalStatus.OFFERED, ProposalStatus.WITHDRAWN, ProposalStatus.EXPIRED}
    ),
    # An offer whose date passes is no answer: it expires, as what nobody answers does, and so it does
    # where the need goes.
    ProposalStatus.OFFERED: frozenset(
        {ProposalStatus.ACCEPTED, ProposalStatus.DECLINED, ProposalStatus.EXPIRED}
    ),
    ProposalStatus.ACCEPTED: frozenset({ProposalStatus.WITHDRAWN, ProposalStatus.RELEASED}),
    # Who has withdrawn can choose the need anew, by themselves only; nobody proposes it to them again.
    ProposalStatus.WITHDRAWN: frozenset({ProposalStatus.PROPOSED}),
    # Whose shifts were all cancelled can choose others (choose says so); who was let go cannot.
    ProposalStatus.RELEASED: frozenset({ProposalStatus.PROPOSED}),
    ProposalStatus.EXPIRED: frozenset({ProposalStatus.PROPOSED}),
}


class Proposal(Versioned, Base):
    """A need put before a volunteer; only that volunteer answers it."""

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("volunteer_id", "need_id"),
        # I-01 once more, where no code can go round it: who accepted is that very volunteer.
        # A trigger (migrations) adds I-09: no row begins as accepted.
        CheckConstraint(
            "status <> 'accepted' OR (accepted_by IS NOT NULL AND accepted_by = volunteer_id)",
            name="accepted_by_its_volunteer",
        ),
        Index("ix_proposals_volunteer_status_position", "volunteer_id", "status", "position"),
    )

    volunteer_id: Mapped[uuid.UUID] = column(ForeignKey("volunteers.id"))
    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id"), index=True)
    status: Mapped[ProposalStatus] = column(choice(ProposalStatus, "status"), pii="sensitive")
    origin: Mapped[ProposalOrigin] = column(choice(ProposalOrigin, "origin"))
    # How likely a yes is held to be, from 0 to 1.
    score: Mapped[float] = column(pii="low")
    # Where it stands in the volunteer's list, 0 first; an answered one keeps the place it had.
    position: Mapped[int] = column(default=0, server_default="0", pii="low")
    # Why it was proposed: [{code, weight, params}], put into words in the reader's language.
    reasons: Mapped[list[dict[str, Any]]] = column(pii="sensitive")
    model: Mapped[str] = column(String(100))
    decided_at: Mapped[datetime | None] = column(pii="low")
    accepted_by: Mapped[uuid.UUID | None] = column(pii="low")
    decline_reason: Mapped[DeclineReason | None] = column(
        choice(DeclineReason, "decline_reason"), pii="sensitive"
    )
    note: Mapped[str | None] = column(Text, pii="sensitive")
    # What the volunteer wants to tell the organisation when accepting.
    message: Mapped[str | None] = column(Text, pii="sensitive")
    snoozed_until: Mapped[datetime | None] = column(pii="low")
    # Until when a place is kept for the volunteer, where one is offered.
    decision_due: Mapped[datetime | None] = column(pii="low")

    need: Mapped[Need] = relationship(lazy="raise")

    def _step(self, to: ProposalStatus, at: datetime) -> None:
        if to not in STEPS[self.status]:
            raise NotPossible("already_decided", self.status)
        self.status = to
        self.decided_at = at
        self.snoozed_until = self.decision_due = None

    def snooze(self, until: datetime, at: datetime) -> None:
        """The volunteer says not now: nobody asks again before that time."""
        self._step(ProposalStatus.SNOOZED, at)
        self.decided_at = None
        self.snoozed_until = until

    def wake(self, at: datetime) -> None:
        """The time of a not-now has come, or the volunteer answers before it."""
        if self.status is not ProposalStatus.SNOOZED:
            raise NotPossible("already_decided", self.status)
        self._step(ProposalStatus.PROPOSED, at)
        self.decided_at = None

    def choose(self, at: datetime, *, let_go: bool = True) -> None:
        """The volunteer takes a need up by themselves, but for one who was let go."""
        if self.status is ProposalStatus.RELEASED and let_go:
            raise NotPossible("already_decided", self.status)
        if self.status is not ProposalStatus.PROPOSED:
            self._step(ProposalStatus.PROPOSED, at)
        if self.origin is ProposalOrigin.RANKING:
            self.origin = ProposalOrigin.SEARCH
        self.decided_at = self.accepted_by = self.decline_reason = self.note = self.message = None

    def accept(self, message: str | None, at: datetime) -> None:
        """The volunteer says yes; to an offered place by its date."""
        if self.status is ProposalStatus.OFFERED:
            if self.decision_due is not None and self.decision_due <= at:
                raise NotPossible("offer_over", self.status)
            # What they said when they began to wait, unless they say it anew.
            message = message or self.message
        self._step(ProposalStatus.ACCEPTED, at)
        self.accepted_by = self.volunteer_id
        self.message = message
        self.decline_reason = None
        self.note = None

    def wait(self, message: str | None, at: datetime) -> None:
        """The volunteer wants a place of a full need, when one comes free."""
        self._step(ProposalStatus.WAITLISTED, at)
        self.message = message

    def offer(self, due: datetime, at: datetime) -> None:
        """A place came free, and is kept for the volunteer until they decide, or that time has passed."""
        self._step(ProposalStatus.OFFERED, at)
        self.decided_at = None
        self.decision_due = due

    def decline(self, reason: DeclineReason | None, note: str | None, at: datetime) -> None:
        """The volunteer says no, with a reason where they like."""
        self._step(ProposalStatus.DECLINED, at)
        self.decline_reason = reason
        self.note = note

    def reconsider(self, at: datetime) -> None:
        """The volunteer takes a no, or a not-now, back."""
        if self.status not in (ProposalStatus.DECLINED, ProposalStatus.SNOOZED):
            raise NotPossible("not_declined", self.status)
        self._step(ProposalStatus.PROPOSED, at)
        self.decided_at = None
        self.decline_reason = None
        self.note = None

    def withdraw(self, note: str | None, at: datetime) -> None:
        """The volunteer takes a yes back, or waits no more."""
        if self.status not in (ProposalStatus.ACCEPTED, ProposalStatus.WAITLISTED):
            raise NotPossible("not_accepted", self.status)
        self._step(ProposalStatus.WITHDRAWN, at)
        self.note = note

    def release(self, at: datetime) -> None:
        """The organisation lets the volunteer go; the reason is kept with the placement."""
        self._step(ProposalStatus.RELEASED, at)

    def expire(self, at: datetime) -> None:
        """The need closed or no longer fits, or an offer's date passed, before the volunteer answered."""
        self._step(ProposalStatus.EXPIRED, at)

    def propose_again(self, score: float, reasons: list[dict[str, Any]], model: str) -> None:
        """Put an expired need, open again, before the volunteer anew."""
        if self.status is not ProposalStatus.EXPIRED:
            raise NotPossible("already_decided", self.status)
        self.status = ProposalStatus.PROPOSED
        self.decided_at = None
        self.rank(score, reasons, model)

    def invite(self) -> None:
        """Its organisation asks the volunteer to look at it; it is theirs to answer, as before."""
        if self.origin is ProposalOrigin.RANKING:
            self.origin = ProposalOrigin.INVITATION
        if INVITED not in self.reasons:
            self.reasons = [INVITED, *self.reasons]

    def rank(self, score: float, reasons: list[dict[str, Any]], model: str) -> None:
        """Give a proposal its latest score and reasons."""
        self.score = score
        self.reasons = [*(one for one in self.reasons or () if one == INVITED), *reasons]
        self.model = model


class RankedList(Identified, Base):
    """A list as it was put before a volunteer: what stood where, and why; the ranking learns from it."""

    __tablename__ = "ranked_lists"

    volunteer_id: Mapped[uuid.UUID] = column(ForeignKey("volunteers.id", ondelete="CASCADE"), index=True)
    ranked_at: Mapped[datetime] = column(pii="low")
    model: Mapped[str] = column(String(100))
    # How the order came of the utilities, and the place of the first of two that changed places by chance.
    policy: Mapped[str] = column(String(60), server_default="")
    swapped_place: Mapped[int | None] = column()
    # The volunteer asked for it, and so saw it.
    asked: Mapped[bool] = column(server_default=false(), pii="low")
    # The features by name, in the order of each item's; empty in lists from before they were kept.
    names: Mapped[list[str]] = column(server_default="[]")
    # [{need_id, position, score, features}], position 0 first; an unknown feature is null.
    items: Mapped[list[dict[str, Any]]] = column(pii="sensitive")
