"""Leaving: what a volunteer has begun is ended by them, and all that is about them is forgotten."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from models.introductions import Side
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.introduction_ends import end_introduction, end_visits
from service.operations.placements import withdraw_placement
from service.operations.proposal_steps import record_answer
from service.operations.proposals import decline_proposal, withdraw_proposal
from service.queries.erasure import (
    forget,
    forget_account,
    get_volunteer_to_erase,
    list_begun,
    list_open_introductions,
)
from service.queries.placements import find_live_placement
from service.queries.proposals import get_proposal_for_answer


def erase_volunteer(session: Session, actor: Actor, volunteer_id: uuid.UUID, *, at: datetime) -> None:
    """Let a volunteer leave, in one transaction: their places are free, and nothing is left about them.

    Those who wait move up; organisations hear of a withdrawal as of any other, and keep the number of places
    and hours, without a person to them. Refused to anyone but the volunteer.
    """
    volunteer = get_volunteer_to_erase(session, actor, volunteer_id)
    for proposal_id in list_begun(session, actor, volunteer.id):
        _end(session, actor, proposal_id, at=at)
    for introduction in list_open_introductions(session, actor, volunteer.id):
        end_introduction(session, actor, introduction, Side.VOLUNTEER, at=at)
    record_event(session, actor, "volunteer.erased", volunteer.id, at=at, centre_id=volunteer.centre_id)
    session.flush()
    forget(session, actor, volunteer)
    account_id = volunteer.account_id
    volunteer.erase(at)
    session.flush()
    if account_id is not None:
        forget_account(session, actor, account_id)


def _end(session: Session, actor: Actor, proposal_id: uuid.UUID, *, at: datetime) -> None:
    asked = get_proposal_for_answer(session, actor, proposal_id)
    before = asked.proposal.status
    if before is ProposalStatus.OFFERED:
        decline_proposal(session, actor, proposal_id, at=at)
    elif before is ProposalStatus.WAITLISTED:
        withdraw_proposal(session, actor, proposal_id, at=at)
    elif (placement := find_live_placement(session, actor, proposal_id)) is not None:
        # As withdrawing, but possible after its dates, too.
        asked.proposal.withdraw(None, at)
        record_answer(session, actor, asked.proposal, before, at)
        end_visits(session, actor, asked.proposal, Side.VOLUNTEER, at=at)
        withdraw_placement(session, actor, asked.need, placement, at=at)
