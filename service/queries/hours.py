"""Reading hours: the volunteer's own, those of a coordinator's organisations, and sums of either."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, select
from sqlalchemy.orm import Session

from models import Hours, Need, Organisation, Placement, Volunteer
from models.hours import WAITING, HoursStatus
from models.placements import LIVE
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.no_shows import get_own_placement_for_change
from service.queries.paging import Key, Page, by_id, take_page

# What the organisation vouches for: as entered, or as it says; `Hours.counted_minutes` says it of one row.
COUNTED = case(
    (Hours.status == HoursStatus.ENTERED, 0), else_=func.coalesce(Hours.corrected_minutes, Hours.minutes)
)
WAITS = case((Hours.status.in_(WAITING), Hours.minutes), else_=0)


@dataclass(frozen=True, slots=True)
class HoursSeen:
    """An entry with what it is about; an organisation sees whose it is only while that one holds a place."""

    hours: Hours
    placement: Placement
    need: Need
    organisation: Organisation
    volunteer: Volunteer | None


@dataclass(frozen=True, slots=True)
class Sum:
    """How much was given to a need, or to an organisation: what counts, and what still waits."""

    id: uuid.UUID
    name: str
    entries: int
    counted_minutes: int
    waiting_minutes: int


@dataclass(frozen=True, slots=True)
class Span:
    """From which day until which; both may be open."""

    first: date | None = None
    last: date | None = None

    def holds(self) -> list[ColumnElement[bool]]:
        """Make the conditions."""
        found: list[ColumnElement[bool]] = []
        if self.first is not None:
            found.append(Hours.date >= self.first)
        if self.last is not None:
            found.append(Hours.date <= self.last)
        return found


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say which entries the actor may see: a volunteer their own, a coordinator their organisations'."""
    if actor.kind is ActorKind.VOLUNTEER and actor.volunteer_id is not None:
        return Hours.volunteer_id == actor.volunteer_id
    if actor.kind is ActorKind.COORDINATOR:
        return Hours.organisation_id.in_(actor.organisation_ids)
    return false()


def get_hours(session: Session, actor: Actor, hours_id: uuid.UUID) -> HoursSeen:
    """Get an entry that the actor may see."""
    found = session.scalar(select(Hours).where(Hours.id == hours_id, visible_to(actor)))
    if found is None:
        raise NotFound
    return see_hours(session, actor, [found])[0]


def lock_own_placement(session: Session, actor: Actor, placement_id: uuid.UUID) -> tuple[Placement, Need]:
    """Get one of the volunteer's own placements; what they enter for one day comes one after the other."""
    lock_volunteer(session, actor)
    placement = get_own_placement_for_change(session, actor, placement_id)
    return placement, session.get_one(Need, placement.need_id)


def lock_volunteer(session: Session, actor: Actor) -> None:
    """Lock the volunteer who asks."""
    session.execute(select(Volunteer.id).where(Volunteer.id == actor.volunteer_id).with_for_update())


def get_hours_for_change(session: Session, actor: Actor, hours_id: uuid.UUID) -> Hours:
    """Get an entry that the actor may see, locked as it is now, and before it its placement."""
    asked = select(Hours.placement_id).where(Hours.id == hours_id, visible_to(actor))
    placement_id = session.scalar(asked)
    if placement_id is None:
        raise NotFound
    fresh: dict[str, Any] = {"with_for_update": True, "populate_existing": True}
    if actor.kind is ActorKind.VOLUNTEER:
        lock_volunteer(session, actor)
    session.get_one(Placement, placement_id, **fresh)
    found = session.get(Hours, hours_id, **fresh)
    if found is None:  # removed meanwhile
        raise NotFound
    return found


def count_minutes_of_day(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, day: date, *, but: uuid.UUID | None = None
) -> int:
    """Count what a volunteer has entered for a day over all placements; the caller holds their lock."""
    wanted = select(func.coalesce(func.sum(Hours.minutes), 0)).where(
        Hours.volunteer_id == volunteer_id, Hours.date == day
    )
    if but is not None:
        wanted = wanted.where(Hours.id != but)
    return int(session.scalar(wanted) or 0)


def has_counted_hours(session: Session, actor: Actor, placement_id: uuid.UUID) -> bool:
    """Say whether the organisation vouches for hours of a placement; the caller holds its lock."""
    wanted = select(Hours.id).where(Hours.placement_id == placement_id, COUNTED > 0)
    return session.scalar(wanted.limit(1)) is not None


