"""How an offer ends: taken, let go, or over; what was kept for it goes to the next."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models import Need, Proposal
from models.proposals import ProposalStatus
from service.access.actors import WORKER, Actor
from service.operations.jobs import cancel_job
from service.operations.need_changes import record_step
from service.operations.offers import lapse_key, offer_free_places
from service.operations.proposal_steps import record_answer
from service.operations.shift_offers import free_kept_shifts
from service.operations.shift_places import follow_shifts
from service.queries.places import find_offered_place
from service.queries.proposals import get_proposal_to_wake


def pass_on(session: Session, actor: Actor, need: Need, proposal: Proposal, *, at: datetime) -> None:
    """Free what is still kept for a proposal, and offer it to the next; the need's lock is held.

    What becomes of the need stands in its organisation's log as the service's own act: a no that frees a
    place must not name its volunteer there.
    """
    cancel_job(session, actor, lapse_key(proposal.id), at=at)
    if need.shift_count:
        if free_kept_shifts(session, WORKER, need, proposal, at=at):
            follow_shifts(session, WORKER, need, at=at)
        return
    place = find_offered_place(session, actor, proposal.id)
    if place is None:
        return
    before = need.status
    place.offered_to = None
    need.free_place()
    session.flush()
    offer_free_places(session, WORKER, need, at=at)
    record_step(session, WORKER, need, before, at=at)


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
