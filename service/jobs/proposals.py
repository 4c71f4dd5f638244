"""Jobs about proposals: made anew for one volunteer, or for all whom a need's change concerns."""

from __future__ import annotations

import logging
import time
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matching.ranking import without_collecting
from service.access.actors import WORKER, Actor
from service.db import now, unit_of_work
from service.errors import NotFound
from service.jobs.beside import PART_SECONDS
from service.jobs.tools import Tools
from service.operations import renewing
from service.operations.offer_ends import lapse_offer
from service.operations.proposals import wake_proposal
from service.operations.proposing import follow_need, pass_need, propose_for

log = logging.getLogger(__name__)


def propose_for_volunteer(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Make one volunteer's proposals anew; one who has left meanwhile needs none."""
    try:
        propose_for(session, actor, uuid.UUID(payload["volunteer_id"]), at=at)
    except NotFound:
        return


def wake_snoozed(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Put a snoozed proposal before its volunteer again; one that is gone meanwhile needs no waking."""
    try:
        wake_proposal(session, actor, uuid.UUID(payload["proposal_id"]), at=at)
    except NotFound:
        return


def lapse_offered(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Let an offer go whose time is over; one that is gone meanwhile needs none."""
    try:
        lapse_offer(session, actor, uuid.UUID(payload["proposal_id"]), at=at)
    except NotFound:
        return


def need_passed(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Let the proposals of a need expire whose dates have passed."""
    pass_need(session, actor, uuid.UUID(payload["need_id"]), at=at)


def order_renewal(tools: Tools, at: datetime) -> bool:
    """Have everybody's proposals made anew; the order is quick, its shards are jobs of their own."""
    with unit_of_work(tools.sessions, at=at) as session:
        shards = renewing.order_renewal(session, WORKER, at=at)
    log.info("proposals are made anew in %d shards", shards)
    return False


def renew_shard(tools: Tools, payload: dict[str, Any]) -> bool:
    """Make the proposals of {volunteer_ids} anew, as far as that was not done {since}.

    All are ranked for at once; then each has a transaction of their own, in which a volunteer who has changed
    meanwhile is ranked for anew. Done again, it goes on behind those who are done, as it does when a slow
    database has made it stop before its lease runs out.
    """
    until = time.monotonic() + PART_SECONDS
    ids = [uuid.UUID(one) for one in payload["volunteer_ids"]]
    since, at = datetime.fromisoformat(payload["since"]), now()
    with unit_of_work(tools.sessions, at=at, readonly=True) as session:
        shard = renewing.read_shard(session, WORKER, ids, since=since, at=at)
    with without_collecting():
        waiting = renewing.rank_shard(shard, at=at)
        while waiting:
            ranked, moment = waiting.pop(), now()
            with unit_of_work(tools.sessions, at=moment) as session:
                renewing.keep_ranked(session, WORKER, ranked, at=moment)
            if time.monotonic() > until:
                break
        return bool(waiting)


def need_changed(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Have proposals made anew for those whom a need's change concerns; expire them where it is gone."""
    follow_need(session, actor, uuid.UUID(payload["need_id"]), at=at)
