"""Reading and taking the numbered places of a need."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.orm import Session

from models import Place
from service.access.actors import Actor

# Neither held nor kept for somebody to whom it is offered.
IS_FREE = and_(Place.placement_id.is_(None), Place.offered_to.is_(None))


def find_free_place(session: Session, actor: Actor, need_id: uuid.UUID) -> Place | None:
    """Find the free place with the lowest number, locked; the caller holds the need's lock."""
    return session.scalar(
        select(Place)
        .where(Place.need_id == need_id, IS_FREE)
        .order_by(Place.number)
        .limit(1)
        .with_for_update()
    )


def find_place_of(session: Session, actor: Actor, placement_id: uuid.UUID) -> Place | None:
    """Find the place that a placement holds."""
    return session.scalar(select(Place).where(Place.placement_id == placement_id).with_for_update())


def find_offered_place(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Place | None:
    """Find the place that is kept for a proposal while its volunteer decides."""
    return session.scalar(select(Place).where(Place.offered_to == proposal_id).with_for_update())


def free_offered_places(session: Session, actor: Actor, need_id: uuid.UUID) -> int:
    """Free all places of a need that are kept for somebody; say how many. The caller holds its lock."""
    freed = session.scalars(
        update(Place)
        .where(Place.need_id == need_id, Place.offered_to.is_not(None))
        .values(offered_to=None)
        .returning(Place.number)
        .execution_options(synchronize_session="fetch")
    )
    return len(freed.all())


def list_place_numbers(
    session: Session, actor: Actor, need_id: uuid.UUID, *, free: bool = False
) -> Sequence[int]:
    """List the numbers of a need's places, or of its free ones, the lowest first."""
    statement = select(Place.number).where(Place.need_id == need_id).order_by(Place.number)
    if free:
        statement = statement.where(IS_FREE)
    return session.scalars(statement).all()


def add_places(session: Session, actor: Actor, need_id: uuid.UUID, numbers: Sequence[int]) -> None:
    """Add places of these numbers, all free; the caller holds the need's lock."""
    session.execute(insert(Place), [{"need_id": need_id, "number": one} for one in numbers])


def remove_free_places(session: Session, actor: Actor, need_id: uuid.UUID, numbers: Sequence[int]) -> None:
    """Remove places of these numbers, of which nobody holds any; the caller holds the need's lock."""
    session.execute(delete(Place).where(Place.need_id == need_id, Place.number.in_(numbers), IS_FREE))
