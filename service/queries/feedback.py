"""Reading feedback: one's own at once, the other's once it is open, a centre's all; and what is public."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from models import Feedback, Need, Organisation, Placement
from models.introductions import Side
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.paging import Page, by_id, by_time, take_page

# So many volunteers at least, and only in steps of so many: no difference tells what one of them said.
STEP = 5


@dataclass(frozen=True, slots=True)
class FeedbackSeen:
    """Feedback with what it is about."""

    feedback: Feedback
    need: Need
    organisation: Organisation


@dataclass(frozen=True, slots=True)
class Rating:
    """What volunteers said of an organisation: how many of them, and the mean of their ratings."""

    count: int
    mean: float


def visible_to(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """Say which feedback the actor may read; whose placement or organisation it is, they are known to."""
    if actor.kind is ActorKind.VOLUNTEER and actor.volunteer_id is not None:
        readable = or_(Feedback.side == Side.VOLUNTEER, Feedback.opens_at <= at)
        return and_(Feedback.volunteer_id == actor.volunteer_id, readable)
    if actor.kind is ActorKind.COORDINATOR:
        readable = or_(Feedback.side == Side.ORGANISATION, Feedback.opens_at <= at)
        return and_(Feedback.organisation_id.in_(actor.organisation_ids), readable)
    if actor.kind is ActorKind.STAFF and actor.centre_id is not None:
        of_centre = select(Organisation.id).where(Organisation.centre_id == actor.centre_id)
        return Feedback.organisation_id.in_(of_centre)
    return false()


def list_feedback_of_placement(
    session: Session, actor: Actor, placement_id: uuid.UUID, *, at: datetime
) -> Sequence[Feedback]:
    """List what was said of a placement, as far as the actor may read it."""
    found = session.execute(
        select(Placement.volunteer_id, Need.organisation_id, Organisation.centre_id)
        .join(Need, Need.id == Placement.need_id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .where(Placement.id == placement_id)
    ).one_or_none()
    if found is None or not _concerns(actor, *found):
        raise NotFound
    wanted = select(Feedback).where(Feedback.placement_id == placement_id, visible_to(actor, at))
    return session.scalars(wanted.order_by(Feedback.created_at, Feedback.id)).all()


def _concerns(
    actor: Actor, volunteer_id: uuid.UUID, organisation_id: uuid.UUID, centre_id: uuid.UUID
) -> bool:
    if actor.kind is ActorKind.VOLUNTEER:
        return actor.volunteer_id == volunteer_id
    if actor.kind is ActorKind.COORDINATOR:
        return organisation_id in actor.organisation_ids
    return actor.kind is ActorKind.STAFF and actor.centre_id == centre_id


def list_feedback(
    session: Session,
    actor: Actor,
    *,
    organisation_id: uuid.UUID | None = None,
    at: datetime,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[FeedbackSeen]:
    """List what the actor may read, of one organisation or of all that concern them, newest first."""
    wanted = select(Feedback).where(visible_to(actor, at))
    if organisation_id is not None:
        centre_id = session.scalar(select(Organisation.centre_id).where(Organisation.id == organisation_id))
        if centre_id is None or not _concerns(actor, uuid.UUID(int=0), organisation_id, centre_id):
            raise NotFound
        wanted = wanted.where(Feedback.organisation_id == organisation_id)
    keys = [by_time(Feedback.created_at, descending=True), by_id(Feedback.id)]
    page = take_page(session, wanted, keys, cursor, limit)
    rows = session.execute(
        select(Feedback.id, Need, Organisation)
        .join(Placement, Placement.id == Feedback.placement_id)
        .join(Need, Need.id == Placement.need_id)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .where(Feedback.id.in_([one.id for one in page.items]))
    )
    about = {row[0]: row[1:] for row in rows}
    return Page([FeedbackSeen(one, *about[one.id]) for one in page.items], page.next_cursor)


def list_both_sides(session: Session, actor: Actor, placement_id: uuid.UUID) -> dict[Side, Feedback]:
    """List what both sides have said of a placement; the caller holds its lock."""
    rows = session.scalars(select(Feedback).where(Feedback.placement_id == placement_id).with_for_update())
    return {one.side: one for one in rows}


def rate_organisation(
    session: Session, actor: Actor, organisation_id: uuid.UUID, *, at: datetime
) -> Rating | None:
    """Say what volunteers said of an organisation, each counted once; None below five of them.

    Counted are those whose feedback opened first, a multiple of five. Nothing said later takes another's
    place among them, so that each step tells of five more people together.
    """
    turn = func.row_number().over(
        partition_by=Feedback.volunteer_id, order_by=(Feedback.opens_at, Feedback.id)
    )
    said = (
        select(Feedback.rating, Feedback.opens_at, Feedback.id, turn.label("turn"))
        .where(
            Feedback.organisation_id == organisation_id,
            Feedback.side == Side.VOLUNTEER,
            Feedback.opens_at <= at,
        )
        .subquery()
    )
    people = session.scalar(select(func.count()).select_from(said).where(said.c.turn == 1)) or 0
    count = people // STEP * STEP
    if not count:
        return None
    firsts = select(said.c.rating).where(said.c.turn == 1).order_by(said.c.opens_at, said.c.id).limit(count)
    total = session.scalar(select(func.sum(firsts.subquery().c.rating))) or 0
    return Rating(count, round(int(total) / count, 1))
