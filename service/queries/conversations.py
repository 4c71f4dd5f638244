"""Reading conversations: the volunteer's own, and their organisation's, which never lead to the volunteer."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, func, select
from sqlalchemy.orm import Session

from models import Conversation, Message, Need, Organisation, Placement, Proposal, Volunteer
from models.introductions import Side
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.paging import Page, by_id, by_time, take_page


@dataclass(frozen=True, slots=True)
class Between:
    """A volunteer and an organisation about one need: all that their messages depend on.

    For operations only: what of it a side may see, operations/conversation_views.py says.
    """

    proposal: Proposal
    volunteer: Volunteer
    need: Need
    organisation: Organisation
    conversation: Conversation | None
    placements: Sequence[Placement]
    # When the volunteer wrote last, and how much the reader has not read.
    written_at: datetime | None = None
    unread: int = 0


def side_of(actor: Actor) -> Side:
    """Say on which side the actor is."""
    return Side.VOLUNTEER if actor.kind is ActorKind.VOLUNTEER else Side.ORGANISATION


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say which ones the actor may see: a volunteer their own, a coordinator their organisations'."""
    if actor.kind is ActorKind.VOLUNTEER and actor.volunteer_id is not None:
        own = select(Proposal.id).where(Proposal.volunteer_id == actor.volunteer_id)
        return Conversation.proposal_id.in_(own)
    if actor.kind is ActorKind.COORDINATOR:
        return Conversation.organisation_id.in_(actor.organisation_ids)
    return false()


def list_conversations(
    session: Session,
    actor: Actor,
    *,
    unread: bool | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Between]:
    """List the actor's conversations, those begun last first: all, or those with something unread."""
    wanted = select(Conversation).where(visible_to(actor))
    if unread is not None:
        waits = exists().where(Message.conversation_id == Conversation.id, _is_unread(actor))
        wanted = wanted.where(waits if unread else ~waits)
    keys = [by_time(Conversation.created_at, descending=True), by_id(Conversation.id)]
    page = take_page(session, wanted, keys, cursor, limit)
    return Page(_see(session, actor, [one.proposal_id for one in page.items]), page.next_cursor)


def get_conversation(session: Session, actor: Actor, conversation_id: uuid.UUID) -> Between:
    """Get a conversation in which the actor takes part."""
    wanted = select(Conversation.proposal_id).where(Conversation.id == conversation_id, visible_to(actor))
    return _only(session, actor, wanted)


def get_between_by_proposal(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Between:
    """Get what one of the volunteer's own proposals is between; they may not have written yet."""
    if actor.kind is not ActorKind.VOLUNTEER or actor.volunteer_id is None:
        raise NotFound
    own = Proposal.volunteer_id == actor.volunteer_id
    wanted = select(Proposal.id).where(Proposal.id == proposal_id, own)
    return _only(session, actor, wanted)


def get_between_by_placement(session: Session, actor: Actor, placement_id: uuid.UUID) -> Between:
    """Get what a placement at one of the coordinator's organisations is between."""
    if actor.kind is not ActorKind.COORDINATOR:
        raise NotFound
    wanted = (
        select(Placement.proposal_id)
        .join(Need, Need.id == Placement.need_id)
        .where(Placement.id == placement_id, Need.organisation_id.in_(actor.organisation_ids))
    )
    return _only(session, actor, wanted)


def lock_between(session: Session, actor: Actor, between: Between) -> Between:
    """Lock what the actor writes about, and give it as it is then: of two first messages one comes first.

    Its need and organisation are kept from going meanwhile, in the order of all locks.
    """
    for column, row in ((Organisation.id, between.organisation), (Need.id, between.need)):
        session.execute(select(column).where(column == row.id).with_for_update(read=True, key_share=True))
    proposal_id = between.proposal.id
    session.execute(select(Proposal.id).where(Proposal.id == proposal_id).with_for_update(key_share=True))
    return _see(session, actor, [proposal_id])[0]


def _only(session: Session, actor: Actor, proposal_id: Select[Any]) -> Between:
    found = session.scalar(proposal_id)
    if found is None:
        raise NotFound
    return _see(session, actor, [found])[0]


def _see(session: Session, actor: Actor, proposal_ids: Sequence[uuid.UUID]) -> list[Between]:
    rows = session.execute(
        select(Proposal, Volunteer, Need, Organisation, Conversation)
        .join(Volunteer, Volunteer.id == Proposal.volunteer_id)
        .join(Need, Need.id == Proposal.need_id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .outerjoin(Conversation, Conversation.proposal_id == Proposal.id)
        .where(Proposal.id.in_(proposal_ids))
        .execution_options(populate_existing=True)
    ).all()
    known = {row[0].id: row for row in rows}
    placements: dict[uuid.UUID, list[Placement]] = {one: [] for one in proposal_ids}
    for one in session.scalars(
        select(Placement)
        .where(Placement.proposal_id.in_(proposal_ids))
        .order_by(Placement.created_at, Placement.id)
        .execution_options(populate_existing=True)
    ):
        placements[one.proposal_id].append(one)
    counted = _count(session, actor, [row[4].id for row in rows if row[4] is not None])
    return [
        Between(
            *known[one],
            placements[one],
            *(counted.get(known[one][4].id, (None, 0)) if known[one][4] else (None, 0)),
        )
        for one in proposal_ids
    ]


def _is_unread(actor: Actor) -> ColumnElement[bool]:
    return (Message.side != side_of(actor)) & Message.read_at.is_(None)


def _count(
    session: Session, actor: Actor, conversation_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[datetime | None, int]]:
    """Say of each conversation when the volunteer wrote last, and how much the actor has not read."""
    rows = session.execute(
        select(
            Message.conversation_id,
            func.max(Message.created_at).filter(Message.side == Side.VOLUNTEER),
            func.count().filter(_is_unread(actor)),
        )
        .where(Message.conversation_id.in_(conversation_ids))
        .group_by(Message.conversation_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}
