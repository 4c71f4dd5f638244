"""Reading hours: the volunteer's own, those of an organisation, and sums of either."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Hours
from models.hours import HoursStatus
from service.access.actors import Actor


def has_counted_hours(session: Session, actor: Actor, placement_id: uuid.UUID) -> bool:
    """Say whether the organisation vouches for hours of a placement; the caller holds its lock."""
    counted = select(Hours.id).where(
        Hours.placement_id == placement_id,
        Hours.status != HoursStatus.ENTERED,
        Hours.corrected_minutes.is_distinct_from(0),
    )
    return session.scalar(counted.limit(1)) is not None
