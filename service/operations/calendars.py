"""The key to a volunteer's calendar: made, made anew, and ended, by that volunteer alone."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import CalendarKey
from service.access.actors import Actor
from service.access.secrets import digest, make_secret
from service.operations.events import record_event
from service.queries.calendars import find_calendar_key


def renew_calendar_key(session: Session, actor: Actor, volunteer_id: uuid.UUID, *, at: datetime) -> str:
    """Give a new key to one's own calendar, shown this once; the one before opens nothing from now on."""
    kept, secret = find_calendar_key(session, actor, volunteer_id, lock=True), make_secret()
    if kept is None:
        kept = CalendarKey(id=uuid.uuid4(), volunteer_id=volunteer_id)
        session.add(kept)
    kept.key_hash, kept.created_at = digest(secret), at
    record_event(session, actor, "calendar.renewed", volunteer_id, at=at, centre_id=actor.centre_id)
    session.flush()
    return secret


def end_calendar(session: Session, actor: Actor, volunteer_id: uuid.UUID, *, at: datetime) -> None:
    """End one's calendar: its key opens nothing from now on; doing it twice is no mistake."""
    kept = find_calendar_key(session, actor, volunteer_id, lock=True)
    if kept is not None:
        session.delete(kept)
        record_event(session, actor, "calendar.ended", volunteer_id, at=at, centre_id=actor.centre_id)
        session.flush()
