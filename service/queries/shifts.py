"""Reading shifts and the places in them: seen by whoever sees their need, changed by those who write it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, select
from sqlalchemy.orm import Session

from models import Need, Placement, Shift, ShiftPlace
from models.shifts import ShiftStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.needs import get_need_for_change, visible_to, written_by
from service.queries.paging import Page, by_id, by_time, take_page

# As many stand beside a need, and beside a placement; the lists of their shifts have all.
MOST_BESIDE, MOST_HELD = 10, 100
# Neither held, nor kept for somebody to whom it is offered.
_IS_FREE = (ShiftPlace.placement_id.is_(None), ShiftPlace.offered_to.is_(None))


@dataclass(frozen=True, slots=True)
class ShiftSeen:
    """A shift with its need, whose clocks and status belong to it."""

    shift: Shift
    need: Need


def is_upcoming(at: datetime) -> ColumnElement[bool]:
    """Say in SQL what `Shift.is_upcoming` says of one: neither cancelled nor ended."""
    return and_(Shift.status != ShiftStatus.CANCELLED, Shift.ends_at > at)


def get_shift(session: Session, actor: Actor, shift_id: uuid.UUID, *, at: datetime) -> ShiftSeen:
    """Get a shift of a need that the actor may see."""
    row = session.execute(
        select(Shift, Need)
        .join(Need, Need.id == Shift.need_id)
        .where(Shift.id == shift_id, visible_to(actor, at))
    ).one_or_none()
    if row is None:
        raise NotFound
    return ShiftSeen(row[0], row[1])


def get_shift_for_change(session: Session, actor: Actor, shift_id: uuid.UUID) -> ShiftSeen:
    """Get a shift of a need that the actor writes; the need is locked first, as everywhere."""
    need_id = session.scalar(
        select(Shift.need_id)
        .join(Need, Need.id == Shift.need_id)
        .where(Shift.id == shift_id, written_by(actor))
    )
    if need_id is None:
        raise NotFound
    need = get_need_for_change(session, actor, need_id)
    return ShiftSeen(_lock(session, [shift_id])[0], need)


def list_shifts(
    session: Session,
    actor: Actor,
    need: Need,
    *,
    past: bool = False,
    cursor: str | None = None,
    limit: int = 20,
    at: datetime,
) -> Page[Shift]:
    """List the shifts of a need that the actor was shown, the earliest first; with `past` all there are."""
    wanted = select(Shift).where(Shift.need_id == need.id)
    if not past:
        wanted = wanted.where(is_upcoming(at))
    return take_page(session, wanted, [by_time(Shift.starts_at), by_id(Shift.id)], cursor, limit)


def list_next_shifts(
    session: Session, actor: Actor, need_ids: Collection[uuid.UUID], *, at: datetime
) -> dict[uuid.UUID, list[Shift]]:
    """List for each of these needs, which the caller may see, its next shifts, the earliest first."""
    found: dict[uuid.UUID, list[Shift]] = defaultdict(list)
    if need_ids:
        number = func.row_number().over(partition_by=Shift.need_id, order_by=(Shift.starts_at, Shift.id))
        ranked = select(Shift.id, number.label("number")).where(Shift.need_id.in_(need_ids), is_upcoming(at))
        numbered = ranked.subquery()
        rows = session.scalars(
            select(Shift)
            .join(numbered, numbered.c.id == Shift.id)
            .where(numbered.c.number <= MOST_BESIDE)
            .order_by(Shift.starts_at, Shift.id)
        )
        for one in rows:
            found[one.need_id].append(one)
    return found


def lock_shifts(
    session: Session, actor: Actor, need_id: uuid.UUID, shift_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Shift]:
    """Lock those of the shifts that are the need's; the caller holds the need's lock."""
    return {one.id: one for one in _lock(session, shift_ids) if one.need_id == need_id}


def _lock(session: Session, shift_ids: Collection[uuid.UUID]) -> Sequence[Shift]:
    return session.scalars(
        select(Shift)
        .where(Shift.id.in_(shift_ids))
        .order_by(Shift.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


@dataclass(frozen=True, slots=True)
class Standing:
    """What a need must know of its shifts: of those to come, from when until when, and their places."""

    count: int
    begins: datetime | None
    ends: datetime | None
    places: int
    taken: int
    next_end: datetime | None


def sum_up_shifts(session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime) -> Standing:
    """Sum up the shifts of a need whose lock is held."""
    count = session.scalar(select(func.count()).select_from(Shift).where(Shift.need_id == need_id)) or 0
    row = session.execute(
        select(
            func.min(Shift.starts_at),
            func.max(Shift.ends_at),
            func.coalesce(func.sum(Shift.places), 0),
            func.coalesce(func.sum(Shift.places_taken), 0),
            func.min(Shift.ends_at),
        ).where(Shift.need_id == need_id, is_upcoming(at))
    ).one()
    return Standing(count, row[0], row[1], int(row[2]), int(row[3]), row[4])


def list_upcoming_times(
    session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime
) -> list[tuple[datetime, datetime]]:
    """List from when until when each upcoming shift of a need is."""
    rows = session.execute(
        select(Shift.starts_at, Shift.ends_at).where(Shift.need_id == need_id, is_upcoming(at))
    )
    return [(row.starts_at, row.ends_at) for row in rows]


def list_known_starts(session: Session, actor: Actor, need_id: uuid.UUID) -> tuple[set[str], set[datetime]]:
    """List by what a rule would know the need's shifts, and at which moments those not cancelled begin."""
    rows = session.execute(
        select(Shift.original_start, Shift.starts_at, Shift.status).where(Shift.need_id == need_id)
    ).all()
    original = {row.original_start for row in rows if row.original_start is not None}
    return original, {row.starts_at for row in rows if row.status is not ShiftStatus.CANCELLED}


