"""Messages: what a volunteer and an organisation write to each other about one need, in one conversation."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, choice, column
from models.introductions import Side


class Conversation(Versioned, Base):
    """All messages about one proposal; every coordinator of the organisation takes part in it."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_organisation_created", "organisation_id", "created_at"),)

    proposal_id: Mapped[uuid.UUID] = column(ForeignKey("proposals.id"), unique=True)
    # Kept here too: what an organisation sees begins with its own id, and leads to no volunteer.
    organisation_id: Mapped[uuid.UUID] = column(ForeignKey("organisations.id"))
    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id"), index=True)
    # By this the organisation knows the volunteer again where it may not see who it is.
    label: Mapped[str] = column(String(8), pii="low")


class Message(Versioned, Base):
    """What one side wrote to the other, once; nobody changes it."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_conversation_created", "conversation_id", "created_at", "id"),)

    conversation_id: Mapped[uuid.UUID] = column(ForeignKey("conversations.id"))
    side: Mapped[Side] = column(choice(Side, "side"))
    text: Mapped[str] = column(Text, pii="sensitive")
    # When the other side said that it has read it; one coordinator reads for all.
    read_at: Mapped[datetime | None] = column(pii="low")
