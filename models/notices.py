"""Notices: what a person is told of what happened to them, on the pages and, if they like, by mail."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.accounts import AccountKind
from models.base import Base, Identified, Sequence, Versioned, column
from models.events import Event
from models.mail_times import MailRhythm, Quiet, when_due

WEEK = timedelta(days=7)
# So many messages a week may bring proposals that nobody asked for; what concerns a placement always goes.
MOST_A_WEEK = 3


class NoticeKind(StrEnum):
    """What can be told; each kind has a switch of its own."""

    NEW_PROPOSALS = "new_proposals"
    PROPOSAL_WOKEN = "proposal_woken"
    QUESTION_ANSWERED = "question_answered"
    MESSAGE_RECEIVED = "message_received"
    INVITED = "invited"
    QUESTION_ASKED = "question_asked"
    QUESTION_WAITS = "question_waits"
    INTRODUCTION_BOOKED = "introduction_booked"
    INTRODUCTION_CANCELLED = "introduction_cancelled"
    PLACE_OFFERED = "place_offered"
    WAITING_ENDED = "waiting_ended"
    NEED_CHANGED = "need_changed"
    NEED_CLOSED = "need_closed"
    SHIFT_CHANGED = "shift_changed"
    SHIFT_CANCELLED = "shift_cancelled"
    NEED_CANCELLED = "need_cancelled"
    PLACEMENT_CONFIRMED = "placement_confirmed"
    PLACEMENT_RELEASED = "placement_released"
    PLACEMENT_COMPLETED = "placement_completed"
    PLACEMENT_NO_SHOW = "placement_no_show"
    HOURS_CONFIRMED = "hours_confirmed"
    HOURS_CORRECTED = "hours_corrected"
    FEEDBACK_GIVEN = "feedback_given"
    SOMEBODY_ACCEPTED = "somebody_accepted"
    SOMEBODY_WITHDREW = "somebody_withdrew"
    COMPLETION_DUE = "completion_due"
    NO_SHOW_ANSWERED = "no_show_answered"
    HOURS_ENTERED = "hours_entered"
    HOURS_DISPUTED = "hours_disputed"
    SHIFTS_CHOSEN_ANEW = "shifts_chosen_anew"
    ORGANISATION_VERIFIED = "organisation_verified"
    ORGANISATION_SUSPENDED = "organisation_suspended"
    ORGANISATION_WAITING = "organisation_waiting"
    IMPORT_FINISHED = "import_finished"


# What each kind of person is told, in the order in which their switches stand.
KINDS_OF: dict[AccountKind, tuple[NoticeKind, ...]] = {
    AccountKind.VOLUNTEER: (
        NoticeKind.NEW_PROPOSALS,
        NoticeKind.INVITED,
        NoticeKind.PROPOSAL_WOKEN,
        NoticeKind.QUESTION_ANSWERED,
        NoticeKind.INTRODUCTION_CANCELLED,
        NoticeKind.PLACE_OFFERED,
        NoticeKind.WAITING_ENDED,
        NoticeKind.MESSAGE_RECEIVED,
        NoticeKind.NEED_CHANGED,
        NoticeKind.NEED_CANCELLED,
        NoticeKind.NEED_CLOSED,
        NoticeKind.SHIFT_CHANGED,
        NoticeKind.SHIFT_CANCELLED,
        NoticeKind.PLACEMENT_CONFIRMED,
        NoticeKind.PLACEMENT_RELEASED,
        NoticeKind.PLACEMENT_COMPLETED,
        NoticeKind.PLACEMENT_NO_SHOW,
        NoticeKind.HOURS_CONFIRMED,
        NoticeKind.HOURS_CORRECTED,
        NoticeKind.FEEDBACK_GIVEN,
        NoticeKind.ORGANISATION_SUSPENDED,
    ),
    AccountKind.COORDINATOR: (
        NoticeKind.QUESTION_ASKED,
        NoticeKind.QUESTION_WAITS,
        NoticeKind.MESSAGE_RECEIVED,
        NoticeKind.INTRODUCTION_BOOKED,
        NoticeKind.INTRODUCTION_CANCELLED,
        NoticeKind.SOMEBODY_ACCEPTED,
        NoticeKind.SOMEBODY_WITHDREW,
        NoticeKind.COMPLETION_DUE,
        NoticeKind.NO_SHOW_ANSWERED,
        NoticeKind.HOURS_ENTERED,
        NoticeKind.HOURS_DISPUTED,
        NoticeKind.FEEDBACK_GIVEN,
        NoticeKind.SHIFTS_CHOSEN_ANEW,
        NoticeKind.ORGANISATION_VERIFIED,
        NoticeKind.ORGANISATION_SUSPENDED,
    ),
    AccountKind.STAFF: (NoticeKind.ORGANISATION_WAITING, NoticeKind.IMPORT_FINISHED),
    AccountKind.OPERATOR: (),
}
# Where nobody has chosen: what can wait is gathered, all else goes at once.
GATHERED = frozenset(
    {
        *(NoticeKind.NEW_PROPOSALS, NoticeKind.PROPOSAL_WOKEN, NoticeKind.ORGANISATION_WAITING),
        *(NoticeKind.HOURS_ENTERED, NoticeKind.HOURS_CONFIRMED),
    }
)


class NoticeSettings(Versioned, Base):
    """What a person wants to be told by mail, and when; there is no row until they choose."""

    __tablename__ = "notice_settings"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="whole_quiet"),
        CheckConstraint("quiet_from BETWEEN 0 AND 1439", name="quiet_from"),
        CheckConstraint("quiet_until BETWEEN 0 AND 1439", name="quiet_until"),
    )

    account_id: Mapped[uuid.UUID] = column(ForeignKey("accounts.id", ondelete="CASCADE"), unique=True)
    # {kind: rhythm}, of those kinds only that the person has chosen for.
    rhythms: Mapped[dict[str, Any]] = column(pii="low")
    # Empty: that of the person's centre.
    timezone: Mapped[str | None] = column(String(64), pii="low")
    # Minutes of the day, by the clocks of that zone.
    quiet_from: Mapped[int | None] = column(Integer, pii="low")
    quiet_until: Mapped[int | None] = column(Integer, pii="low")


class Wishes:
    """What holds for one person: what they chose, and what is usual where they did not."""

    def __init__(self, chosen: NoticeSettings | None, centre_timezone: str | None) -> None:
        """Take what is kept, and the time zone of the person's centre, if they have one."""
        self.rhythms: dict[str, str] = dict(chosen.rhythms) if chosen else {}
        self.timezone = (chosen.timezone if chosen else None) or centre_timezone or "UTC"
        self.quiet: Quiet | None = None
        if chosen and chosen.quiet_from is not None and chosen.quiet_until is not None:
            self.quiet = Quiet(chosen.quiet_from, chosen.quiet_until)

    def rhythm(self, kind: str) -> MailRhythm:
        """Say how a kind of notice goes out by mail."""
        usual = MailRhythm.DAILY if kind in GATHERED else MailRhythm.IMMEDIATELY
        return MailRhythm(self.rhythms.get(kind, usual))

    def due(self, kind: str, at: datetime) -> datetime | None:
        """Say when a notice of now should go out by mail; None for never."""
        return when_due(self.rhythm(kind), at, self.timezone, self.quiet)


