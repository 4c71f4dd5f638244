"""Reading what stands in calendars: a volunteer's placements by their key, an organisation's open needs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models import CalendarKey, Need, Organisation, Placement, Shift, ShiftPlace, Volunteer
from models.needs import NeedStatus
from models.placements import IN_SHIFTS
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.needs import is_public
from service.queries.organisations import IS_VERIFIED

# What is cancelled stands in calendars as cancelled for so long, then not at all.
CANCELLED_KEPT = timedelta(days=30)
PAST_KEPT = timedelta(days=180)
MOST = 1000


@dataclass(frozen=True, slots=True)
class Dated:
    """What stands in a calendar: a need, its organisation, and the reader's own placement in it, if any."""

    need: Need
    organisation: Organisation
    placement: Placement | None = None
    # Where the need has shifts, each is an entry of its own.
    shift: Shift | None = None


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """A volunteer's calendar: in their language, what stands in it."""

    language: str
    entries: list[Dated]


def find_calendar_key(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, *, lock: bool = False
) -> CalendarKey | None:
    """Find the key to the volunteer's own calendar, if they have made one."""
    actor.must_be_volunteer(volunteer_id)
    wanted = select(CalendarKey).where(CalendarKey.volunteer_id == volunteer_id)
    return session.scalar(wanted.with_for_update() if lock else wanted)


def read_own_calendar(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, key_hash: str | None, *, at: datetime
) -> OwnCalendar:
    """Read a volunteer's calendar: by its key, or as that very volunteer; to all others it is not there."""
    kept = session.scalar(select(CalendarKey.key_hash).where(CalendarKey.volunteer_id == volunteer_id))
    by_key = bool(kept and key_hash and compare_digest(kept, key_hash))
    own = actor.kind is ActorKind.VOLUNTEER and actor.volunteer_id == volunteer_id
    volunteer = session.get(Volunteer, volunteer_id) if by_key or own else None
    if volunteer is None:
        raise NotFound
    rows = session.execute(
        select(Need, Organisation, Placement)
        .join(Need, Need.id == Placement.need_id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .where(
            Placement.volunteer_id == volunteer_id,
            Placement.place_number != IN_SHIFTS,
            Need.starts_at.is_not(None),
            or_(func.coalesce(Need.ends_at, Need.starts_at) > at - PAST_KEPT, Need.rrule.is_not(None)),
            or_(Placement.ended_at.is_(None), Placement.ended_at > at - CANCELLED_KEPT),
            or_(Need.status != NeedStatus.CANCELLED, Need.closed_at > at - CANCELLED_KEPT),
        )
        .order_by(Need.starts_at, Placement.id)
        .limit(MOST)
    ).all()
    dated = [Dated(*row) for row in rows]
    return OwnCalendar(volunteer.language, [*dated, *_own_shifts(session, volunteer_id, at)])


def _own_shifts(session: Session, volunteer_id: uuid.UUID, at: datetime) -> list[Dated]:
    """Read the shifts that the volunteer holds; one that is given back or cancelled is not there any more."""
    rows = session.execute(
        select(Need, Organisation, Placement, Shift)
        .join(ShiftPlace, ShiftPlace.shift_id == Shift.id)
        .join(Placement, Placement.id == ShiftPlace.placement_id)
        .join(Need, Need.id == Shift.need_id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .where(
            Placement.volunteer_id == volunteer_id,
            Shift.ends_at > at - PAST_KEPT,
            or_(Need.status != NeedStatus.CANCELLED, Need.closed_at > at - CANCELLED_KEPT),
        )
        .order_by(Shift.starts_at.desc(), Shift.id)
        .limit(MOST)
    ).all()
    return [Dated(*row) for row in reversed(rows)]


def read_organisation_calendar(
    session: Session, actor: Actor, organisation_id: uuid.UUID, *, at: datetime
) -> tuple[Organisation, list[Dated]]:
    """Read the open needs with dates of a verified organisation, and those cancelled a short while ago."""
    organisation = session.scalar(select(Organisation).where(Organisation.id == organisation_id, IS_VERIFIED))
    if organisation is None:
        raise NotFound
    cancelled = and_(
        Need.status == NeedStatus.CANCELLED,
        Need.published_at <= at,
        Need.closed_at > at - CANCELLED_KEPT,
    )
    needs = session.scalars(
        select(Need)
        .where(
            Need.organisation_id == organisation_id,
            Need.shift_count == 0,
            Need.starts_at.is_not(None),
            or_(is_public(at), cancelled),
            or_(func.coalesce(Need.ends_at, Need.starts_at) > at - CANCELLED_KEPT, Need.rrule.is_not(None)),
        )
        .order_by(Need.starts_at, Need.id)
        .limit(MOST)
    ).all()
    shifts = session.execute(
        select(Need, Shift)
        .join(Shift, Shift.need_id == Need.id)
        .where(
            Need.organisation_id == organisation_id,
            or_(is_public(at), cancelled),
            Shift.ends_at > at - CANCELLED_KEPT,
            or_(Shift.cancelled_at.is_(None), Shift.cancelled_at > at - CANCELLED_KEPT),
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(MOST)
    )
    dated = [Dated(one, organisation) for one in needs]
    return organisation, [*dated, *(Dated(need, organisation, None, one) for need, one in shifts)]
