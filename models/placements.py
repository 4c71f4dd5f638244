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


# While a placement is one of these, the volunteer holds the place and the two sides see each other.
LIVE = (PlacementStatus.HELD, PlacementStatus.CONFIRMED)
# These use their place: what is over, kept or not, does not make room in a need for somebody else.
USES_PLACE = (*LIVE, PlacementStatus.COMPLETED, PlacementStatus.NO_SHOW)
# Time given in these can be entered, confirmed and corrected.
GIVES_HOURS = (*LIVE, PlacementStatus.COMPLETED)

_OVER = {
    PlacementStatus.COMPLETED,
    PlacementStatus.WITHDRAWN,
    PlacementStatus.RELEASED,
    PlacementStatus.NO_SHOW,
}
# The only ways between the states (I-02), as product.md draws them; a no-show said by mistake is mended.
STEPS: dict[PlacementStatus, frozenset[PlacementStatus]] = {
    PlacementStatus.HELD: frozenset({PlacementStatus.CONFIRMED, *_OVER} - {PlacementStatus.COMPLETED}),
    PlacementStatus.CONFIRMED: frozenset(_OVER),
    PlacementStatus.NO_SHOW: frozenset({PlacementStatus.COMPLETED}),
    PlacementStatus.COMPLETED: frozenset(),
    PlacementStatus.WITHDRAWN: frozenset(),
    PlacementStatus.RELEASED: frozenset(),
}

# The place number of a placement that holds its places in the shifts of its need (ShiftPlace).
IN_SHIFTS = 0


class Placement(Versioned, Base):
    """What an acceptance becomes."""

    __tablename__ = "placements"

    # A proposal that is accepted, withdrawn from and chosen anew has a placement for each time.
    proposal_id: Mapped[uuid.UUID] = column(ForeignKey("proposals.id"), index=True)
    volunteer_id: Mapped[uuid.UUID] = column(ForeignKey("volunteers.id"), index=True)
    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id"), index=True)
    # Of the need; IN_SHIFTS where it has shifts.
    place_number: Mapped[int] = column()
    status: Mapped[PlacementStatus] = column(choice(PlacementStatus, "status"), pii="low")
    confirmed_at: Mapped[datetime | None] = column()
    ended_at: Mapped[datetime | None] = column()
    release_reason: Mapped[str | None] = column(Text, pii="sensitive")
    message: Mapped[str | None] = column(String(2000), pii="sensitive")
    # What the organisation says to the volunteer with the completion.
    thanks: Mapped[str | None] = column(Text, pii="sensitive")
    # Since when the volunteer is asked again, and in which respects the need has changed since they last
    # said yes; none while nothing is asked. Until they answer, the place stays theirs.
    asked_again_at: Mapped[datetime | None] = column()
    asked_aspects: Mapped[list[str]] = column(default=list, server_default="[]")
    # When they last said yes to a change.
    reconfirmed_at: Mapped[datetime | None] = column()

    def is_live(self) -> bool:
        """Say whether the volunteer still holds the place."""
        return self.status in LIVE

    def confirm(self, at: datetime) -> None:
        """The organisation counts on the volunteer."""
        if self.status is not PlacementStatus.HELD:
            raise NotPossible("placement_not_held", self.status)
        self._step(PlacementStatus.CONFIRMED)
        self.confirmed_at = at

    def complete(self, thanks: str | None, at: datetime) -> None:
        """What was promised has been done; the organisation may say thank you."""
        self._end(PlacementStatus.COMPLETED, at)
        self.thanks = thanks

    def miss(self, at: datetime) -> None:
        """The organisation says that the volunteer did not come; who said so is kept beside it."""
        self._end(PlacementStatus.NO_SHOW, at)

    def ask_again(self, aspects: list[str], at: datetime) -> None:
        """The need has changed in what matters: one question at a time, about all that changed."""
        self.asked_again_at = at
        self.asked_aspects = sorted({*self.asked_aspects, *aspects})

    def reconfirm(self, asked_at: datetime | None, at: datetime) -> None:
        """The volunteer stays all the same; `asked_at` says which question they have read."""
        if not self.is_live():
            raise NotPossible("placement_over", self.status)
        if self.asked_again_at is None:
            raise NotPossible("not_asked", self.status)
        if asked_at is not None and asked_at != self.asked_again_at:
            raise NotPossible("changed_again", self.status)
        self.asked_again_at, self.asked_aspects = None, []
        self.reconfirmed_at = at

    def withdraw(self, at: datetime) -> None:
        """The volunteer gives the place back."""
        self._end(PlacementStatus.WITHDRAWN, at)

    def release(self, reason: str | None, at: datetime) -> None:
        """The organisation lets the volunteer go, and says why; without a reason its shifts are cancelled."""
        self._end(PlacementStatus.RELEASED, at)
        self.release_reason = reason

    def _end(self, status: PlacementStatus, at: datetime) -> None:
        self._step(status)
        self.ended_at = at
        self.asked_again_at, self.asked_aspects = None, []

    def _step(self, to: PlacementStatus) -> None:
        if to not in STEPS[self.status]:
            raise NotPossible("placement_over", self.status)
        self.status = to


class NoShow(Versioned, Base):
    """That a volunteer did not come: who said so, when, and what the volunteer answers.

    It is there while the placement stands at no_show; if the organisation takes it back, nothing is kept.
    """

    __tablename__ = "no_shows"

    placement_id: Mapped[uuid.UUID] = column(ForeignKey("placements.id"), unique=True)
    said_by: Mapped[uuid.UUID | None] = column(ForeignKey("accounts.id", ondelete="SET NULL"), pii="low")
    said_at: Mapped[datetime] = column(pii="low")
    note: Mapped[str | None] = column(Text, pii="sensitive")
    answer: Mapped[str | None] = column(Text, pii="sensitive")
    answered_at: Mapped[datetime | None] = column(pii="low")

    def reply(self, text: str, at: datetime) -> None:
        """The volunteer says how it was; once more replaces it."""
        self.answer = text
        self.answered_at = at