class NoticeMail(Identified, Base):
    """One message to one person: sent again after a failure, it has the same id and says the same."""

    __tablename__ = "notice_mails"
    __table_args__ = (Index("ix_notice_mails_account", "account_id", "sent_at"),)

    account_id: Mapped[uuid.UUID] = column(ForeignKey("accounts.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = column()
    # A worker is at it since then; empty where the last one failed and said so.
    begun_at: Mapped[datetime | None] = column()
    sent_at: Mapped[datetime | None] = column(pii="low")
    # Whether it brings proposals that nobody asked for: these are counted by the week.
    brings_proposals: Mapped[bool] = column()


class Notice(Versioned, Base):
    """One thing that one person is told once: never again of the same kind for the same event."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "event_number"),
        Index("ix_notices_account_created", "account_id", "created_at", "id"),
        Index("ix_notices_account_unread", "account_id", "read_at"),
    )

    account_id: Mapped[uuid.UUID] = column(ForeignKey("accounts.id", ondelete="CASCADE"))
    # No CHECK: kinds come with new parts of the service, and old rows stay.
    kind: Mapped[str] = column(String(40), pii="low")
    event_number: Mapped[int] = column(Sequence, ForeignKey("events.number"), index=True)
    need_id: Mapped[uuid.UUID | None] = column(ForeignKey("needs.id"), index=True, pii="low")
    organisation_id: Mapped[uuid.UUID | None] = column(ForeignKey("organisations.id"), index=True, pii="low")
    # What else belongs to it: ids and codes, put into words when somebody reads them.
    body: Mapped[dict[str, Any]] = column(pii="low")
    read_at: Mapped[datetime | None] = column(pii="low")
    # When it should go out by mail; empty where it should not, or need not any more.
    mail_due_at: Mapped[datetime | None] = column(pii="low")
    mail_id: Mapped[uuid.UUID | None] = column(ForeignKey("notice_mails.id"), index=True)

    event: Mapped[Event] = relationship(lazy="raise")

    def read(self, at: datetime) -> None:
        """The person has seen it; no mail needs to say it again."""
        if self.read_at is None:
            self.read_at = at
            self.mail_due_at = None

    def unread(self) -> None:
        """The person wants to come back to it; that sends no mail."""
        self.read_at = None
