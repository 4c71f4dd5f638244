"""Accounts and how they prove themselves: tokens, mailed codes, sessions, coordinators' posts."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Identified, Versioned, choice, column

TOKEN_DAYS = 90
MOST_TOKEN_DAYS = 365


class AccountKind(StrEnum):
    """What a person is to the service; it never changes."""

    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"
    STAFF = "staff"
    OPERATOR = "operator"


class CodePurpose(StrEnum):
    """What a code sent by mail is good for."""

    CONFIRM = "confirm"
    TAKE_OVER = "take_over"
    RESET = "reset"


class TokenKind(StrEnum):
    """Whose token it is: a person's own, or a centre's."""

    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"
    STAFF = "staff"
    OPERATOR = "operator"
    CENTRE = "centre"


class Account(Versioned, Base):
    """A person who can sign in."""

    __tablename__ = "accounts"

    email: Mapped[str] = column(String(254), pii="contact")
    # The address as it is compared: case folded, so that nobody signs up twice by a capital.
    email_folded: Mapped[str] = column(String(254), unique=True, pii="contact")
    name: Mapped[str] = column(String(200), pii="contact")
    kind: Mapped[AccountKind] = column(choice(AccountKind, "kind"))
    language: Mapped[str] = column(String(2), pii="low")
    password_hash: Mapped[str | None] = column(String(200), pii="sensitive")
    centre_id: Mapped[uuid.UUID | None] = column(ForeignKey("centres.id"), index=True)
    confirmed_at: Mapped[datetime | None] = column(pii="low")


class AccountCode(Identified, Base):
    """A code that was sent to an address, used once and soon."""

    __tablename__ = "account_codes"

    account_id: Mapped[uuid.UUID] = column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[CodePurpose] = column(choice(CodePurpose, "purpose"))
    code_hash: Mapped[str] = column(String(64), unique=True, pii="sensitive")
    created_at: Mapped[datetime] = column()
    expires_at: Mapped[datetime] = column()
    used_at: Mapped[datetime | None] = column()


class Coordinator(Identified, Base):
    """A person's post at an organisation: they may write for it."""

    __tablename__ = "coordinators"
    __table_args__ = (UniqueConstraint("account_id", "organisation_id"),)

    account_id: Mapped[uuid.UUID] = column(ForeignKey("accounts.id", ondelete="CASCADE"))
    organisation_id: Mapped[uuid.UUID] = column(ForeignKey("organisations.id"), index=True)
    created_at: Mapped[datetime] = column()


class Token(Identified, Base):
    """An API token: only its hash is kept, and it is shown once."""

    __tablename__ = "tokens"
    __table_args__ = (CheckConstraint("(account_id IS NULL) <> (centre_id IS NULL)", name="one_owner"),)

    kind: Mapped[TokenKind] = column(choice(TokenKind, "kind"))
    short_id: Mapped[str] = column(String(8), unique=True)
    secret_hash: Mapped[str] = column(String(64), pii="sensitive")
    account_id: Mapped[uuid.UUID | None] = column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    centre_id: Mapped[uuid.UUID | None] = column(ForeignKey("centres.id"), index=True)
    label: Mapped[str] = column(String(100), pii="low")
    scopes: Mapped[list[str]] = column()
    created_at: Mapped[datetime] = column()
    expires_at: Mapped[datetime] = column()
    # A day is enough to find stale tokens, and spares a write on every request.
    last_used_on: Mapped[date | None] = column(pii="low")
    revoked_at: Mapped[datetime | None] = column()

    def is_live(self, at: datetime) -> bool:
        """Say whether the token still opens anything."""
        return self.revoked_at is None and at < self.expires_at


class WebSession(Identified, Base):
    """A signed-in browser; the cookie holds the secret, the row its hash."""

    __tablename__ = "web_sessions"

    account_id: Mapped[uuid.UUID] = column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = column(String(64), unique=True, pii="sensitive")
    created_at: Mapped[datetime] = column()
    last_seen_at: Mapped[datetime] = column(pii="low")
    expires_at: Mapped[datetime] = column()
    revoked_at: Mapped[datetime | None] = column()
    # Roughly which browser it is, so that its owner knows it again: no more than "Firefox, Linux".
    browser: Mapped[str | None] = column(String(40), pii="low")
    # When the second factor was shown in it; until then the session of who has one opens nothing.
    second_factor_at: Mapped[datetime | None] = column()
