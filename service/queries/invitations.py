"""Reading invitations: those an organisation sent, without what became of them, and those a volunteer got."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    Invitation,
    InvitationSettings,
    Need,
    Organisation,
    Placement,
    Proposal,
    ShareCode,
    Volunteer,
)
from models.proposals import ProposalStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotAllowed, NotFound
from service.queries.paging import Page, by_id, by_time, take_page


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as its volunteer sees it, with what they said to it."""

    invitation: Invitation
    need: Need
    organisation: Organisation
    proposal_id: uuid.UUID | None
    status: ProposalStatus | None


def get_need_to_invite(session: Session, actor: Actor, need_id: uuid.UUID) -> tuple[Organisation, Need]:
    """Get a need for which the coordinator may invite, with its organisation."""
    if actor.kind is not ActorKind.COORDINATOR:
        raise NotAllowed
    row = session.execute(
        select(Organisation, Need)
        .join(Need, Need.organisation_id == Organisation.id)
        .where(Need.id == need_id, Need.organisation_id.in_(actor.organisation_ids))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def find_placement_at(
    session: Session, actor: Actor, placement_id: uuid.UUID, organisation_id: uuid.UUID
) -> Placement | None:
    """Find a placement at an organisation; the caller has looked whose that is."""
    return session.scalar(
        select(Placement)
        .join(Need, Need.id == Placement.need_id)
        .where(Placement.id == placement_id, Need.organisation_id == organisation_id)
    )


def find_share_code(session: Session, actor: Actor, code_hash: str) -> ShareCode | None:
    """Find a share code by its hash; whoever has the code may ask."""
    return session.scalar(select(ShareCode).where(ShareCode.code_hash == code_hash))


def find_invitation(
    session: Session,
    actor: Actor,
    need_id: uuid.UUID,
    placement_id: uuid.UUID | None,
    share_code_id: uuid.UUID | None,
) -> Invitation | None:
    """Find what was sent for a need in that very way before."""
    return session.scalar(
        select(Invitation)
        .where(
            Invitation.need_id == need_id,
            Invitation.placement_id == placement_id
            if placement_id
            else Invitation.share_code_id == share_code_id,
        )
        .limit(1)
    )


def count_invitations(session: Session, actor: Actor, organisation_id: uuid.UUID, *, since: datetime) -> int:
    """Count what an organisation has sent since a moment."""
    wanted = select(func.count()).where(
        Invitation.organisation_id == organisation_id, Invitation.created_at > since
    )
    return session.scalar(wanted) or 0


def get_invitation_to_deliver(session: Session, actor: Actor, invitation_id: uuid.UUID) -> Invitation | None:
    """Get an invitation that has reached nobody yet, locked; for the service itself."""
    if actor.kind is not ActorKind.WORKER:
        raise NotAllowed
    return session.scalar(
        select(Invitation)
        .where(Invitation.id == invitation_id, Invitation.reached_at.is_(None))
        .with_for_update()
    )


def find_invited(session: Session, actor: Actor, invitation: Invitation) -> uuid.UUID | None:
    """Find whom an invitation is for; None for one who has left."""
    if invitation.placement_id is not None:
        wanted = select(Volunteer.id).join(Placement, Placement.volunteer_id == Volunteer.id)
        return session.scalar(
            wanted.where(Placement.id == invitation.placement_id, Volunteer.erased_at.is_(None))
        )
    return session.scalar(select(ShareCode.volunteer_id).where(ShareCode.id == invitation.share_code_id))


def was_invited(session: Session, actor: Actor, volunteer_id: uuid.UUID, need_id: uuid.UUID) -> bool:
    """Say whether a volunteer has had an invitation to a need already; the caller holds their lock."""
    wanted = select(Invitation.id).where(
        Invitation.volunteer_id == volunteer_id, Invitation.need_id == need_id
    )
    return session.scalar(wanted.limit(1)) is not None


def find_proposal_of(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, need_id: uuid.UUID
) -> Proposal | None:
    """Find what a volunteer has for a need, locked, for the service itself."""
    if actor.kind is not ActorKind.WORKER:
        raise NotAllowed
    return session.scalar(
        select(Proposal)
        .where(Proposal.volunteer_id == volunteer_id, Proposal.need_id == need_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def list_own_invitations(
    session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 20
) -> Page[Invited]:
    """List what organisations invited the volunteer to, newest first."""
    wanted = select(Invitation).where(
        Invitation.volunteer_id == _own(actor), Invitation.reached_at.is_not(None)
    )
    keys = [by_time(Invitation.created_at, descending=True), by_id(Invitation.id)]
    page = take_page(session, wanted, keys, cursor, limit)
    rows = session.execute(
        select(Invitation.id, Need, Organisation, Proposal.id, Proposal.status)
        .join(Need, Need.id == Invitation.need_id)
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .outerjoin(
            Proposal,
            (Proposal.need_id == Invitation.need_id) & (Proposal.volunteer_id == Invitation.volunteer_id),
        )
        .where(Invitation.id.in_([one.id for one in page.items]))
    ).all()
    known = {row[0]: row[1:] for row in rows}
    return Page([Invited(one, *known[one.id]) for one in page.items], page.next_cursor)


def list_sent_invitations(
    session: Session, actor: Actor, need_id: uuid.UUID, *, cursor: str | None = None, limit: int = 20
) -> Page[Invitation]:
    """List what a coordinator's organisation sent for a need, newest first."""
    get_need_to_invite(session, actor, need_id)
    keys = [by_time(Invitation.created_at, descending=True), by_id(Invitation.id)]
    return take_page(session, select(Invitation).where(Invitation.need_id == need_id), keys, cursor, limit)


def list_placements_at(
    session: Session, actor: Actor, organisation_id: uuid.UUID, *, cursor: str | None = None, limit: int = 20
) -> Page[tuple[Placement, Need]]:
    """List the placements at one of the coordinator's organisations, newest first, each with its need."""
    if actor.kind is not ActorKind.COORDINATOR or organisation_id not in actor.organisation_ids:
        raise NotFound
    wanted = select(Placement).join(Need, Need.id == Placement.need_id)
    keys = [by_time(Placement.created_at, descending=True), by_id(Placement.id)]
    page = take_page(session, wanted.where(Need.organisation_id == organisation_id), keys, cursor, limit)
    needs = session.scalars(select(Need).where(Need.id.in_({one.need_id for one in page.items})))
    known = {one.id: one for one in needs}
    return Page([(one, known[one.need_id]) for one in page.items], page.next_cursor)


def list_share_codes(
    session: Session, actor: Actor, *, at: datetime, cursor: str | None = None, limit: int = 20
) -> Page[ShareCode]:
    """List the volunteer's own share codes that open something, newest first."""
    wanted = select(ShareCode).where(
        ShareCode.volunteer_id == _own(actor), ShareCode.ended_at.is_(None), ShareCode.expires_at > at
    )
    keys = [by_time(ShareCode.created_at, descending=True), by_id(ShareCode.id)]
    return take_page(session, wanted, keys, cursor, limit)


def get_share_code_for_change(session: Session, actor: Actor, share_code_id: uuid.UUID) -> ShareCode:
    """Get one of the volunteer's own share codes, locked."""
    found = session.scalar(
        select(ShareCode)
        .where(ShareCode.id == share_code_id, ShareCode.volunteer_id == _own(actor))
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def find_invitation_settings(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, *, lock: bool = False
) -> InvitationSettings | None:
    """Find from whom a volunteer takes invitations, if they chose; for themselves and the service."""
    if actor.kind is not ActorKind.WORKER:
        actor.must_be_volunteer(volunteer_id)
    wanted = select(InvitationSettings).where(InvitationSettings.volunteer_id == volunteer_id)
    return session.scalar(wanted.with_for_update() if lock else wanted)


def name_organisations(session: Session, actor: Actor, ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Give the names of organisations that the reader has named themselves."""
    rows = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _own(actor: Actor) -> uuid.UUID:
    if actor.kind is not ActorKind.VOLUNTEER or actor.volunteer_id is None:
        raise NotFound
    return actor.volunteer_id
