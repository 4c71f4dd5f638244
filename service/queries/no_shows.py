"""Reading no-shows: the volunteer's own, their organisation's, and those that a centre's staff may see."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Need, NoShow, Organisation, Placement, Volunteer
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.paging import Page, by_id, by_time, take_page


@dataclass(frozen=True, slots=True)
class NoShowSeen:
    """What was said, and by whom; the name is gone with the account."""

    said: NoShow
    said_by: str | None


@dataclass(frozen=True, slots=True)
class NoShowReported:
    """A no-show as the centre's staff see it; the volunteer is seen where they are of that centre."""

    no_show: NoShowSeen
    placement: Placement
    need: Need
    organisation: Organisation
    volunteer: Volunteer | None


def get_own_placement_for_change(session: Session, actor: Actor, placement_id: uuid.UUID) -> Placement:
    """Get one of the volunteer's own placements, locked as it is now."""
    found: Placement | None = session.scalar(
        select(Placement)
        .where(Placement.id == placement_id, Placement.volunteer_id == actor.volunteer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or actor.kind is not ActorKind.VOLUNTEER:
        raise NotFound
    return found


def find_no_show(session: Session, actor: Actor, placement_id: uuid.UUID) -> NoShow | None:
    """Find what was said of a placement; the caller holds its lock."""
    return session.scalar(select(NoShow).where(NoShow.placement_id == placement_id))


def list_no_shows_of(
    session: Session, actor: Actor, placement_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, NoShowSeen]:
    """List what was said of these placements, which the actor may see."""
    rows = session.execute(
        select(NoShow, Account.name)
        .outerjoin(Account, Account.id == NoShow.said_by)
        .where(NoShow.placement_id.in_(placement_ids))
    )
    return {said.placement_id: NoShowSeen(said, name) for said, name in rows}


def list_no_shows(
    session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 20
) -> Page[NoShowReported]:
    """List the no-shows that a centre's organisations have said, newest first; for its staff."""
    if actor.kind is not ActorKind.STAFF or actor.centre_id is None:
        raise NotFound
    wanted = (
        select(NoShow)
        .join(Placement, Placement.id == NoShow.placement_id)
        .join(Need, Need.id == Placement.need_id)
        .where(Need.centre_id == actor.centre_id)
    )
    keys = [by_time(NoShow.said_at, descending=True), by_id(NoShow.id)]
    page = take_page(session, wanted, keys, cursor, limit)
    ids = [one.placement_id for one in page.items]
    seen = list_no_shows_of(session, actor, ids)
    rows = session.execute(
        select(Placement, Need, Organisation, Volunteer)
        .join(Need, Need.id == Placement.need_id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .join(Volunteer, Volunteer.id == Placement.volunteer_id)
        .where(Placement.id.in_(ids))
    )
    about = {row[0].id: row for row in rows}
    items = []
    for one in ids:
        placement, need, organisation, volunteer = about[one]
        own = volunteer if volunteer.centre_id == actor.centre_id else None
        items.append(NoShowReported(seen[one], placement, need, organisation, own))
    return Page(items, page.next_cursor)
