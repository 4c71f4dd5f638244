"""Reading whose proposals are to be made anew, in shards of those who are near each other."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from matching.profiles import Person
from matching.retrieval import CIRCLES_KM
from models import Job, Need, Proposal, Volunteer
from models.jobs import AT_LEISURE, JobStatus
from service.access.actors import Actor
from service.queries.candidates import ANSWERED, person_answering
from service.queries.texts import add_meanings

_AT_ONCE = 1000


def is_being_renewed(session: Session, actor: Actor) -> bool:
    """Say whether shards of an earlier order are left."""
    left = Job.status.in_((JobStatus.WAITING, JobStatus.RUNNING))
    return session.scalar(select(Job.id).where(Job.kind == AT_LEISURE, left).limit(1)) is not None


def list_shards(session: Session, actor: Actor, *, size: int) -> Iterator[list[uuid.UUID]]:
    """List all volunteers so many at a time, in the order in which the ranking takes them together."""
    found = session.scalars(
        select(Volunteer.id)
        .where(Volunteer.erased_at.is_(None))
        .order_by(*_by_place(), Volunteer.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    yield from map(list, found.partitions(size))


def _by_place() -> tuple[ColumnElement[Any], ...]:
    """Give what `matching.retrieval.cell_of` sorts by: the size of the circle, the degree, the band."""
    widths = [(Volunteer.radius_km <= km, place) for place, km in enumerate(CIRCLES_KM)]
    return (
        Volunteer.latitude.is_(None),
        case(*widths, else_=len(CIRCLES_KM)),
        func.round(Volunteer.latitude),
        func.round(Volunteer.longitude),
        func.round(Volunteer.latitude * 10),
        func.coalesce(Volunteer.longitude, 0.0),
    )


def list_unranked(
    session: Session, actor: Actor, ids: Sequence[uuid.UUID], *, since: datetime
) -> list[Person]:
    """Give those of some volunteers who were not ranked for since a moment, as the ranking knows them."""
    unranked = or_(Volunteer.ranked_at.is_(None), Volunteer.ranked_at < since)
    volunteers = session.scalars(
        select(Volunteer).where(Volunteer.id.in_(ids), unranked, Volunteer.erased_at.is_(None))
    ).all()
    answered: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in session.execute(
        select(
            Proposal.volunteer_id, Proposal.need_id, Proposal.status, Proposal.decline_reason,
            Need.causes, Need.organisation_id,
        )
        .join(Need, Need.id == Proposal.need_id)
        .where(Proposal.volunteer_id.in_(ids), Proposal.status.in_(ANSWERED))
    ):  # fmt: skip
        answered[row.volunteer_id].append(row)
    people = [person_answering(one, answered[one.id]) for one in volunteers]
    return add_meanings(session, actor, people)
