"""Recording what happened: one row for each change of state, in the transaction of the change."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Event
from service.access.actors import Actor


def record_event(
    session: Session,
    actor: Actor,
    name: str,
    subject_id: uuid.UUID,
    *,
    at: datetime,
    centre_id: uuid.UUID | None = None,
    from_state: str | None = None,
    to_state: str | None = None,
    **body: Any,
) -> Event:
    """Record a fact such as `proposal.accepted`; what stands before the dot is the subject's kind.

    `body` holds ids and codes, never personal data: events leave the service.
    """
    event = Event(
        at=at,
        name=name,
        centre_id=centre_id,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        subject_kind=name.partition(".")[0],
        subject_id=subject_id,
        from_state=from_state,
        to_state=to_state,
        body={key: str(value) for key, value in body.items() if value is not None},
    )
    session.add(event)
    return event
