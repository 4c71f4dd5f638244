"""Answers to a proposal: the volunteer's own, and only theirs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Placement, Proposal, Shift
from models.errors import NotPossible
from models.introductions import Side
from models.needs import NeedStatus
from models.proposals import DeclineReason, ProposalStatus
from service.access.actors import Actor
from service.errors import N_, FieldError, Invalid
from service.operations.introduction_ends import end_visits
from service.operations.jobs import order_job
from service.operations.offer_ends import pass_on
from service.operations.overlaps import must_not_overlap, times_of_need, times_of_shifts
from service.operations.placements import hold_place, withdraw_placement
from service.operations.proposal_steps import is_open, must_be_open, record_answer
from service.operations.proposing import bring_back
from service.operations.shift_places import choose_shifts, must_hold_upcoming
from service.operations.waitlists import join_waitlist, leave_waitlist
from service.queries.placements import find_live_placement
from service.queries.proposals import (
    ForAnswer,
    get_proposal_for_answer,
    get_proposal_to_wake,
    lock_own_volunteer,
)
from service.queries.waitlists import list_offered_shift_places

LONGEST_SNOOZE = timedelta(days=366)
HAS_ROOM = N_("This one has room: accept it alone, or leave it out and wait for the others.")


def accept_proposal(
    session: Session,
    actor: Actor,
    proposal_id: uuid.UUID,
    *,
    message: str | None = None,
    shift_ids: Sequence[uuid.UUID] = (),
    confirm_overlap: bool = False,
    at: datetime,
) -> Placement:
    """The volunteer says yes: a place is theirs from now on, or one in each of the shifts.

    Refused with `already_decided`, `need_full`, `need_closed`, `shift_over`, and with `overlaps` unless that
    is what they want; then nothing has changed.
    """
    lock_own_volunteer(session, actor)
    asked = get_proposal_for_answer(session, actor, proposal_id)
    return _accept(session, actor, asked, message, shift_ids, at, confirm_overlap=confirm_overlap)


def _accept(
    session: Session,
    actor: Actor,
    asked: ForAnswer,
    message: str | None,
    shift_ids: Sequence[uuid.UUID],
    at: datetime,
    *,
    confirm_overlap: bool,
) -> Placement:
    """Say yes for a volunteer whose own lock, and those of the answer, are held."""
    _must_wait_for_answer(session, actor, asked, at)
    before = asked.proposal.status
    asked.proposal.accept(message, at)
    must_be_open(asked.organisation, asked.need, at)
    if asked.need.status is NeedStatus.FULL and before is not ProposalStatus.OFFERED:
        raise NotPossible("need_full", asked.need.status)
    shifts = _choose(session, actor, asked, shift_ids, at, confirm_overlap=confirm_overlap)
    record_answer(session, actor, asked.proposal, before, at)
    placement = hold_place(session, actor, asked.need, asked.proposal, shifts=shifts, at=at)
    if before is ProposalStatus.OFFERED:
        pass_on(session, actor, asked.need, asked.proposal, at=at)
    return placement


def _choose(
    session: Session,
    actor: Actor,
    asked: ForAnswer,
    shift_ids: Sequence[uuid.UUID],
    at: datetime,
    *,
    confirm_overlap: bool,
) -> list[Shift]:
    """Find the shifts that are accepted, and look what else the volunteer holds at those times."""
    need, organisation = asked.need, asked.organisation
    kept = [one.id for one, _ in list_offered_shift_places(session, actor, asked.proposal.id)]
    # Whoever is offered some takes all of them, where they do not say which.
    shifts = choose_shifts(session, actor, need, shift_ids or kept, kept=kept, at=at)
    if not confirm_overlap:
        times = times_of_shifts(need, organisation, shifts) or times_of_need(need, organisation, at=at)
        must_not_overlap(session, actor, asked.proposal.volunteer_id, times)
    return shifts


def accept_or_wait(
    session: Session,
    actor: Actor,
    proposal_id: uuid.UUID,
    *,
    message: str | None = None,
    shift_ids: Sequence[uuid.UUID] = (),
    confirm_overlap: bool = False,
    at: datetime,
) -> Placement | None:
    """The volunteer says yes, and if there is no place, that they wait for one; None where they do.

    Of a need with shifts, they wait for those that they name, all of which must be full. Refused as an
    acceptance is, but for `need_full`.
    """
    lock_own_volunteer(session, actor)
    asked = get_proposal_for_answer(session, actor, proposal_id)
    shifts = _full_shifts(session, actor, asked, shift_ids, at)
    full = shifts or (asked.need.status is NeedStatus.FULL and not asked.need.shift_count)
    if not full or asked.proposal.status is ProposalStatus.OFFERED:
        return _accept(session, actor, asked, message, shift_ids, at, confirm_overlap=confirm_overlap)
    must_be_open(asked.organisation, asked.need, at)
    _must_wait_for_answer(session, actor, asked, at, full=asked.need.status is NeedStatus.FULL)
    join_waitlist(session, actor, asked.proposal, message, shifts=shifts, at=at)
    return None


def _full_shifts(
    session: Session, actor: Actor, asked: ForAnswer, shift_ids: Sequence[uuid.UUID], at: datetime
) -> list[Shift]:
    """Find the shifts to wait for; none where all have room, and some of each are refused.

    One proposal cannot both wait and be accepted.
    """
    if not asked.need.shift_count or asked.proposal.status is ProposalStatus.OFFERED:
        return []
    shifts = choose_shifts(session, actor, asked.need, shift_ids, waits=True, at=at)
    with_room = [one for one in shifts if one.places_left]
    if with_room and len(with_room) < len(shifts):
        raise Invalid(*(FieldError(f"shift_ids.{one.id}", "has_room", HAS_ROOM) for one in with_room))
    return [] if with_room else shifts


def _must_wait_for_answer(
    session: Session, actor: Actor, asked: ForAnswer, at: datetime, *, full: bool = False
) -> None:
    """Wake a snoozed proposal for its answer, and bring back one that expired, or say why it did.

    One that only gave way to better ones comes back; so the two steps are both on record. One that is `full`
    comes back only to be waited for.
    """
    if asked.proposal.status is ProposalStatus.SNOOZED:
        wake(session, actor, asked, at=at)
    if asked.proposal.status is not ProposalStatus.EXPIRED:
        return
    must_be_open(asked.organisation, asked.need, at)
    if asked.need.status is NeedStatus.FULL and not full:
        raise NotPossible("need_full", asked.need.status)
    bring_back(session, actor, asked.proposal, full=full, at=at)


def decline_proposal(
    session: Session,
    actor: Actor,
    proposal_id: uuid.UUID,
    *,
    reason: DeclineReason | None = None,
    note: str | None = None,
    at: datetime,
) -> Proposal:
    """The volunteer says no; it costs nothing, and they are not asked about this need again.

    An offered place goes to the next, and nobody waits for them at a visit that they had booked.
    """
    asked = get_proposal_for_answer(session, actor, proposal_id)
    _must_wait_for_answer(session, actor, asked, at)
    proposal, before = asked.proposal, asked.proposal.status
    proposal.decline(reason, note, at)
    record_answer(session, actor, proposal, before, at)
    end_visits(session, actor, proposal, Side.VOLUNTEER, at=at)
    if before is ProposalStatus.OFFERED:
        pass_on(session, actor, asked.need, proposal, at=at)
    return proposal


def snooze_proposal(
    session: Session, actor: Actor, proposal_id: uuid.UUID, *, until: datetime, at: datetime
) -> Proposal:
    """The volunteer says not now: it waits among their proposals again from that time on.

    Refused where the time has passed or lies more than a year ahead.
    """
    if not at < until <= at + LONGEST_SNOOZE:
        raise Invalid(FieldError("until", "out_of_range", N_("Choose a time within the next year.")))
    asked = get_proposal_for_answer(session, actor, proposal_id)
    _must_wait_for_answer(session, actor, asked, at)
    proposal, before = asked.proposal, asked.proposal.status
    proposal.snooze(until, at)
    record_answer(session, actor, proposal, before, at)
    order_waking(session, actor, proposal, at=at)
    return proposal


def wake_proposal(session: Session, actor: Actor, proposal_id: uuid.UUID, *, at: datetime) -> None:
    """Put a snoozed proposal before its volunteer again, now that its time has come; a job does.

    One that was answered meanwhile, or put off for longer, is left alone; one whose need is gone expires.
    """
    asked = get_proposal_to_wake(session, actor, proposal_id)
    until = asked.proposal.snoozed_until
    if asked.proposal.status is not ProposalStatus.SNOOZED or (until is not None and until > at):
        return
    if is_open(asked.organisation, asked.need, at):
        wake(session, actor, asked, at=at)
        return
    asked.proposal.expire(at)
    record_answer(session, actor, asked.proposal, ProposalStatus.SNOOZED, at, why="gone")
    end_visits(session, actor, asked.proposal, Side.ORGANISATION, at=at)


def wake(session: Session, actor: Actor, asked: ForAnswer, *, at: datetime) -> None:
    """Wake a snoozed proposal whose locks are held."""
    asked.proposal.wake(at)
    record_answer(session, actor, asked.proposal, ProposalStatus.SNOOZED, at, name="proposal.woken")


def order_waking(session: Session, actor: Actor, proposal: Proposal, *, at: datetime) -> None:
    """Order that a snoozed proposal be woken at its time."""
    payload, key = {"proposal_id": str(proposal.id)}, f"proposals.wake:{proposal.id}"
    job = order_job(session, actor, "proposals.wake", payload, at=at, key=key)
    job.due_at = proposal.snoozed_until or at


def reconsider_proposal(session: Session, actor: Actor, proposal_id: uuid.UUID, *, at: datetime) -> Proposal:
    """The volunteer takes a no back: the proposal is open again, if the need still is."""
    asked = get_proposal_for_answer(session, actor, proposal_id)
    before = asked.proposal.status
    asked.proposal.reconsider(at)
    must_be_open(asked.organisation, asked.need, at)
    record_answer(session, actor, asked.proposal, before, at)
    return asked.proposal


def withdraw_proposal(
    session: Session,
    actor: Actor,
    proposal_id: uuid.UUID,
    *,
    note: str | None = None,
    at: datetime,
) -> Proposal:
    """The volunteer takes a yes back, any time before it is over; the place is free again.

    Who waits for one takes that back in the same way, and waits no more.
    """
    asked = get_proposal_for_answer(session, actor, proposal_id)
    before = asked.proposal.status
    asked.proposal.withdraw(note, at)
    if asked.need.is_over(at):
        raise NotPossible("need_over", asked.need.status)
    record_answer(session, actor, asked.proposal, before, at)
    end_visits(session, actor, asked.proposal, Side.VOLUNTEER, at=at)
    if before is ProposalStatus.WAITLISTED:
        leave_waitlist(session, actor, asked.proposal)
        return asked.proposal
    placement = find_live_placement(session, actor, proposal_id)
    if placement is None:  # completed, or a no-show
        raise NotPossible("placement_over")
    must_hold_upcoming(session, actor, placement, at=at)
    withdraw_placement(session, actor, asked.need, placement, at=at)
    return asked.proposal
