"""Jobs about introductions: an organisation that lets a volunteer wait is reminded, twice."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.operations.introductions import remind_of_question


def remind(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Remind of {introduction_id} after {days}; its notices go by mail as each coordinator wants."""
    remind_of_question(session, actor, uuid.UUID(payload["introduction_id"]), int(payload["days"]), at=at)
