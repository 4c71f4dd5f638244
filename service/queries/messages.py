"""Reading messages of a conversation; the caller has looked whose it is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import Message, Notice
from models.introductions import Side
from models.notices import NoticeKind
from service.access.actors import Actor
from service.queries.conversations import side_of
from service.queries.paging import Page, by_id, by_time, take_page


def list_messages(
    session: Session,
    actor: Actor,
    conversation_id: uuid.UUID,
    *,
    updated_since: datetime | None = None,
    newest_first: bool = False,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Message]:
    """List what was written in a conversation, oldest first unless asked otherwise."""
    wanted = select(Message).where(Message.conversation_id == conversation_id)
    if updated_since is not None:
        wanted = wanted.where(Message.updated_at >= updated_since)
    keys = [by_time(Message.created_at, descending=newest_first), by_id(Message.id, descending=newest_first)]
    return take_page(session, wanted, keys, cursor, limit)


def count_unanswered(session: Session, actor: Actor, conversation_id: uuid.UUID, side: Side) -> int:
    """Count what a side has written since the other one last did."""
    both = Message.conversation_id == conversation_id
    answered_at = session.scalar(select(func.max(Message.created_at)).where(both, Message.side != side))
    mine = select(func.count()).where(both, Message.side == side)
    if answered_at is not None:
        mine = mine.where(Message.created_at > answered_at)
    return session.scalar(mine) or 0


def mark_messages_read(
    session: Session, actor: Actor, conversation_id: uuid.UUID, *, until: datetime, at: datetime
) -> None:
    """Mark as read what the other side wrote up to a moment."""
    session.execute(
        update(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.side != side_of(actor),
            Message.read_at.is_(None),
            Message.created_at <= until,
        )
        .values(read_at=at, updated_at=at, version=Message.version + 1)
        .execution_options(synchronize_session=False)
    )


def list_unread_notices_of_conversation(
    session: Session,
    actor: Actor,
    conversation_id: uuid.UUID,
    need_id: uuid.UUID,
    account_ids: Sequence[uuid.UUID],
) -> list[Notice]:
    """List what these people have not read of the notices about a conversation, locked."""
    found = session.scalars(
        select(Notice)
        .where(
            Notice.account_id.in_(account_ids),
            Notice.kind == NoticeKind.MESSAGE_RECEIVED.value,
            Notice.need_id == need_id,
            Notice.read_at.is_(None),
        )
        .order_by(Notice.id)
        .with_for_update()
    )
    return [one for one in found if one.body.get("conversation_id") == str(conversation_id)]
