"""Who is told of a shift that is moved or cancelled: those who hold a place in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from models import Event, Need
from models.notices import NoticeKind
from service.access.actors import Actor
from service.operations.news import News, Teller
from service.queries.notice_recipients import list_holders_of_shift

DATES = {"starts_at", "ends_at"}


def _moved(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    if not DATES & set(event.body["fields"].split()):
        return ()
    return [_news(session, actor, NoticeKind.SHIFT_CHANGED, event)]


def _cancelled(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    return [_news(session, actor, NoticeKind.SHIFT_CANCELLED, event)]


def _news(session: Session, actor: Actor, kind: NoticeKind, event: Event) -> News:
    need = session.get_one(Need, uuid.UUID(event.body["need_id"]))
    holders = list_holders_of_shift(session, actor, event.subject_id)
    body: dict[str, Any] = {
        name: event.body[name] for name in ("was_starts_at", "was_ends_at") if name in event.body
    }
    return News(kind, holders, need.id, need.organisation_id, {"shift_id": str(event.subject_id), **body})


SHIFT_TELLERS: dict[str, Teller] = {"shift.changed": _moved, "shift.cancelled": _cancelled}
