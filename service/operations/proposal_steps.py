"""What every step of a proposal has: whether the need still takes answers, and the event that says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import Need, Organisation, Proposal, Volunteer
from models.errors import NotPossible
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.operations.events import record_event

# What stands in the way of a ranking, but not of a volunteer who knows it and wants to all the same;
# with the reason that says so. A full need can be waited for, and says itself that it is full.
MAY_BE_PASSED = {
    "language": "language_missing",
    "location_type": "location_type",
    "too_far": "too_far",
    "wrong_time": "wrong_time",
    "full": "",
    "answered": "",
}


def must_be_open(organisation: Organisation, need: Need, at: datetime) -> None:
    """Refuse what nobody should accept: the unverified's, what is closed, and what is over."""
    if not is_open(organisation, need, at):
        raise NotPossible("need_closed", need.status)


def is_open(organisation: Organisation, need: Need, at: datetime) -> bool:
    """Say whether somebody may still answer: the organisation verified, the need neither closed nor over."""
    trusted = organisation.status is OrganisationStatus.VERIFIED
    return trusted and need.status in (NeedStatus.OPEN, NeedStatus.FULL) and not need.is_over(at)


def record_answer(
    session: Session,
    actor: Actor,
    proposal: Proposal,
    before: ProposalStatus,
    at: datetime,
    *,
    name: str = "",
    why: str | None = None,
) -> None:
    """Put the new state of a proposal on record; what the volunteer said stays with the proposal.

    `why` is a code of what ended it where nobody answered.
    """
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
        why=why,
    )
