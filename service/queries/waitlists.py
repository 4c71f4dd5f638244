"""Reading waitlists: who is next, and how many wait; never to others than those who may know."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from models import Need, Place, Proposal, Volunteer, Wait
from models.proposals import ProposalStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotFound

# A smaller number would tell an organisation of persons.
FEWEST_TOLD = 5


def find_first_waiting(session: Session, actor: Actor, need_id: uuid.UUID) -> tuple[Wait, Proposal] | None:
    """Find whose turn it is, with their proposal locked; the caller holds the need's lock."""
    first = session.scalar(select(Wait).where(Wait.need_id == need_id).order_by(Wait.number).limit(1))
    if first is None:
        return None
    proposal = session.get_one(Proposal, first.proposal_id, with_for_update=True, populate_existing=True)
    return first, proposal


def find_wait(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Wait | None:
    """Find the turn of a proposal; the caller holds its lock."""
    return session.scalar(select(Wait).where(Wait.proposal_id == proposal_id))


def list_waiting(session: Session, actor: Actor, need_id: uuid.UUID) -> list[tuple[Proposal, Volunteer]]:
    """List who waits for a need, and then to whom a place of it is offered, their proposals locked.

    The caller holds the need's lock.
    """
    rows = session.execute(
        select(Proposal, Volunteer)
        .join(Volunteer, Volunteer.id == Proposal.volunteer_id)
        .where(
            Proposal.need_id == need_id,
            Proposal.status.in_((ProposalStatus.WAITLISTED, ProposalStatus.OFFERED)),
        )
        .order_by(Proposal.id)
        .with_for_update(of=Proposal)
        .execution_options(populate_existing=True)
    ).all()
    return sorted(((one[0], one[1]) for one in rows), key=lambda one: one[0].status is ProposalStatus.OFFERED)


def remove_waits(session: Session, actor: Actor, need_id: uuid.UUID) -> None:
    """Let nobody wait for a need any more; the caller holds its lock."""
    session.execute(delete(Wait).where(Wait.need_id == need_id))


def lock_needs_waited_for(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Sequence[Need]:
    """Lock those of an organisation's needs for which somebody waits, or is offered a place.

    The caller holds the organisation's lock, so that nobody joins meanwhile.
    """
    waited = select(Wait.need_id)
    offered = select(Place.need_id).where(Place.offered_to.is_not(None))
    return session.scalars(
        select(Need)
        .where(Need.organisation_id == organisation_id, or_(Need.id.in_(waited), Need.id.in_(offered)))
        .order_by(Need.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def count_waiting(session: Session, actor: Actor, need_id: uuid.UUID) -> int | None:
    """Count who waits for a need of the coordinator's organisation; None below `FEWEST_TOLD`."""
    need = session.get(Need, need_id)
    if (
        need is None
        or actor.kind is not ActorKind.COORDINATOR
        or need.organisation_id not in actor.organisation_ids
    ):
        raise NotFound
    count = session.scalar(select(func.count()).select_from(Wait).where(Wait.need_id == need_id)) or 0
    return count if count >= FEWEST_TOLD else None
