"""Offers of places in shifts: all that came free of those somebody waits for, in one offer.

Whoever calls holds the need's lock, and with it all its shifts, and sums up the shifts afterwards.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import Need, Proposal, Shift
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.operations.need_changes import record_shift_step
from service.operations.offers import decide_by, make_offer
from service.operations.proposal_steps import is_open, record_answer
from service.queries.organisations import read_organisation_now
from service.queries.shifts import find_free_shift_place
from service.queries.waitlists import (
    find_first_waiting_for_shifts,
    list_offered_shift_places,
    list_places_kept_in,
    list_waits_for_gone_shifts,
    lock_proposal,
    remove_waits_of,
)


def offer_free_shifts(session: Session, actor: Actor, need: Need, *, at: datetime) -> None:
    """Offer what is free in the shifts to come to those who wait for it, the first first.

    Whoever waits for several is offered all of them that are free, and waits for the others no more: they
    decide about what there is.
    """
    organisation = read_organisation_now(session, actor, need.organisation_id)
    while is_open(organisation, need, at):
        session.flush()
        found = find_first_waiting_for_shifts(session, actor, need.id, at=at)
        if found is None:
            return
        proposal, shifts = found
        for shift in shifts:
            _keep_place(session, actor, need, shift, proposal, at)
        remove_waits_of(session, actor, proposal.id)
        make_offer(session, actor, proposal, decide_by(session, need, shifts, at), at=at)


def _keep_place(
    session: Session, actor: Actor, need: Need, shift: Shift, proposal: Proposal, at: datetime
) -> None:
    place = find_free_shift_place(session, actor, shift.id)
    if place is not None:
        before = shift.status
        shift.take_place()
        place.offered_to = proposal.id
        record_shift_step(session, actor, need, shift, before, at=at)


def free_kept_shifts(session: Session, actor: Actor, need: Need, proposal: Proposal, *, at: datetime) -> bool:
    """Free what is kept in shifts for a proposal; say whether there was anything."""
    kept = list_offered_shift_places(session, actor, proposal.id)
    for shift, place in kept:
        before = shift.status
        place.offered_to = None
        shift.free_place()
        record_shift_step(session, actor, need, shift, before, at=at)
    session.flush()
    return bool(kept)


def drop_gone_shifts(session: Session, actor: Actor, need: Need, *, at: datetime) -> None:
    """Let nobody wait for shifts that are cancelled or over, nor be offered them.

    Who waited for, or was offered, nothing else has nothing to wait for any more.
    """
    touched = set()
    for shift, place in list_places_kept_in(session, actor, need.id, at=at):
        touched.add(place.offered_to)
        before = shift.status
        place.offered_to = None
        shift.free_place()
        record_shift_step(session, actor, need, shift, before, at=at)
    for wait in list_waits_for_gone_shifts(session, actor, need.id, at=at):
        touched.add(wait.proposal_id)
        session.delete(wait)
    session.flush()
    for proposal_id in sorted(one for one in touched if one is not None):
        proposal, left = lock_proposal(session, actor, proposal_id)
        was = proposal.status
        if not left and was in (ProposalStatus.WAITLISTED, ProposalStatus.OFFERED):
            proposal.expire(at)
            record_answer(session, actor, proposal, was, at, why="gone")
    session.flush()
