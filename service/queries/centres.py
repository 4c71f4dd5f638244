"""Reading centres."""

from __future__ import annotations

import uuid

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import Centre
from service.access.actors import Actor


def find_centre(session: Session, actor: Actor, name_or_id: str) -> Centre | None:
    """Find a centre by its id or its exact name."""
    try:
        wanted = Centre.id == uuid.UUID(name_or_id)
    except ValueError:
        wanted = Centre.name == name_or_id
    return session.scalar(select(Centre).where(or_(wanted, Centre.name == name_or_id)))


def find_only_centre(session: Session, actor: Actor) -> Centre | None:
    """Find the centre of a service that has just one."""
    centres = session.scalars(select(Centre).limit(2)).all()
    return centres[0] if len(centres) == 1 else None


def count_centres(session: Session, actor: Actor) -> int:
    """Count the centres of this service."""
    return session.scalar(select(func.count()).select_from(Centre)) or 0
