"""Making everybody's proposals anew by night: in shards, each a job, of those who are near each other."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from matching.index import Index
from matching.model import Model
from matching.profiles import Person
from matching.ranking import rank_many
from models.jobs import AT_LEISURE
from service.access.actors import Actor
from service.errors import NotFound
from service.operations.jobs import Order, order_jobs
from service.operations.proposing import MOST_PROPOSED, Ranked, propose_for
from service.queries.openings import list_open_needs
from service.queries.prices import bring_prices
from service.queries.rankings import get_ranking
from service.queries.renewals import is_being_renewed, list_shards, list_unranked

# So many are ranked for together, and kept one by one well within a lease.
SHARD = 200


def order_renewal(session: Session, actor: Actor, *, at: datetime) -> int:
    """Order that all volunteers' proposals be made anew, in shards; none while an earlier order is left."""
    if is_being_renewed(session, actor):
        return 0
    since = at.isoformat()
    orders = [
        Order(
            {"volunteer_ids": [str(one) for one in ids], "since": since}, f"{AT_LEISURE}:{number}:{since}", at
        )
        for number, ids in enumerate(list_shards(session, actor, size=SHARD))
    ]
    order_jobs(session, actor, AT_LEISURE, orders, at=at)
    return len(orders)


@dataclass(frozen=True, slots=True)
class Shard:
    """Whom to rank for together, among what, and how."""

    people: list[Person]
    index: Index
    model: Model
    spread: float


def read_shard(
    session: Session, actor: Actor, ids: list[uuid.UUID], *, since: datetime, at: datetime
) -> Shard:
    """Read those of a shard who were not ranked for since its order."""
    people = list_unranked(session, actor, ids, since=since)
    index = list_open_needs(session, actor, at=at)
    model = get_ranking(session, actor, at=at).model
    return Shard(people, index, model, bring_prices(session, actor, index))


def rank_shard(shard: Shard, *, at: datetime) -> list[Ranked]:
    """Rank for all of a shard at once; no transaction needs to be open meanwhile."""
    lists = rank_many(shard.people, shard.index, shard.model, at=at, limit=MOST_PROPOSED, spread=shard.spread)
    each = zip(shard.people, lists, strict=True)
    return [Ranked(person, matches, shard.model, shard.spread) for person, matches in each]


def keep_ranked(session: Session, actor: Actor, ranked: Ranked, *, at: datetime) -> None:
    """Put before a volunteer what they got; who has left meanwhile needs nothing."""
    try:
        propose_for(session, actor, ranked.person.id, at=at, ranked=ranked)
    except NotFound:
        return
