"""Planning shifts: which dates a request gives, before anything is kept; a page shows them first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models import Need
from models.shift_dates import FARTHEST, WrongRule, list_starts
from service.errors import N_, FieldError, Invalid

LONGEST = timedelta(days=7)
# Why no shifts can be made of a rule; `models.shift_dates.WrongRule` names the code.
WRONG_RULES = {
    "invalid_rule": N_("This must be an RFC 5545 rule, such as FREQ=WEEKLY;BYDAY=SA."),
    "too_often": N_("Shifts repeat daily, weekly, monthly or yearly."),
    "never_ends": N_("Say when it ends: by COUNT, or by UNTIL."),
    "too_many": N_("At most 366 shifts can be added at once."),
    "too_far_ahead": N_("Shifts can be added for the next two years."),
    "no_dates": N_("This rule gives no date at all."),
}
IN_THE_PAST = N_("This time has passed.")


@dataclass(frozen=True, slots=True)
class Planned:
    """A shift that would be; `original_start` is what the rule said, on the clocks of the need."""

    starts_at: datetime
    ends_at: datetime
    original_start: str | None = None


def plan_shifts(need: Need, fields: Mapping[str, Any], *, at: datetime) -> list[Planned]:
    """Say which shifts a request gives; `fields` are those of `ShiftsNew`.

    Each that a rule gives begins at the same time of the day, by the clocks of the need, and is as long as
    the first. Of a rule that has begun only what is still to come is given.
    """
    starts_at, ends_at = (fields[name].replace(microsecond=0) for name in ("starts_at", "ends_at"))
    rule = fields.get("rrule")
    must_be_possible(starts_at, ends_at, at=at, begins=not rule)
    if not rule:
        return [Planned(starts_at, ends_at)]
    try:
        starts = list_starts(rule, starts_at, need.timezone, at=at)
    except WrongRule as wrong:
        raise Invalid(FieldError("rrule", wrong.code, WRONG_RULES[wrong.code])) from None
    length = ends_at - starts_at
    planned = [Planned(one.moment, one.moment + length, one.local) for one in starts if one.moment > at]
    if not planned:
        raise Invalid(FieldError("rrule", "in_the_past", IN_THE_PAST))
    return planned


def must_be_possible(starts_at: datetime, ends_at: datetime, *, at: datetime, begins: bool = True) -> None:
    """Refuse times that no shift can have; `begins` where it must not have begun already."""
    wrong = None
    if ends_at <= starts_at:
        wrong = ("ends_at", "before_starts_at", N_("It cannot end before it starts."))
    elif ends_at - starts_at > LONGEST:
        wrong = ("ends_at", "too_long", N_("A shift takes a week at most."))
    elif starts_at <= at if begins else ends_at <= at - FARTHEST:
        wrong = ("starts_at", "in_the_past", IN_THE_PAST)
    elif starts_at > at + FARTHEST:
        wrong = ("starts_at", "too_far_ahead", WRONG_RULES["too_far_ahead"])
    if wrong:
        raise Invalid(FieldError(*wrong))
