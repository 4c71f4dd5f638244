"""What a person does with their notices: reads them, or keeps them for later."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import Notice
from service.access.actors import Actor
from service.queries.notices import get_notice_for_change, mark_all_read


def change_notice(
    session: Session, actor: Actor, notice_id: uuid.UUID, *, read: bool, at: datetime
) -> Notice:
    """Mark one of one's own notices as read, or as unread again."""
    notice = get_notice_for_change(session, actor, notice_id)
    if read:
        notice.read(at)
    else:
        notice.unread()
    session.flush()
    return notice


def read_notices(session: Session, actor: Actor, *, until: datetime | None = None, at: datetime) -> None:
    """Mark all of one's own notices as read, up to a moment if one is named: newer ones were not seen."""
    mark_all_read(session, actor, until=until or at, at=at)
