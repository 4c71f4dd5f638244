"""What is kept of a volunteer, row by row, and how it goes when they leave."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Executable, Select, delete, select, update
from sqlalchemy.orm import Session

from models import (
    Account,
    CalendarKey,
    Conversation,
    Feedback,
    Hours,
    IdempotencyRecord,
    Import,
    ImportRow,
    InterestVector,
    Introduction,
    Invitation,
    InvitationSettings,
    Message,
    Need,
    NoShow,
    Placement,
    Proposal,
    RankedList,
    ShareCode,
    Volunteer,
    VolunteerRecord,
    Wait,
)
from models.imports import ImportKind
from models.introductions import IntroductionStatus
from models.proposals import ProposalStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotAllowed, NotFound

#: What a volunteer has begun, and others count on.
BEGUN = (ProposalStatus.ACCEPTED, ProposalStatus.OFFERED, ProposalStatus.WAITLISTED)
#: What is about the volunteer alone, and goes whole.
OWN = (RankedList, CalendarKey, InterestVector, InvitationSettings, VolunteerRecord, Feedback)


def get_volunteer_to_erase(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> Volunteer:
    """Get the actor's own profile, locked before all that hangs on it; nobody else's can be erased."""
    if actor.kind is not ActorKind.VOLUNTEER:
        raise NotAllowed
    found = session.scalar(
        select(Volunteer)
        .where(
            Volunteer.id == volunteer_id, Volunteer.id == actor.volunteer_id, Volunteer.erased_at.is_(None)
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def list_begun(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """List the proposals that others count on or wait behind, in the order in which needs are locked."""
    return session.scalars(
        select(Proposal.id)
        .join(Need, Need.id == Proposal.need_id)
        .where(Proposal.volunteer_id == volunteer_id, Proposal.status.in_(BEGUN))
        .order_by(Need.organisation_id, Need.id)
    ).all()


def list_open_introductions(
    session: Session, actor: Actor, volunteer_id: uuid.UUID
) -> Sequence[Introduction]:
    """List the questions that wait and the visits that are booked, locked."""
    return session.scalars(
        select(Introduction)
        .where(
            Introduction.proposal_id.in_(_proposals(volunteer_id)),
            Introduction.status.in_((IntroductionStatus.ASKED, IntroductionStatus.BOOKED)),
        )
        .order_by(Introduction.id)
        .with_for_update()
    ).all()


def forget(session: Session, actor: Actor, volunteer: Volunteer) -> None:
    """Remove or empty every row about a volunteer whose lock is held and who has nothing under way.

    What organisations' sums are made of stays without a word in it: placements, hours, and the proposals
    behind them. Rows are locked before what points to them goes, so that nothing is added meanwhile.
    """
    proposals, placements = _proposals(volunteer.id), _placements(volunteer.id)
    for rows in (proposals, placements, _conversations(volunteer.id)):
        session.execute(rows.with_for_update()).all()
    conversations = _conversations(volunteer.id)
    for statement in (
        delete(Message).where(Message.conversation_id.in_(conversations)),
        delete(Conversation).where(Conversation.proposal_id.in_(proposals)),
        delete(Introduction).where(Introduction.proposal_id.in_(proposals)),
        delete(Wait).where(Wait.proposal_id.in_(proposals)),
        delete(NoShow).where(NoShow.placement_id.in_(placements)),
        *(delete(one).where(one.volunteer_id == volunteer.id) for one in OWN),
        # A code that somebody still has stays one that tells nothing.
        update(ShareCode).where(ShareCode.volunteer_id == volunteer.id).values(volunteer_id=None),
        update(Invitation)
        .where(Invitation.volunteer_id == volunteer.id)
        .values(volunteer_id=None, reached_at=None),
        update(Hours)
        .where(Hours.volunteer_id == volunteer.id)
        .values(note=None, correction_reason=None, dispute=None),
        update(Placement)
        .where(Placement.volunteer_id == volunteer.id)
        .values(message=None, release_reason=None, thanks=None),
        delete(Proposal).where(
            Proposal.volunteer_id == volunteer.id,
            Proposal.id.not_in(select(Placement.proposal_id).where(Placement.volunteer_id == volunteer.id)),
        ),
        update(Proposal)
        .where(Proposal.volunteer_id == volunteer.id)
        .values(reasons=[], score=0.0, note=None, message=None, decline_reason=None),
        *_brought(volunteer),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})


def forget_account(session: Session, actor: Actor, account_id: uuid.UUID) -> None:
    """Remove an account that no profile points to any more, and what was remembered for its requests."""
    caller = f"{ActorKind.VOLUNTEER}:{account_id}"
    session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.caller == caller))
    session.execute(delete(Account).where(Account.id == account_id))


def _proposals(volunteer_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Proposal.id).where(Proposal.volunteer_id == volunteer_id)


def _placements(volunteer_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Placement.id).where(Placement.volunteer_id == volunteer_id)


def _conversations(volunteer_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Conversation.id).where(Conversation.proposal_id.in_(_proposals(volunteer_id)))


def _brought(volunteer: Volunteer) -> list[Executable]:
    """Empty the rows of files by which a centre brought the person."""
    if volunteer.centre_id is None:
        return []
    files = select(Import.id).where(
        Import.centre_id == volunteer.centre_id, Import.kind == ImportKind.VOLUNTEERS
    )
    mine = ImportRow.import_id.in_(files) & (ImportRow.subject_id == volunteer.id)
    return [update(ImportRow).where(mine).values(raw={}, issues=[], key=None, look=None)]
