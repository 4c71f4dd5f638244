"""Hours: entered by the volunteer, confirmed or corrected by the organisation, settled between the two."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import Hours, Need, Placement
from models.clock_times import NoSuchTimeError, span
from models.errors import NotPossible
from models.hours import MOST_MINUTES_A_DAY, HoursStatus
from models.placements import GIVES_HOURS, PlacementStatus
from service.access.actors import Actor, ActorKind
from service.errors import N_, FieldError, Invalid, NotAllowed
from service.operations.events import record_event
from service.operations.jobs import Order, order_jobs
from service.queries.hours import (
    count_minutes_of_day,
    get_hours_for_change,
    has_waiting_hours,
    lock_own_placement,
)

Fields = Mapping[str, Any]
# Many begin before anybody presses a button; the organisation looks at each entry anyway.
BEFORE_ACCEPTANCE = timedelta(days=31)
REMINDED_AFTER = timedelta(days=7)


def enter_hours(
    session: Session, actor: Actor, placement_id: uuid.UUID, fields: Fields, *, at: datetime
) -> Hours:
    """The volunteer says how long they were there; `fields` are those of `HoursNew`.

    Refused where the placement is neither accepted nor completed, and field by field: a day outside the
    placement or in the future, times that the clocks never showed, more than 24 hours for a day.
    """
    placement, need = lock_own_placement(session, actor, placement_id)
    if placement.status not in GIVES_HOURS:
        raise NotPossible("placement_over", placement.status)
    hours = Hours(
        id=uuid.uuid4(),
        placement_id=placement.id,
        volunteer_id=placement.volunteer_id,
        organisation_id=need.organisation_id,
        need_id=need.id,
        status=HoursStatus.ENTERED,
    )
    _fill(session, actor, hours, placement, need, fields, at)
    session.add(hours)
    session.flush()
    _record(session, actor, hours, "entered", None, at)
    _order_reminder(session, actor, need.id, at)
    return hours


def change_hours(session: Session, actor: Actor, hours: Hours, fields: Fields, *, at: datetime) -> Hours:
    """The volunteer mends an entry that nobody has answered yet; its locks are held."""
    hours.must_be_unanswered()
    kept: dict[str, Any] = {"date": hours.date, "note": hours.note}
    if not fields.keys() & {"minutes", "starts", "ends"}:
        if hours.starts_at is not None and hours.ends_at is not None:
            where = ZoneInfo(session.get_one(Need, hours.need_id).timezone)
            kept["starts"] = _clock(hours.starts_at, where)
            kept["ends"] = _clock(hours.ends_at, where)
        else:
            kept["minutes"] = hours.minutes
    placement = session.get_one(Placement, hours.placement_id)
    need = session.get_one(Need, hours.need_id)
    _fill(session, actor, hours, placement, need, {**kept, **fields}, at)
    _record(session, actor, hours, "changed", hours.status, at)
    session.flush()
    return hours


def remove_hours(session: Session, actor: Actor, hours_id: uuid.UUID, *, at: datetime) -> None:
    """The volunteer takes an entry back that nobody has answered yet."""
    hours = get_hours_for_change(session, actor, hours_id)
    hours.must_be_unanswered()
    session.delete(hours)
    _record(session, actor, hours, "removed", hours.status, at)


def confirm_hours(session: Session, actor: Actor, hours_id: uuid.UUID, *, at: datetime) -> Hours:
    """The organisation says that it was so."""
    hours, before = _answered(session, actor, hours_id)
    hours.confirm(at)
    _record(session, actor, hours, "confirmed", before, at)
    session.flush()
    return hours


def confirm_many(session: Session, actor: Actor, hours_ids: Iterable[uuid.UUID], *, at: datetime) -> int:
    """Confirm those of these entries that still wait, one after the other; say how many did."""
    done = 0
    for one in sorted(set(hours_ids)):
        hours, before = _answered(session, actor, one)
        if before in (HoursStatus.ENTERED, HoursStatus.DISPUTED):
            hours.confirm(at)
            _record(session, actor, hours, "confirmed", before, at)
            done += 1
    return done


def correct_hours(
    session: Session, actor: Actor, hours_id: uuid.UUID, minutes: int, reason: str, *, at: datetime
) -> Hours:
    """The organisation says how long it was, and why it thinks so; the volunteer accepts or disputes it."""
    hours, before = _answered(session, actor, hours_id)
    hours.correct(minutes, reason, at)
    _record(session, actor, hours, "corrected", before, at)
    session.flush()
    return hours


def accept_correction(session: Session, actor: Actor, hours_id: uuid.UUID, *, at: datetime) -> Hours:
    """The volunteer says that the organisation is right."""
    hours = get_hours_for_change(session, actor, hours_id)
    hours.accept_correction(at)
    _record(session, actor, hours, "confirmed", HoursStatus.CORRECTED, at)
    session.flush()
    return hours


def dispute_correction(
    session: Session, actor: Actor, hours_id: uuid.UUID, text: str, *, at: datetime
) -> Hours:
    """The volunteer says that it was otherwise; until that is settled, what the organisation says counts."""
    hours = get_hours_for_change(session, actor, hours_id)
    hours.dispute_correction(text, at)
    _record(session, actor, hours, "disputed", HoursStatus.CORRECTED, at)
    _order_reminder(session, actor, hours.need_id, at)
    session.flush()
    return hours


def remind_of_hours(session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime) -> None:
    """Remind a need's coordinators that hours wait, if some do; a job does."""
    if has_waiting_hours(session, actor, need_id):
        need = session.get_one(Need, need_id)
        record_event(session, actor, "need.hours_waiting", need.id, at=at, centre_id=need.centre_id)


