"""The shifts of a live placement: its volunteer gives single ones back, and takes others."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.errors import NotPossible
from models.placements import IN_SHIFTS
from service.access.actors import Actor
from service.errors import FieldError, Invalid, Refusal
from service.operations.events import record_event
from service.operations.overlaps import must_not_overlap, times_of_shifts
from service.operations.proposal_steps import must_be_open
from service.operations.shift_places import NOT_OURS, choose_shifts, give_back_shifts, hold_shifts
from service.queries.placements import Held
from service.queries.shifts import list_held_places


def change_own_shifts(
    session: Session,
    actor: Actor,
    held: Held,
    shift_ids: Sequence[uuid.UUID],
    *,
    confirm_overlap: bool = False,
    at: datetime,
) -> None:
    """Let a placement that `get_own_placement_for_change` gave hold these of the upcoming shifts, no others.

    What is over stays as it was. Refused with `placement_over`, with `last_shift` where none would be left,
    and as an acceptance is.
    """
    need, placement, wanted = held.answer.need, held.placement, set(shift_ids)
    if not placement.is_live():
        raise NotPossible("placement_over", placement.status)
    if placement.place_number != IN_SHIFTS:
        raise Invalid(FieldError("shift_ids", "unknown", NOT_OURS))
    there = {shift.id: shift for shift, _ in list_held_places(session, actor, placement.id)}
    kept = [one for one in there.values() if one.id in wanted and one.is_upcoming(at)]
    new = [one for one in shift_ids if one not in there]
    if not kept and not new:
        raise Refusal("last_shift")
    added = choose_shifts(session, actor, need, new, at=at) if new else []
    if added:
        must_be_open(held.answer.organisation, need, at)
    if added and not confirm_overlap:
        organisation = held.answer.organisation
        times, beside = (times_of_shifts(need, organisation, one) for one in (added, kept))
        volunteer_id = placement.volunteer_id
        must_not_overlap(session, actor, volunteer_id, times, but=placement.id, beside=beside)
    freed = give_back_shifts(session, actor, need, placement, but=wanted, at=at)
    hold_shifts(session, actor, need, placement, added, at=at)
    if freed or added:
        record_event(
            session, actor, "placement.shifts_changed", placement.id, at=at,
            centre_id=need.centre_id, need_id=need.id,
            added=" ".join(str(one.id) for one in added) or None,
            given_back=" ".join(str(one) for one in freed) or None,
        )  # fmt: skip
