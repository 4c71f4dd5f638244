"""What a volunteer holds at a certain time: the shifts they accepted, and the needs that have dates."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import Need, Organisation, Placement, Shift, ShiftPlace
from models.needs import NeedStatus
from models.placements import LIVE
from models.shift_dates import FARTHEST, WrongRule, starts_between
from models.shifts import ShiftStatus
from service.access.actors import Actor

# What goes on for longer is no appointment but a frame, in which the two agree on hours: as in calendars.
LONGEST = timedelta(hours=18)
# A need that says only when it begins takes at least this moment.
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A time that is taken, or would be: by a shift, or by a need's own date."""

    need: Need
    organisation: Organisation
    shift_id: uuid.UUID | None
    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: Commitment) -> bool:
        """Say whether the two take some of the same time; one may begin when the other ends."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def list_commitments(
    session: Session,
    actor: Actor,
    volunteer_id: uuid.UUID,
    *,
    since: datetime,
    until: datetime,
    but: uuid.UUID | None = None,
) -> list[Commitment]:
    """List what a volunteer holds between two times, `but` for one placement.

    The caller has looked who asks.
    """
    held = (Placement.volunteer_id == volunteer_id, Placement.status.in_(LIVE), Placement.id != but)
    going_on = Need.status != NeedStatus.CANCELLED
    shifts = session.execute(
        select(Shift, Need, Organisation)
        .join(ShiftPlace, ShiftPlace.shift_id == Shift.id)
        .join(Placement, Placement.id == ShiftPlace.placement_id)
        .join(Need, Need.id == Shift.need_id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .where(*held, going_on, Shift.status != ShiftStatus.CANCELLED)
        .where(Shift.ends_at > since, Shift.starts_at < until)
    )
    found = [Commitment(need, of, one.id, one.starts_at, one.ends_at) for one, need, of in shifts]
    dated = session.execute(
        select(Need, Organisation)
        .join(Placement, Placement.need_id == Need.id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .where(*held, going_on, Need.shift_count == 0, Need.starts_at < until)
        .where(or_(func.coalesce(Need.ends_at, Need.starts_at) >= since, Need.rrule.is_not(None)))
    )
    for need, organisation in dated:
        found += dates_of(need, organisation, since=since, until=until)
    return sorted(found, key=lambda one: (one.starts_at, one.ends_at, one.need.id))


def dates_of(
    need: Need, organisation: Organisation, *, since: datetime, until: datetime | None = None
) -> Iterator[Commitment]:
    """Give a need's own dates between two times, each that its rule gives; none where it is a frame."""
    if need.starts_at is None:
        return
    length = max((need.ends_at or need.starts_at) - need.starts_at, _MOMENT)
    if length > LONGEST:
        return
    for begins in _beginnings(need, need.starts_at, since - length, until or since + FARTHEST):
        if begins + length > since:
            yield Commitment(need, organisation, None, begins, begins + length)


def _beginnings(need: Need, first: datetime, since: datetime, until: datetime) -> list[datetime]:
    if need.rrule:
        try:
            return list(starts_between(need.rrule, first, need.timezone, since, until))
        except WrongRule:
            pass  # a rule out of somebody's file that says nothing: its first date is all that is known
    return [first]
