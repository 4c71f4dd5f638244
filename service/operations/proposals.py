"""Answers to a proposal: the volunteer's own, and only theirs."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import Need, Organisation, Placement, Proposal
from models.errors import NotPossible
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import DeclineReason, ProposalStatus
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.placements import hold_place, withdraw_placement
from service.operations.proposing import bring_back
from service.queries.placements import find_live_placement
from service.queries.proposals import ForAnswer, get_proposal_for_answer


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
    _must_not_be_gone(session, actor, asked, at)
    before = asked.proposal.status
    asked.proposal.accept(message, at)
    must_be_open(asked.organisation, asked.need, at)
    record_answer(session, actor, asked.proposal, before, at)
    return hold_place(session, actor, asked.need, asked.proposal, at=at)


def must_be_open(organisation: Organisation, need: Need, at: datetime) -> None:
    """Refuse what nobody should accept: the unverified's, what is closed, and what is over."""
    trusted = organisation.status is OrganisationStatus.VERIFIED
    if not trusted or need.status not in (NeedStatus.OPEN, NeedStatus.FULL) or need.is_over(at):
        raise NotPossible("need_closed", need.status)


def _must_not_be_gone(session: Session, actor: Actor, asked: ForAnswer, at: datetime) -> None:
    """Say why a proposal expired that nobody has decided on; one that only gave way to others comes back."""
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
    _must_not_be_gone(session, actor, asked, at)
    proposal, before = asked.proposal, asked.proposal.status
    proposal.decline(reason, note, at)
    record_answer(session, actor, proposal, before, at)
    return proposal


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
    if placement is not None:
        withdraw_placement(session, actor, asked.need, placement, at=at)
    return asked.proposal


def record_answer(
    session: Session, actor: Actor, proposal: Proposal, before: ProposalStatus, at: datetime
) -> None:
    """Put the new state of a proposal on record; what the volunteer said stays with the proposal."""
    record_event(
        session,
        actor,
        f"proposal.{'reconsidered' if proposal.status is ProposalStatus.PROPOSED else proposal.status}",
        proposal.id,
        at=at,
        centre_id=actor.centre_id,
        from_state=before,
        to_state=proposal.status,
        need_id=proposal.need_id,
    )
