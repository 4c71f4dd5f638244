"""Waitlists: a volunteer waits for a place of a full need, in turn, until one is offered to them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import Need, Proposal, Shift, Wait
from models.introductions import Side
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.operations.introduction_ends import end_visits
from service.operations.offer_ends import pass_on
from service.operations.offers import hasten_offer
from service.operations.proposal_steps import MAY_BE_PASSED, record_answer
from service.queries.candidates import get_person
from service.queries.openings import index_one_need
from service.queries.waitlists import list_offered_shift_places, list_waiting, remove_waits_of


def join_waitlist(
    session: Session,
    actor: Actor,
    proposal: Proposal,
    message: str | None,
    *,
    shifts: Sequence[Shift] = (),
    at: datetime,
) -> None:
    """Put a volunteer behind all who wait already for a full need, or for each of its full shifts.

    The locks of an answer are held.
    """
    before = proposal.status
    proposal.wait(message, at)
    wanted: Sequence[uuid.UUID | None] = [one.id for one in shifts] or [None]
    for shift_id in wanted:
        session.add(Wait(proposal_id=proposal.id, need_id=proposal.need_id, shift_id=shift_id, since=at))
    session.flush()
    record_answer(session, actor, proposal, before, at)


def leave_waitlist(session: Session, actor: Actor, proposal: Proposal) -> None:
    """Take a volunteer off the waitlist; those behind them move up."""
    remove_waits_of(session, actor, proposal.id)


def review_waiting(session: Session, actor: Actor, need: Need, *, at: datetime) -> None:
    """Let those go whom a changed need no longer suits, of who waits and to whom a place is offered.

    What did not fit when they chose it, and was told them then, they passed over themselves. The locks of
    organisation and need are held.
    """
    found = list_waiting(session, actor, need.id)
    if not found:
        return
    index = index_one_need(session, actor, need.id)
    for proposal, volunteer in found:
        in_the_way = set(index.explain_ineligible(get_person(session, actor, volunteer), need.id, at))
        if in_the_way - _passed_over(proposal):
            _let_go(session, actor, need, proposal, at=at)
        elif proposal.status is ProposalStatus.OFFERED:
            shifts = [one for one, _ in list_offered_shift_places(session, actor, proposal.id)]
            hasten_offer(session, actor, need, proposal, shifts, at=at)


def _passed_over(proposal: Proposal) -> set[str]:
    """Name the rules that keep nobody from waiting, and those that the need broke when it was chosen."""
    told = {one["code"] for one in proposal.reasons if not one["weight"]}
    return {rule for rule, code in MAY_BE_PASSED.items() if not code or code in told}


def _let_go(session: Session, actor: Actor, need: Need, proposal: Proposal, *, at: datetime) -> None:
    before = proposal.status
    leave_waitlist(session, actor, proposal)
    proposal.expire(at)
    record_answer(session, actor, proposal, before, at, why="unfit")
    end_visits(session, actor, proposal, Side.ORGANISATION, at=at)
    if before is ProposalStatus.OFFERED:
        pass_on(session, actor, need, proposal, at=at)
