"""Reading records: what one would say now, a volunteer's own, and the one that belongs to a code."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Hours, Need, Organisation, Placement, Volunteer, VolunteerRecord
from models.organisations import OrganisationStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.hours import COUNTED
from service.queries.paging import Page, by_id, by_time, take_page


class Standing(StrEnum):
    """What has become of a record since it was issued."""

    STANDS = "stands"
    # An organisation vouches for less than it did, or its centre has suspended it.
    CHANGED = "changed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a volunteer has given in one placement, as its organisation vouches for it."""

    placement_id: uuid.UUID
    organisation: str
    need: str
    first_day: date
    last_day: date
    minutes: int


def get_own_volunteer(session: Session, actor: Actor) -> Volunteer:
    """Get the volunteer who asks."""
    if actor.kind is not ActorKind.VOLUNTEER or actor.volunteer_id is None:
        raise NotFound
    return session.get_one(Volunteer, actor.volunteer_id)


def list_entries(session: Session, actor: Actor) -> list[Entry]:
    """List what the volunteer's record would say now, earliest first."""
    first = func.min(Hours.date)
    rows = session.execute(
        select(Placement.id, Organisation.name, Need.title, first, func.max(Hours.date), func.sum(COUNTED))
        .join(Hours, Hours.placement_id == Placement.id)
        .join(Need, Need.id == Placement.need_id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .where(Placement.volunteer_id == get_own_volunteer(session, actor).id, COUNTED > 0)
        .group_by(Placement.id, Organisation.name, Need.title)
        .order_by(first, Placement.id)
    )
    return [Entry(row[0], row[1], row[2], row[3], row[4], int(row[5])) for row in rows]


def get_own_record(
    session: Session, actor: Actor, record_id: uuid.UUID, *, lock: bool = False
) -> VolunteerRecord:
    """Get one of the volunteer's own records."""
    wanted = select(VolunteerRecord).where(
        VolunteerRecord.id == record_id, VolunteerRecord.volunteer_id == get_own_volunteer(session, actor).id
    )
    found: VolunteerRecord | None = session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound
    return found


def list_own_records(
    session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 20
) -> Page[VolunteerRecord]:
    """List the records that the volunteer was issued, newest first."""
    own = VolunteerRecord.volunteer_id == get_own_volunteer(session, actor).id
    keys = [by_time(VolunteerRecord.issued_at, descending=True), by_id(VolunteerRecord.id)]
    return take_page(session, select(VolunteerRecord).where(own), keys, cursor, limit)


def get_record_by_code(session: Session, actor: Actor, code_hash: str) -> VolunteerRecord:
    """Get the record of a code; whoever has the code may."""
    found = session.scalar(select(VolunteerRecord).where(VolunteerRecord.code_hash == code_hash))
    if found is None:
        raise NotFound
    return found


def find_standing(session: Session, actor: Actor, record: VolunteerRecord) -> Standing:
    """Say whether it still stands: what was given later takes nothing from it."""
    if record.revoked_at is not None:
        return Standing.REVOKED
    said = {uuid.UUID(one["placement_id"]): one["minutes"] for one in record.content["entries"]}
    now = _vouched_for(session, said)
    fewer = any(now.get(one, 0) < minutes for one, minutes in said.items())
    return Standing.CHANGED if fewer else Standing.STANDS


def _vouched_for(session: Session, placement_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = session.execute(
        select(Hours.placement_id, func.sum(COUNTED))
        .join(Organisation, Organisation.id == Hours.organisation_id)
        .where(Hours.placement_id.in_(placement_ids), Organisation.status != OrganisationStatus.SUSPENDED)
        .group_by(Hours.placement_id)
    )
    return {row[0]: int(row[1]) for row in rows}
