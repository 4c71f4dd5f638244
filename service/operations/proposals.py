"""Answers to a proposal: the volunteer's own, and only theirs."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Need, Organisation, Placement, Proposal, Volunteer
from models.errors import NotPossible
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import DeclineReason, ProposalStatus
from service.access.actors import Actor
from service.errors import N_, FieldError, Invalid
from service.operations.events import record_event
from service.operations.jobs import order_job
from service.operations.placements import hold_place, withdraw_placement
from service.operations.proposing import bring_back
from service.queries.placements import find_live_placement
from service.queries.proposals import ForAnswer, get_proposal_for_answer, get_proposal_to_wake

LONGEST_SNOOZE = timedelta(days=366)


def accept_proposal(
    session: Session,
    actor: Actor,
    proposal_id: uuid.UUID,
    *,
    message: str | None = None,
    at: datetime,
) -> Placement:
    """The volunteer says yes: a place is theirs from now on.

    Refused with `already_decided`, `need_full` or `need_closed`; then nothing has changed.
    """
    asked = get_proposal_for_answer(session, actor, proposal_id)
    _must_wait_for_answer(session, actor, asked, at)
    before = asked.proposal.status
    asked.proposal.accept(message, at)
    must_be_open(asked.organisation, asked.need, at)
    record_answer(session, actor, asked.proposal, before, at)
    return hold_place(session, actor, asked.need, asked.proposal, at=at)


def must_be_open(organisation: Organisation, need: Need, at: datetime) -> None:
    """Refuse what nobody should accept: the unverified's, what is closed, and what is over."""
    if not is_open(organisation, need, at):
        raise NotPossible("need_closed", need.status)


def is_open(organisation: Organisation, need: Need, at: datetime) -> bool:
    """Say whether somebody may still answer: the organisation verified, the need neither closed nor over."""
    trusted = organisation.status is OrganisationStatus.VERIFIED
    return trusted and need.status in (NeedStatus.OPEN, NeedStatus.FULL) and not need.is_over(at)


def _must_wait_for_answer(session: Session, actor: Actor, asked: ForAnswer, at: datetime) -> None:
    """Wake a snoozed proposal for its answer, and bring back one that expired, or say why it did.

    One that only gave way to better ones comes back; so the two steps are both on record.
    """
    if asked.proposal.status is ProposalStatus.SNOOZED:
        wake(session, actor, asked, at=at)
    if asked.proposal.status is not ProposalStatus.EXPIRED:
        return
    must_be_open(asked.organisation, asked.need, at)
    if asked.need.status is NeedStatus.FULL:
        raise NotPossible("need_full", asked.need.status)
    bring_back(session, actor, asked.proposal, at=at)


def decline_proposal(
    session: Session,
    actor: Actor,
    proposal_id: uuid.UUID,
    *,
    reason: DeclineReason | None = None,
    note: str | None = None,
    at: datetime,
) -> Proposal:
    """The volunteer says no; it costs nothing, and they are not asked about this need again."""
    asked = get_proposal_for_answer(session, actor, proposal_id)
    _must_wait_for_answer(session, actor, asked, at)
    proposal, before = asked.proposal, asked.proposal.status
    proposal.decline(reason, note, at)
    record_answer(session, actor, proposal, before, at)
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
    record_answer(session, actor, asked.proposal, ProposalStatus.SNOOZED, at)


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
    """The volunteer takes a yes back, any time before it is over; the place is free again."""
    asked = get_proposal_for_answer(session, actor, proposal_id)
    before = asked.proposal.status
    asked.proposal.withdraw(note, at)
    if asked.need.is_over(at):
        raise NotPossible("need_over", asked.need.status)
    record_answer(session, actor, asked.proposal, before, at)
    placement = find_live_placement(session, actor, proposal_id)
    if placement is None:  # completed, or a no-show
        raise NotPossible("placement_over")
    withdraw_placement(session, actor, asked.need, placement, at=at)
    return asked.proposal


def record_answer(
    session: Session,
    actor: Actor,
    proposal: Proposal,
    before: ProposalStatus,
    at: datetime,
    *,
    name: str = "",
) -> None:
    """Put the new state of a proposal on record; what the volunteer said stays with the proposal."""
    taken_back = proposal.status is ProposalStatus.PROPOSED
    record_event(
        session,
        actor,
        name or f"proposal.{'reconsidered' if taken_back else proposal.status}",
        proposal.id,
        at=at,
        centre_id=session.get_one(Volunteer, proposal.volunteer_id).centre_id,
        from_state=before,
        to_state=proposal.status,
        need_id=proposal.need_id,
    )
