"""Telling the prices of exposure by night: who would be left alone, if lists went on as they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matching.index import Index
from matching.model import Model
from matching.replaying import sample_of, standing_of
from matching.spread import KEEP, LARGEST_WEIGHT, choose_weight, replay
from service.access.actors import Actor
from service.db import Sessions, unit_of_work
from service.queries.openings import list_open_needs
from service.queries.prices import Recent, get_recent, keep_prices
from service.queries.rankings import get_ranking

# Told from nothing each night, so the prices need as many rounds to come to rest.
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Prices:
    """The weight of a first volunteer's coming, and each priced need's row for the database."""

    weight: float
    rows: list[dict[str, Any]]


def price_needs(sessions: Sessions, actor: Actor, *, spread: float, at: datetime) -> Prices:
    """Tell the price of each open need from the volunteers of the last weeks, and keep it.

    With nobody to be asked there are no prices, and the prior stands: every need with nobody counts as one
    to which nobody would come, by the full weight. With the dial at 0 the weight is 0, and lists are by
    relevance. The computing is done between two transactions.
    """
    with unit_of_work(sessions, readonly=True) as session:
        recent = get_recent(session, actor, at=at)
        index = list_open_needs(session, actor, at=at)
        model = get_ranking(session, actor, at=at).model
    found = Prices(LARGEST_WEIGHT * spread, [])
    if spread > 0 and recent.people and recent.visits > 0:
        found = _tell(index, model, recent, spread, at)
    with unit_of_work(sessions, at=at) as session:
        keep_prices(session, actor, found.rows, spread=spread, weight=found.weight, at=at)
    return found


def _tell(index: Index, model: Model, recent: Recent, spread: float, at: datetime) -> Prices:
    with index.lock:
        sample, rows = sample_of(recent.people, index, model, visits=recent.visits, at=at)
        standing = standing_of(index, rows, others=recent.others / max(len(rows), 1), at=at)
        need_ids = [index.need_id(row) for row in rows.tolist()]
    weight, _ = choose_weight(sample, standing, LARGEST_WEIGHT * spread, keep=KEEP)
    prices = replay(sample, standing, weight, rounds=_ROUNDS).prices(weight).tolist()
    told = zip(need_ids, prices, strict=True)
    return Prices(weight, [{"need_id": one, "price": price} for one, price in told])