def add_shift_places(session: Session, actor: Actor, numbers: Sequence[tuple[uuid.UUID, int]]) -> None:
    """Add free places of these (shift, number); the caller holds the need's lock."""
    session.execute(insert(ShiftPlace), [{"shift_id": one, "number": number} for one, number in numbers])


def list_shift_place_numbers(
    session: Session, actor: Actor, shift_id: uuid.UUID, *, free: bool = False
) -> Sequence[int]:
    """List the numbers of a shift's places, or of its free ones, the lowest first."""
    wanted = select(ShiftPlace.number).where(ShiftPlace.shift_id == shift_id).order_by(ShiftPlace.number)
    if free:
        wanted = wanted.where(*_IS_FREE)
    return session.scalars(wanted).all()


def remove_free_shift_places(
    session: Session, actor: Actor, shift_id: uuid.UUID, numbers: Sequence[int]
) -> None:
    """Remove places of these numbers, of which nobody holds any; the caller holds the need's lock."""
    session.execute(
        delete(ShiftPlace).where(
            ShiftPlace.shift_id == shift_id,
            ShiftPlace.number.in_(numbers),
            *_IS_FREE,
        )
    )


def find_free_shift_place(session: Session, actor: Actor, shift_id: uuid.UUID) -> ShiftPlace | None:
    """Find the free place of a shift with the lowest number, locked; the caller holds the need's lock."""
    return session.scalar(
        select(ShiftPlace)
        .where(ShiftPlace.shift_id == shift_id, *_IS_FREE)
        .order_by(ShiftPlace.number)
        .limit(1)
        .with_for_update()
    )


def list_held_places(
    session: Session, actor: Actor, placement_id: uuid.UUID
) -> list[tuple[Shift, ShiftPlace]]:
    """List what a placement holds, past shifts too, the earliest first; the need's lock is held."""
    rows = session.execute(
        select(Shift, ShiftPlace)
        .join(ShiftPlace, ShiftPlace.shift_id == Shift.id)
        .where(ShiftPlace.placement_id == placement_id)
        .order_by(Shift.starts_at, Shift.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in rows]


def list_holding_places(session: Session, actor: Actor, shift_id: uuid.UUID) -> Sequence[ShiftPlace]:
    """List the held places of a shift, in the order of their placements; the need's lock is held."""
    return session.scalars(
        select(ShiftPlace)
        .where(ShiftPlace.shift_id == shift_id, ShiftPlace.placement_id.is_not(None))
        .order_by(ShiftPlace.placement_id)
        .with_for_update()
    ).all()


@dataclass(frozen=True, slots=True)
class HeldShifts:
    """The shifts that a placement holds, a page of them, and what tells one state of them from another."""

    page: Page[Shift]
    timezone: str
    tag: list[Any]


def list_own_shifts(
    session: Session,
    actor: Actor,
    placement_id: uuid.UUID,
    *,
    cursor: str | None = None,
    limit: int = 20,
) -> HeldShifts:
    """List the shifts that one of the volunteer's own placements holds, past ones too, the earliest first."""
    row = session.execute(
        select(Placement.version, Need.timezone)
        .join(Need, Need.id == Placement.need_id)
        .where(Placement.id == placement_id, Placement.volunteer_id == actor.volunteer_id)
    ).one_or_none()
    if row is None or actor.kind is not ActorKind.VOLUNTEER:
        raise NotFound
    wanted = select(Shift).join(ShiftPlace, ShiftPlace.shift_id == Shift.id)
    wanted = wanted.where(ShiftPlace.placement_id == placement_id)
    page = take_page(session, wanted, [by_time(Shift.starts_at), by_id(Shift.id)], cursor, limit)
    held = session.execute(
        select(Shift.id, Shift.version)
        .join(ShiftPlace, ShiftPlace.shift_id == Shift.id)
        .where(ShiftPlace.placement_id == placement_id)
        .order_by(Shift.id)
    ).all()
    versions = [f"{one.id}:{one.version}" for one in held]
    return HeldShifts(page, row.timezone, [str(placement_id), row.version, row.timezone, *versions])


def list_shifts_of_placements(
    session: Session, actor: Actor, placement_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[ShiftSeen]]:
    """List the shifts that these placements hold, which the caller may see; of very many the latest ones."""
    found: dict[uuid.UUID, list[ShiftSeen]] = defaultdict(list)
    if placement_ids:
        number = func.row_number().over(
            partition_by=ShiftPlace.placement_id, order_by=(Shift.starts_at.desc(), Shift.id)
        )
        numbered = (
            select(Shift.id, ShiftPlace.placement_id, number.label("number"))
            .join(ShiftPlace, ShiftPlace.shift_id == Shift.id)
            .where(ShiftPlace.placement_id.in_(placement_ids))
            .subquery()
        )
        rows = session.execute(
            select(numbered.c.placement_id, Shift, Need)
            .join(numbered, numbered.c.id == Shift.id)
            .join(Need, Need.id == Shift.need_id)
            .where(numbered.c.number <= MOST_HELD)
            .order_by(Shift.starts_at, Shift.id)
        )
        for placement_id, shift, need in rows:
            found[placement_id].append(ShiftSeen(shift, need))
    return found
