"""Jobs about invitations: each is brought to its volunteer after the coordinator has had the answer."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.operations.invitations import deliver_invitation


def deliver(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Deliver {invitation_id}; twice is as good as once."""
    deliver_invitation(session, actor, uuid.UUID(payload["invitation_id"]), at=at)