def list_hours(
    session: Session,
    actor: Actor,
    *,
    placement_id: uuid.UUID | None = None,
    organisation_ids: Collection[uuid.UUID] | None = None,
    status: Collection[str] = (),
    cursor: str | None = None,
    limit: int = 20,
) -> Page[HoursSeen]:
    """List entries: the volunteer's own, newest day first, or an organisation's, oldest day first."""
    own = actor.kind is ActorKind.VOLUNTEER
    wanted = select(Hours).where(visible_to(actor))
    if placement_id is not None:
        _must_see_placement(session, actor, placement_id)
        wanted = wanted.where(Hours.placement_id == placement_id)
    if organisation_ids is not None:
        if not actor.organisation_ids.issuperset(organisation_ids):
            raise NotFound
        wanted = wanted.where(Hours.organisation_id.in_(organisation_ids))
    if status:
        wanted = wanted.where(Hours.status.in_(status))
    keys = [Key(Hours.date, date.fromisoformat, descending=own), by_id(Hours.id)]
    page = take_page(session, wanted, keys, cursor, limit)
    return Page(see_hours(session, actor, page.items), page.next_cursor)


def _must_see_placement(session: Session, actor: Actor, placement_id: uuid.UUID) -> None:
    wanted = select(Placement.id).join(Need, Need.id == Placement.need_id).where(Placement.id == placement_id)
    if actor.kind is ActorKind.VOLUNTEER:
        wanted = wanted.where(Placement.volunteer_id == actor.volunteer_id)
    else:
        wanted = wanted.where(Need.organisation_id.in_(actor.organisation_ids))
    if session.scalar(wanted) is None:
        raise NotFound


def see_hours(session: Session, actor: Actor, hours: Sequence[Hours]) -> list[HoursSeen]:
    """Put beside each entry what it is about, and to the organisation whose it is while it may see that."""
    rows = session.execute(
        select(Placement, Need, Organisation, Volunteer)
        .join(Need, Need.id == Placement.need_id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .join(Volunteer, Volunteer.id == Placement.volunteer_id)
        .where(Placement.id.in_({one.placement_id for one in hours}))
    )
    about = {row[0].id: row for row in rows}
    seen = []
    for one in hours:
        placement, need, organisation, volunteer = about[one.placement_id]
        who = volunteer if placement.status in LIVE else None
        seen.append(HoursSeen(one, placement, need, organisation, who))
    return seen


def count_waiting_hours(session: Session, actor: Actor) -> int:
    """Count the entries that wait for an answer of the coordinator's organisations."""
    wanted = select(func.count()).select_from(Hours).where(visible_to(actor), Hours.status.in_(WAITING))
    return session.scalar(wanted) or 0


def has_waiting_hours(session: Session, actor: Actor, need_id: uuid.UUID) -> bool:
    """Say whether entries of a need wait for its organisation; for the service itself."""
    wanted = select(Hours.id).where(Hours.need_id == need_id, Hours.status.in_(WAITING))
    return session.scalar(wanted.limit(1)) is not None


def sum_by_organisation(session: Session, actor: Actor, span: Span) -> list[Sum]:
    """Sum the volunteer's own hours for each organisation, most first."""
    about = select(Organisation.id, Organisation.name).join(Hours, Hours.organisation_id == Organisation.id)
    return _sum(session, about.where(visible_to(actor), *span.holds()), Organisation)


def sum_by_need(session: Session, actor: Actor, organisation_id: uuid.UUID, span: Span) -> list[Sum]:
    """Sum the hours given to each need of a coordinator's organisation, most first."""
    if actor.kind is not ActorKind.COORDINATOR or organisation_id not in actor.organisation_ids:
        raise NotFound
    about = select(Need.id, Need.title).join(Hours, Hours.need_id == Need.id)
    return _sum(session, about.where(Hours.organisation_id == organisation_id, *span.holds()), Need)


def _sum(session: Session, about: Select[uuid.UUID, str], kind: type[Need | Organisation]) -> list[Sum]:
    counted = func.sum(COUNTED)
    wider: Any = about
    rows = session.execute(
        wider.add_columns(func.count(Hours.id), counted, func.sum(WAITS))
        .group_by(*about.selected_columns)
        .order_by(counted.desc(), kind.id)
    )
    return [Sum(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in rows]
