"""What exposure is worth: prices as the last night told them, and what the next night tells them from."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from matching.index import Index
from matching.profiles import Person
from matching.spread import LARGEST_WEIGHT
from models import Need, Proposal, RankedList, Volunteer
from models.prices import NeedPrice, PriceNight
from models.proposals import ProposalOrigin, ProposalStatus
from service.access.actors import Actor
from service.queries.candidates import ANSWERED, person_of
from service.queries.ranked_lists import count_seen_lists

#: Volunteers who had a list within this time are asked again, the latest so many of them.
RECENTLY = timedelta(days=28)
MOST_REPLAYED = 2000
_AT_ONCE = 500


@dataclass
class Brought:
    """When the prices that an index holds were told."""

    priced_at: datetime | None = None


_BROUGHT: WeakKeyDictionary[Index, Brought] = WeakKeyDictionary()


def bring_prices(session: Session, actor: Actor, index: Index) -> float:
    """See to it that the index has the latest prices, and say how much exposure is spread, from 0 to 1.

    That is what the last night settled on, so that all processes agree; 0 before the first night. One quick
    statement where nothing is new.
    """
    statement = select(PriceNight.priced_at, PriceNight.weight).order_by(PriceNight.priced_at.desc()).limit(1)
    latest = session.execute(statement).one_or_none()
    if latest is None:
        return 0.0
    with index.lock:
        brought = _BROUGHT.setdefault(index, Brought())
        is_old = brought.priced_at != latest.priced_at
    if is_old:
        # Read without the lock: other rankings need not wait for the database.
        rows = session.execute(select(NeedPrice.need_id, NeedPrice.price)).all()
        with index.lock:
            index.set_prices({row.need_id: row.price for row in rows})
            brought.priced_at = latest.priced_at
    return float(latest.weight) / LARGEST_WEIGHT


@dataclass(frozen=True, slots=True)
class Recent:
    """Recent volunteers; how many lists a day were seen; acceptances a day that came by other ways."""

    people: Sequence[Person]
    visits: float
    others: float


def get_recent(session: Session, actor: Actor, *, at: datetime) -> Recent:
    """Get those who had a list lately, with what they have answered."""
    since, days = at - RECENTLY, RECENTLY / timedelta(days=1)
    last = func.max(RankedList.ranked_at)
    ids = session.scalars(
        select(RankedList.volunteer_id)
        .where(RankedList.ranked_at >= since)
        .group_by(RankedList.volunteer_id)
        .order_by(last.desc(), RankedList.volunteer_id)
        .limit(MOST_REPLAYED)
    ).all()
    parts = (ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE))
    people = [one for part in parts for one in _people(session, part)]
    others = session.scalar(
        select(func.count()).where(
            Proposal.status == ProposalStatus.ACCEPTED,
            Proposal.origin != ProposalOrigin.RANKING,
            Proposal.decided_at >= since,
        )
    )
    return Recent(people, count_seen_lists(session, actor, since=since, at=at) / days, (others or 0) / days)


def _people(session: Session, ids: Sequence[uuid.UUID]) -> list[Person]:
    answered: dict[uuid.UUID, list[uuid.UUID]] = {one: [] for one in ids}
    for volunteer_id, need_id in session.execute(
        select(Proposal.volunteer_id, Proposal.need_id).where(
            Proposal.volunteer_id.in_(ids), Proposal.status.in_(ANSWERED)
        )
    ):
        answered[volunteer_id].append(need_id)
    volunteers = {one.id: one for one in session.scalars(select(Volunteer).where(Volunteer.id.in_(ids)))}
    return [person_of(volunteers[one], answered[one]) for one in ids if one in volunteers]


def keep_prices(
    session: Session,
    actor: Actor,
    prices: Sequence[dict[str, Any]],
    *,
    spread: float,
    weight: float,
    at: datetime,
) -> None:
    """Put a night's prices ({need_id, price}) in place of those before; a need that is gone has none."""
    session.execute(delete(NeedPrice))
    session.execute(delete(PriceNight))
    session.add(PriceNight(priced_at=at, spread=spread, weight=weight))
    for first in range(0, len(prices), _AT_ONCE):
        part = {one["need_id"]: one for one in prices[first : first + _AT_ONCE]}
        there = session.scalars(select(Need.id).where(Need.id.in_(part)))
        rows = [part[need_id] for need_id in there]
        if rows:
            session.execute(insert(NeedPrice), rows)
