"""Reading proposals: a volunteer's own, and nobody else's."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, not_, select, update
from sqlalchemy.orm import Session

from models import Need, Organisation, Proposal, Volunteer
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import STEPS, ProposalStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotAllowed, NotFound
from service.queries.needs import is_not_over


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say which proposals the actor may see: a volunteer their own, anyone else none."""
    if actor.kind is not ActorKind.VOLUNTEER or actor.volunteer_id is None:
        return false()
    return Proposal.volunteer_id == actor.volunteer_id


@dataclass(frozen=True, slots=True)
class ForAnswer:
    """A proposal with all that its answer depends on, each row locked in the house's order."""

    organisation: Organisation
    need: Need
    proposal: Proposal


def lock_own_volunteer(session: Session, actor: Actor) -> None:
    """Lock the volunteer's own row, before all that an answer depends on.

    Of two of their answers at once, the second sees what the first made of their time. Rows that point to
    them can be added meanwhile.
    """
    if actor.kind is not ActorKind.VOLUNTEER:
        raise NotAllowed
    own = (Volunteer.id == actor.volunteer_id, Volunteer.erased_at.is_(None))
    if session.scalar(select(Volunteer.id).where(*own).with_for_update(key_share=True)) is None:
        raise NotFound  # they have left meanwhile


def get_proposal_for_answer(session: Session, actor: Actor, proposal_id: uuid.UUID) -> ForAnswer:
    """Get one of the volunteer's own proposals and lock what its answer depends on.

    Locks are taken in one order everywhere (organisation, need, proposal), so that an acceptance
    against a cancellation, a suspension or another acceptance has exactly one winner and no deadlock.
    """
    if actor.kind is not ActorKind.VOLUNTEER:
        raise NotAllowed
    found = session.execute(
        select(Proposal.need_id, Need.organisation_id)
        .join(Need, Need.id == Proposal.need_id)
        .where(Proposal.id == proposal_id, visible_to(actor))
    ).one_or_none()
    if found is None:
        raise NotFound
    return lock_for_answer(session, actor, proposal_id, found.need_id, found.organisation_id)


def lock_for_answer(
    session: Session,
    actor: Actor,
    proposal_id: uuid.UUID,
    need_id: uuid.UUID,
    organisation_id: uuid.UUID,
) -> ForAnswer:
    """Lock organisation (shared), need and proposal, in this order, as they are now."""
    now_ = {"populate_existing": True}
    organisation = session.get_one(
        Organisation, organisation_id, with_for_update={"read": True}, execution_options=now_
    )
    need = session.get_one(Need, need_id, with_for_update=True, execution_options=now_)
    proposal = session.get_one(Proposal, proposal_id, with_for_update=True, execution_options=now_)
    return ForAnswer(organisation, need, proposal)


def get_proposal_to_wake(session: Session, actor: Actor, proposal_id: uuid.UUID) -> ForAnswer:
    """Get a proposal, for the service itself, and lock what its waking depends on."""
    if actor.kind is not ActorKind.WORKER:
        raise NotAllowed
    found = session.execute(
        select(Proposal.need_id, Need.organisation_id)
        .join(Need, Need.id == Proposal.need_id)
        .where(Proposal.id == proposal_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return lock_for_answer(session, actor, proposal_id, found.need_id, found.organisation_id)


def find_own_proposal_for_need(session: Session, actor: Actor, need_id: uuid.UUID) -> Proposal | None:
    """Find what a volunteer has for a need, locked as it is now; there is one row for the two at most."""
    found: Proposal | None = session.scalar(
        select(Proposal)
        .where(Proposal.need_id == need_id, visible_to(actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


@dataclass(frozen=True, slots=True)
class Expired:
    """A proposal that has just expired: what it was before, and whose centre remembers it."""

    id: uuid.UUID
    before: ProposalStatus
    centre_id: uuid.UUID | None


# Those that nobody can answer any more when their need is gone.
CAN_EXPIRE = tuple(one for one, ways in STEPS.items() if ProposalStatus.EXPIRED in ways)


def expire_open_proposals(
    session: Session,
    actor: Actor,
    need_id: uuid.UUID,
    *,
    among: Collection[ProposalStatus] = CAN_EXPIRE,
    at: datetime,
) -> list[Expired]:
    """Expire every proposal of a need that waits for an answer, or those in some states.

    The caller holds the need's lock, so that none comes in meanwhile, and records the events.
    """
    expired = []
    for status in among:
        ids = session.scalars(
            update(Proposal)
            .where(Proposal.need_id == need_id, Proposal.status == status)
            .values(
                status=ProposalStatus.EXPIRED,
                decided_at=at,
                snoozed_until=None,
                decision_due=None,
                updated_at=at,
                version=Proposal.version + 1,
            )
            .returning(Proposal.id)
        ).all()
        centres = _centres_of(session, ids)
        expired += [Expired(one, status, centres[one]) for one in sorted(ids)]
    return expired


def list_needs_gone(session: Session, actor: Actor, *, limit: int, at: datetime) -> Sequence[uuid.UUID]:
    """List needs that nobody can answer any more, of which proposals still wait; for the service itself."""
    there = and_(
        Need.status.in_((NeedStatus.OPEN, NeedStatus.FULL)),
        is_not_over(at),
        Organisation.status == OrganisationStatus.VERIFIED,
    )
    return session.scalars(
        select(Need.id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .where(Need.id.in_(select(Proposal.need_id).where(Proposal.status.in_(CAN_EXPIRE))), not_(there))
        .order_by(Need.id)
        .limit(limit)
    ).all()


def _centres_of(session: Session, proposal_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID | None]:
    rows = session.execute(
        select(Proposal.id, Volunteer.centre_id)
        .join(Volunteer, Volunteer.id == Proposal.volunteer_id)
        .where(Proposal.id.in_(proposal_ids))
    )
    return {row.id: row.centre_id for row in rows}
