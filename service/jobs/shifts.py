"""The job about shifts: when one has ended, its need looks what is left."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.errors import NotFound
from service.operations.shifts import pass_shifts


def follow_time(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Let a need follow the passing of its shifts; one that is gone meanwhile has none."""
    try:
        pass_shifts(session, actor, uuid.UUID(payload["need_id"]), at=at)
    except NotFound:
        return
