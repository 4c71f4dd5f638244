"""Reading introductions: the volunteer's own, and what an organisation may see of those it is asked for.

What an organisation sees is the question, the need and a label: it never leads to the volunteer.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select, union
from sqlalchemy.orm import Session

from models import Centre, Conversation, Introduction, IntroductionSlot, Need, Organisation, Proposal
from models.introductions import IntroductionKind, IntroductionStatus
from models.proposals import ProposalStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.paging import Page, by_id, by_time, take_page

# So many answers at least, before anything is said of how fast they come; and the latest of them.
FEWEST_ANSWERS, LATEST_ANSWERS = 5, 100


@dataclass(frozen=True, slots=True)
class IntroductionSeen:
    """An introduction with the need, the organisation and the time that it is about."""

    introduction: Introduction
    need: Need
    organisation: Organisation
    slot: IntroductionSlot | None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say which ones the actor may see: a volunteer their own, a coordinator their organisations'."""
    if actor.kind is ActorKind.VOLUNTEER and actor.volunteer_id is not None:
        own = select(Proposal.id).where(Proposal.volunteer_id == actor.volunteer_id)
        return Introduction.proposal_id.in_(own)
    if actor.kind is ActorKind.COORDINATOR:
        return Introduction.organisation_id.in_(actor.organisation_ids)
    return false()