def _answered(session: Session, actor: Actor, hours_id: uuid.UUID) -> tuple[Hours, HoursStatus]:
    if actor.kind is not ActorKind.COORDINATOR:
        raise NotAllowed
    hours = get_hours_for_change(session, actor, hours_id)
    placement = session.get_one(Placement, hours.placement_id)
    if placement.status is PlacementStatus.NO_SHOW:
        raise NotPossible("placement_over", placement.status)
    return hours, hours.status


def _fill(
    session: Session,
    actor: Actor,
    hours: Hours,
    placement: Placement,
    need: Need,
    fields: Fields,
    at: datetime,
) -> None:
    day: date = fields["date"]
    _must_lie_within(day, placement, need, at)
    hours.date, hours.note = day, fields.get("note")
    hours.starts_at = hours.ends_at = None
    hours.minutes = _minutes(hours, need, fields, at)
    others = count_minutes_of_day(session, actor, placement.volunteer_id, day, but=hours.id)
    if others + hours.minutes > MOST_MINUTES_A_DAY:
        message = N_("All that you entered for this day would be more than 24 hours.")
        raise Invalid(FieldError("minutes", "more_than_a_day", message))


def _must_lie_within(day: date, placement: Placement, need: Need, at: datetime) -> None:
    where = ZoneInfo(need.timezone)
    if day > _day_of(at, where):
        raise Invalid(FieldError("date", "in_the_future", N_("This day is still to come.")))
    ended = placement.ended_at
    first = placement.created_at.astimezone(where).date() - BEFORE_ACCEPTANCE
    if day < first or (ended is not None and day > _day_of(ended, where)):
        raise Invalid(FieldError("date", "outside", N_("Your placement does not cover this day.")))


def _day_of(moment: datetime, where: ZoneInfo) -> date:
    """Say which day it is there, or in UTC where that is the next one already."""
    return max(moment.astimezone(where).date(), moment.astimezone(UTC).date())


def _minutes(hours: Hours, need: Need, fields: Fields, at: datetime) -> int:
    starts, ends, minutes = (fields.get(name) for name in ("starts", "ends", "minutes"))
    if starts is None and ends is None:
        if minutes is None:
            raise Invalid(FieldError("minutes", "required", N_("Say how long, or from when to when.")))
        return int(minutes)
    if minutes is not None:
        raise Invalid(FieldError("minutes", "not_both", N_("Say how long, or from when to when; not both.")))
    if starts is None or ends is None:
        missing = "starts" if starts is None else "ends"
        raise Invalid(FieldError(missing, "required", N_("This is needed.")))
    return _measure(hours, need, starts, ends, at)


def _measure(hours: Hours, need: Need, starts: int, ends: int, at: datetime) -> int:
    try:
        begin, end = span(hours.date, _time(starts), _time(ends), need.timezone)
    except NoSuchTimeError as error:
        message = N_("The clocks skip this time on that day.")
        raise Invalid(FieldError(str(error), "no_such_time", message)) from None
    if end > at:
        raise Invalid(FieldError("ends", "in_the_future", N_("This time is still to come.")))
    length = (end - begin) // timedelta(minutes=1)
    if length > MOST_MINUTES_A_DAY:
        message = N_("All that you entered for this day would be more than 24 hours.")
        raise Invalid(FieldError("ends", "more_than_a_day", message))
    hours.starts_at, hours.ends_at = begin, end
    return length


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _clock(moment: datetime, where: ZoneInfo) -> int:
    local = moment.astimezone(where)
    return local.hour * 60 + local.minute


def _order_reminder(session: Session, actor: Actor, need_id: uuid.UUID, at: datetime) -> None:
    order = Order({"need_id": str(need_id)}, f"hours.remind:{need_id}", at + REMINDED_AFTER)
    order_jobs(session, actor, "hours.remind", [order], at=at)


def _record(
    session: Session, actor: Actor, hours: Hours, name: str, before: HoursStatus | None, at: datetime
) -> None:
    record_event(
        session, actor, f"hours.{name}", hours.id, at=at,
        centre_id=session.get_one(Need, hours.need_id).centre_id, from_state=before,
        to_state=None if name == "removed" else hours.status,
        need_id=hours.need_id, placement_id=hours.placement_id,
    )  # fmt: skip
