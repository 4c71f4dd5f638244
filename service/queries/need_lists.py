"""Lists of needs: by filters, newest first or in the order of change, or ranked by a text."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models import Need, Shift
from models.needs import NeedStatus
from models.shifts import ShiftStatus
from service.access.actors import Actor, ActorKind
from service.queries.distances import within
from service.queries.json_lists import holds_any
from service.queries.needs import (
    NeedSeen,
    is_not_over,
    is_public,
    read_in_full_by,
    see_needs,
)
from service.queries.paging import Page, by_id, by_number, by_time, make_cursor, read_cursor, take_page
from service.queries.search import search_open_needs

# As many of the best as a text is followed to; nobody pages further.
MOST_FOUND = 1000


@dataclass(frozen=True, slots=True)
class NeedFilters:
    """What a list of needs is asked for; of several codes of one kind, one is enough.

    `near` is (latitude, longitude) in degrees and wants `radius_km`; `slots` is a mask of the week's 21;
    `starts_before` and `ends_after` keep what has no dates, which can be done at any time.
    """

    q: str | None = None
    cause: Sequence[str] = ()
    skill: Sequence[str] = ()
    language: Sequence[str] = ()
    location_type: Sequence[str] = ()
    status: Sequence[str] = ()
    organisation: Sequence[uuid.UUID] = ()
    slots: int = 0
    near: tuple[float, float] | None = None
    radius_km: float = 20.0
    ends_after: datetime | None = None
    starts_before: datetime | None = None
    updated_since: datetime | None = None


def list_needs(
    session: Session,
    actor: Actor,
    filters: NeedFilters,
    *,
    cursor: str | None = None,
    limit: int = 20,
    at: datetime,
) -> Page[NeedSeen]:
    """List the needs that the actor may see and that pass the filters, a page at a time.

    With `q` the best come first; with `updated_since` those that changed longest ago; else the newest.
    Of others' needs full ones are left out, unless they are asked for or changes are followed.
    """
    public = and_(is_public(at), is_not_over(at))
    if not filters.status and filters.updated_since is None:
        public = and_(public, Need.status == NeedStatus.OPEN)
    statement = _filtered(select(Need).where(or_(public, read_in_full_by(actor))), filters)
    if filters.q is not None:
        found = search_open_needs(session, actor, filters.q, at=at, limit=MOST_FOUND)
        page = _take_ranked_page(session, statement, found, cursor, limit)
    else:
        page = _take_plain_page(session, actor, statement, filters, cursor, limit)
    return Page(see_needs(session, actor, page.items), page.next_cursor)


def _take_plain_page(
    session: Session,
    actor: Actor,
    statement: Select[Any],
    filters: NeedFilters,
    cursor: str | None,
    limit: int,
) -> Page[Need]:
    if filters.updated_since is not None:
        statement = statement.where(Need.updated_at >= filters.updated_since)
        return take_page(session, statement, [by_time(Need.updated_at), by_id(Need.id)], cursor, limit)
    # Both times never change once they are there; a draft has not been published yet.
    writes = actor.kind in (ActorKind.COORDINATOR, ActorKind.STAFF, ActorKind.CENTRE, ActorKind.WORKER)
    newest = Need.created_at if writes else Need.published_at
    keys = [by_time(newest, descending=True), by_id(Need.id, descending=True)]
    return take_page(session, statement, keys, cursor, limit)


def _take_ranked_page(
    session: Session,
    statement: Select[Any],
    found: Sequence[tuple[uuid.UUID, float]],
    cursor: str | None,
    limit: int,
) -> Page[Need]:
    """Take the page after the last score and id seen; what came or went meanwhile moves nothing."""
    ranked = sorted((-score, need_id) for need_id, score in found)
    if cursor is not None:
        score, last = read_cursor([by_number(None), by_id(None)], cursor)
        ranked = [one for one in ranked if one > (-score, last)]
    passing = set(
        session.scalars(statement.with_only_columns(Need.id).where(Need.id.in_([one[1] for one in ranked])))
    )
    left = [one for one in ranked if one[1] in passing]
    shown = left[:limit]
    wanted = {one[1] for one in shown}
    rows = {one.id: one for one in session.scalars(select(Need).where(Need.id.in_(wanted)))}
    more = make_cursor([-shown[-1][0], shown[-1][1]]) if len(left) > limit else None
    return Page([rows[need_id] for _, need_id in shown], more)


def _filtered(statement: Select[Any], wanted: NeedFilters) -> Select[Any]:
    lists = (
        (Need.causes, wanted.cause),
        (Need.skills, wanted.skill),
        (Need.languages, wanted.language),
    )
    for column, codes in lists:
        if codes:
            statement = statement.where(holds_any(column, codes))
    if wanted.location_type:
        statement = statement.where(Need.location_type.in_(wanted.location_type))
    if wanted.status:
        statement = statement.where(Need.status.in_(wanted.status))
    if wanted.organisation:
        statement = statement.where(Need.organisation_id.in_(wanted.organisation))
    if wanted.slots:
        slots = func.coalesce(func.nullif(Need.slots, 0), Need.shift_slots)
        statement = statement.where(slots.bitwise_and(wanted.slots) != 0)
    if wanted.near is not None:
        statement = statement.where(within(Need.latitude, Need.longitude, wanted.near, wanted.radius_km))
    return _in_time(statement, wanted)


def _in_time(statement: Select[Any], wanted: NeedFilters) -> Select[Any]:
    """Keep what is done in that time by its own dates, or in one of its shifts."""
    if wanted.ends_after is None and wanted.starts_before is None:
        return statement
    last = func.coalesce(Need.ends_at, Need.starts_at)
    own, shift = [Need.shift_count == 0], [Shift.need_id == Need.id, Shift.status != ShiftStatus.CANCELLED]
    if wanted.ends_after is not None:
        own.append(or_(last.is_(None), last >= wanted.ends_after, Need.rrule.is_not(None)))
        shift.append(Shift.ends_at >= wanted.ends_after)
    if wanted.starts_before is not None:
        own.append(or_(Need.starts_at.is_(None), Need.starts_at <= wanted.starts_before))
        shift.append(Shift.starts_at <= wanted.starts_before)
    return statement.where(or_(and_(*own), exists().where(*shift)))
