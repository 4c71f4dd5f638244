"""Offers: a place that came free is kept for the first who waits, until they decide or their time is over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Need, Proposal, Shift
from models.needs import NeedStatus
from service.access.actors import WORKER, Actor
from service.operations.jobs import order_job
from service.operations.proposal_steps import is_open, record_answer
from service.queries.organisations import read_organisation_now
from service.queries.places import find_free_place
from service.queries.waitlists import find_first_waiting

# How long somebody has to decide, where the settings say nothing else (HALFWAY_OFFER_HOURS).
OFFER_HOURS = 48


def offer_free_places(session: Session, actor: Actor, need: Need, *, at: datetime) -> None:
    """Offer what is free to those who wait, the first first; the need's lock is held.

    Nothing is offered of a need that nobody could accept. The caller records what became of the need: one
    whose free place is offered at once has been full all the time.
    """
    if need.shift_count:
        return  # its own places are nobody's; service/operations/shift_offers.py
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
        make_offer(session, actor, proposal, decide_by(session, need, (), at), at=at)


def make_offer(session: Session, actor: Actor, proposal: Proposal, due: datetime, *, at: datetime) -> None:
    """Tell a volunteer who waited that a place is kept for them, and order that it is not kept for ever.

    The service offers it, in whoever's transaction: the log of one volunteer names no other, who withdrew.
    """
    before = proposal.status
    proposal.offer(due, at)
    session.flush()
    record_answer(session, WORKER, proposal, before, at)
    _order_lapse(session, actor, proposal, due, at)


def hasten_offer(
    session: Session, actor: Actor, need: Need, proposal: Proposal, shifts: Sequence[Shift], *, at: datetime
) -> None:
    """Let an offer end earlier where what it is about begins earlier by now; its locks are held."""
    due = decide_by(session, need, shifts, at)
    if proposal.decision_due is not None and due < proposal.decision_due:
        proposal.decision_due = due
        _order_lapse(session, actor, proposal, due, at)


def _order_lapse(session: Session, actor: Actor, proposal: Proposal, due: datetime, at: datetime) -> None:
    payload = {"proposal_id": str(proposal.id)}
    job = order_job(session, actor, "proposals.lapse", payload, at=at, key=lapse_key(proposal.id))
    job.due_at = due


def decide_by(session: Session, need: Need, shifts: Sequence[Shift], at: datetime) -> datetime:
    """Say until when somebody can decide: not after it begins, nor after it is over."""
    hours = session.info.get("offer_hours", OFFER_HOURS)
    of_shifts = (moment for one in shifts for moment in (one.starts_at, one.ends_at))
    ends = [one for one in (need.starts_at, need.over_at, *of_shifts) if one is not None and one > at]
    return min([at + timedelta(hours=hours), *ends])


def lapse_key(proposal_id: uuid.UUID) -> str:
    """Name the order that lets an offer go."""
    return f"proposals.lapse:{proposal_id}"