def get_introduction_for_change(session: Session, actor: Actor, introduction_id: uuid.UUID) -> Introduction:
    """Get an introduction that the actor may see, locked as it is now."""
    found: Introduction | None = session.scalar(
        select(Introduction)
        .where(Introduction.id == introduction_id, visible_to(actor))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def list_introductions_of_proposal(
    session: Session, actor: Actor, proposal_id: uuid.UUID, *, cursor: str | None = None, limit: int = 20
) -> Page[IntroductionSeen]:
    """List what a volunteer asked about one of their proposals, oldest first."""
    own = select(Proposal.id).where(Proposal.id == proposal_id, Proposal.volunteer_id == actor.volunteer_id)
    if actor.kind is not ActorKind.VOLUNTEER or session.scalar(own) is None:
        raise NotFound
    wanted = select(Introduction).where(Introduction.proposal_id == proposal_id)
    return _page(session, actor, wanted, cursor, limit)


def list_introductions_of_organisation(
    session: Session,
    actor: Actor,
    organisation_ids: Collection[uuid.UUID],
    *,
    status: Collection[IntroductionStatus] = (),
    cursor: str | None = None,
    limit: int = 20,
) -> Page[IntroductionSeen]:
    """List what the coordinator's organisations were asked, who has waited longest first."""
    if actor.kind is not ActorKind.COORDINATOR or not actor.organisation_ids.issuperset(organisation_ids):
        raise NotFound
    wanted = select(Introduction).where(Introduction.organisation_id.in_(organisation_ids))
    if status:
        wanted = wanted.where(Introduction.status.in_(status))
    return _page(session, actor, wanted, cursor, limit)


def _page(
    session: Session, actor: Actor, wanted: Select[Any], cursor: str | None, limit: int
) -> Page[IntroductionSeen]:
    keys = [by_time(Introduction.created_at), by_id(Introduction.id)]
    page = take_page(session, wanted.where(visible_to(actor)), keys, cursor, limit)
    return Page(see_introductions(session, actor, page.items), page.next_cursor)


def see_introductions(
    session: Session, actor: Actor, introductions: Sequence[Introduction]
) -> list[IntroductionSeen]:
    """Put beside each introduction what it is about."""
    rows = session.execute(
        select(Introduction.id, Need, Organisation, IntroductionSlot)
        .join(Need, Need.id == Introduction.need_id)
        .join(Organisation, Organisation.id == Introduction.organisation_id)
        .outerjoin(IntroductionSlot, IntroductionSlot.id == Introduction.slot_id)
        .where(Introduction.id.in_([one.id for one in introductions]))
    ).all()
    known = {row[0]: row[1:] for row in rows}
    return [IntroductionSeen(one, *known[one.id]) for one in introductions]


def find_label(session: Session, actor: Actor, proposal_id: uuid.UUID) -> str | None:
    """Find the label that a proposal's introductions, or its conversation, bear already."""
    asked = select(Introduction.label).where(Introduction.proposal_id == proposal_id).limit(1)
    wrote = select(Conversation.label).where(Conversation.proposal_id == proposal_id)
    return session.scalar(asked) or session.scalar(wrote)


def list_booked(session: Session, actor: Actor, slot_id: uuid.UUID) -> Sequence[Introduction]:
    """List who has taken a time, locked; the caller holds the lock of the time."""
    return session.scalars(
        select(Introduction)
        .where(Introduction.slot_id == slot_id, Introduction.status == IntroductionStatus.BOOKED)
        .order_by(Introduction.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def list_booked_of_need(
    session: Session,
    actor: Actor,
    need_id: uuid.UUID,
    statuses: Collection[ProposalStatus],
    *,
    at: datetime,
    proposal_id: uuid.UUID | None = None,
) -> Sequence[Introduction]:
    """List the visits and calls to come of a need's proposals in these states, or of one of them, locked.

    The caller holds the locks of the proposals.
    """
    wanted = (
        select(Introduction)
        .join(Proposal, Proposal.id == Introduction.proposal_id)
        .join(IntroductionSlot, IntroductionSlot.id == Introduction.slot_id)
        .where(
            Introduction.need_id == need_id,
            Introduction.status == IntroductionStatus.BOOKED,
            IntroductionSlot.starts_at > at,
            Proposal.status.in_(statuses),
        )
    )
    if proposal_id is not None:
        wanted = wanted.where(Introduction.proposal_id == proposal_id)
    return session.scalars(
        wanted.order_by(Introduction.id)
        .with_for_update(of=Introduction)
        .execution_options(populate_existing=True)
    ).all()


def list_needs_asked_about(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """List the needs whose organisation a volunteer is getting to know: asked, met or written to."""
    own = Proposal.volunteer_id == volunteer_id
    asked = (
        select(Introduction.need_id)
        .join(Proposal, Proposal.id == Introduction.proposal_id)
        .where(own, Introduction.status.in_((IntroductionStatus.ASKED, IntroductionStatus.BOOKED)))
    )
    wrote = select(Conversation.need_id).join(Proposal, Proposal.id == Conversation.proposal_id).where(own)
    return session.scalars(union(asked, wrote)).all()


def count_waiting(session: Session, actor: Actor) -> int:
    """Count the questions that wait for an answer of the coordinator's organisations."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Introduction)
            .where(visible_to(actor), Introduction.status == IntroductionStatus.ASKED)
        )
        or 0
    )


def list_answer_seconds(session: Session, actor: Actor, organisation_id: uuid.UUID) -> list[float]:
    """List how long an organisation's latest answers took; none where there are too few to say."""
    rows = session.execute(
        select(Introduction.created_at, Introduction.answered_at)
        .where(
            Introduction.organisation_id == organisation_id,
            Introduction.kind == IntroductionKind.QUESTION,
            Introduction.status == IntroductionStatus.ANSWERED,
        )
        .order_by(Introduction.answered_at.desc(), Introduction.id)
        .limit(LATEST_ANSWERS)
    ).all()
    taken = [(row.answered_at - row.created_at).total_seconds() for row in rows if row.answered_at]
    return taken if len(taken) >= FEWEST_ANSWERS else []


def find_waiting_question(session: Session, actor: Actor, introduction_id: uuid.UUID) -> Introduction | None:
    """Find a question that still waits, locked; for the service itself."""
    if actor.kind is not ActorKind.WORKER:
        return None
    return session.scalar(
        select(Introduction)
        .where(Introduction.id == introduction_id, Introduction.status == IntroductionStatus.ASKED)
        .with_for_update()
    )


def list_slots(
    session: Session,
    actor: Actor,
    organisation_id: uuid.UUID,
    *,
    at: datetime,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[IntroductionSlot]:
    """List the times that an organisation offers from now on; the caller has looked who may see it."""
    wanted = select(IntroductionSlot).where(
        IntroductionSlot.organisation_id == organisation_id,
        IntroductionSlot.cancelled_at.is_(None),
        IntroductionSlot.starts_at > at,
    )
    keys = [by_time(IntroductionSlot.starts_at), by_id(IntroductionSlot.id)]
    return take_page(session, wanted, keys, cursor, limit)


def list_full_slots(
    session: Session, actor: Actor, slots: Sequence[IntroductionSlot]
) -> frozenset[uuid.UUID]:
    """Say which of these times have nobody's room left."""
    rows = session.execute(
        select(Introduction.slot_id, func.count())
        .where(
            Introduction.slot_id.in_([one.id for one in slots]),
            Introduction.status == IntroductionStatus.BOOKED,
        )
        .group_by(Introduction.slot_id)
    )
    taken = {slot_id: count for slot_id, count in rows}  # noqa: C416 rows are no pairs to a type checker
    return frozenset(one.id for one in slots if taken.get(one.id, 0) >= one.places)


def get_slot_to_take(session: Session, actor: Actor, slot_id: uuid.UUID) -> IntroductionSlot:
    """Get an offered time, locked: of two who take the last room in it one comes first."""
    found = session.get(IntroductionSlot, slot_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def get_slot_for_change(session: Session, actor: Actor, slot_id: uuid.UUID) -> IntroductionSlot:
    """Get a time that one of the coordinator's organisations offers, locked."""
    slot = get_slot_to_take(session, actor, slot_id)
    if actor.kind is not ActorKind.COORDINATOR or slot.organisation_id not in actor.organisation_ids:
        raise NotFound
    return slot


def find_timezone(session: Session, actor: Actor, organisation_id: uuid.UUID) -> str:
    """Find the time zone of an organisation's centre, in which its coordinators write times."""
    return session.scalars(
        select(Centre.timezone)
        .join(Organisation, Organisation.centre_id == Centre.id)
        .where(Organisation.id == organisation_id)
    ).one()
