"""Offers: a place that came free is kept for the first who waits, until they decide or their time is over."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Need, Proposal
from models.needs import NeedStatus
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.operations.jobs import cancel_job, order_job
from service.operations.need_changes import record_step
from service.operations.proposal_steps import is_open, record_answer
from service.queries.organisations import read_organisation_now
from service.queries.places import find_free_place, find_offered_place
from service.queries.proposals import get_proposal_to_wake
from service.queries.waitlists import find_first_waiting

# How long somebody has to decide, where the settings say nothing else (HALFWAY_OFFER_HOURS).
OFFER_HOURS = 48


def offer_free_places(session: Session, actor: Actor, need: Need, *, at: datetime) -> None:
    """Offer what is free to those who wait, the first first; the need's lock is held.

    Nothing is offered of a need that nobody could accept. The caller records what became of the need: one
    whose free place is offered at once has been full all the time.
    """
    if need.shift_count:
        return  # its own places are nobody's
    organisation = read_organisation_now(session, actor, need.organisation_id)
    while need.status is NeedStatus.OPEN and is_open(organisation, need, at):
        first = find_first_waiting(session, actor, need.id)
        place = find_free_place(session, actor, need.id) if first else None
        if first is None or place is None:
            return
        wait, proposal = first
        need.take_place()
        place.offered_to = proposal.id
        session.delete(wait)
        before = proposal.status
        proposal.offer(_due(session, need, at), at)
        session.flush()
        record_answer(session, actor, proposal, before, at)
        _order_lapse(session, actor, proposal, at=at)


def _due(session: Session, need: Need, at: datetime) -> datetime:
    """Say until when they can decide: not after it begins, nor after it is over."""
    hours = session.info.get("offer_hours", OFFER_HOURS)
    ends = [one for one in (need.starts_at, need.over_at) if one is not None and one > at]
    return min([at + timedelta(hours=hours), *ends])


def pass_on(session: Session, actor: Actor, need: Need, proposal: Proposal, *, at: datetime) -> None:
    """Free the place that was kept for a proposal, and offer it to the next; the need's lock is held."""
    cancel_job(session, actor, _key(proposal.id), at=at)
    place = find_offered_place(session, actor, proposal.id)
    if place is None:
        return
    before = need.status
    place.offered_to = None
    need.free_place()
    session.flush()
    offer_free_places(session, actor, need, at=at)
    record_step(session, actor, need, before, at=at)


def lapse_offer(session: Session, actor: Actor, proposal_id: uuid.UUID, *, at: datetime) -> None:
    """Let an offer go whose time is over, and make it to the next; a job does.

    One that was answered meanwhile, or made anew for later, is left alone.
    """
    asked = get_proposal_to_wake(session, actor, proposal_id)
    proposal, before = asked.proposal, asked.proposal.status
    due = proposal.decision_due
    if before is not ProposalStatus.OFFERED or (due is not None and due > at):
        return
    proposal.expire(at)
    record_answer(session, actor, proposal, before, at, why="late")
    pass_on(session, actor, asked.need, proposal, at=at)


def _order_lapse(session: Session, actor: Actor, proposal: Proposal, *, at: datetime) -> None:
    payload = {"proposal_id": str(proposal.id)}
    job = order_job(session, actor, "proposals.lapse", payload, at=at, key=_key(proposal.id))
    job.due_at = proposal.decision_due or at


def _key(proposal_id: uuid.UUID) -> str:
    return f"proposals.lapse:{proposal_id}"
