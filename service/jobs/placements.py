"""Jobs about placements: what waits to be completed when a need is over, and hours to be confirmed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.operations.hours import remind_of_hours as remind_of_waiting
from service.operations.placement_reminders import remind_of_completion as remind


def remind_of_completion(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Remind a need's coordinators; {need_id, days}."""
    remind(session, actor, uuid.UUID(payload["need_id"]), int(payload["days"]), at=at)


def remind_of_hours(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Remind a need's coordinators of hours that wait; {need_id}."""
    remind_of_waiting(session, actor, uuid.UUID(payload["need_id"]), at=at)
