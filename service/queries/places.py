"""Reading and taking the numbered places of a need."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Place
from service.access.actors import Actor


def find_free_place(session: Session, actor: Actor, need_id: uuid.UUID) -> Place | None:
    """Find the free place with the lowest number, locked; the caller holds the need's lock."""
    return session.scalar(
        select(Place)
        .where(Place.need_id == need_id, Place.placement_id.is_(None))
        .order_by(Place.number)
        .limit(1)
        .with_for_update()
    )


def find_place_of(session: Session, actor: Actor, placement_id: uuid.UUID) -> Place | None:
    """Find the place that a placement holds."""
    return session.scalar(select(Place).where(Place.placement_id == placement_id).with_for_update())
