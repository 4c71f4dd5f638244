"""Centres: added by the operator of the service."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import Centre
from service.access.actors import Actor, ActorKind
from service.errors import N_, FieldError, Invalid, NotAllowed
from service.operations.events import record_event
from service.queries.centres import find_centre


def add_centre(
    session: Session, actor: Actor, name: str, *, timezone: str, language: str, at: datetime
) -> Centre:
    """Add a volunteer centre; its name is its own among all centres."""
    if actor.kind not in (ActorKind.OPERATOR, ActorKind.WORKER):
        raise NotAllowed
    if find_centre(session, actor, name) is not None:
        raise Invalid(FieldError("name", "taken", N_("There is a centre of that name already.")))
    centre = Centre(id=uuid.uuid4(), name=name, timezone=timezone, language=language)
    session.add(centre)
    record_event(session, actor, "centre.added", centre.id, at=at, centre_id=centre.id)
    session.flush()
    return centre
