"""The nightly work: one job for each night, and in it these steps, one after the other.

The job orders the next night's before it does anything, so that the chain never breaks; a worker orders one
when it starts, too. Each step is a function `(tools, at) -> bool` which answers whether more remains: then it
is run again, under a lease that was renewed, so no part may take longer than the lease. What computes longer
is wrapped in `service.jobs.beside`. A step may be run twice (its worker may die before it is noted), and must
do no harm then. One that fails is noted and left to the next night; those behind it are done all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.jobs import needs, prices, proposals, rankings, retention, texts
from service.jobs.beside import Beside
from service.jobs.failures import name_failure
from service.jobs.tools import Tools
from service.operations.nights import end_step, order_next_night
from service.queries.nights import list_night_steps

log = logging.getLogger(__name__)

Step = Callable[[Tools, datetime], bool]

# In order: what a step needs of another stands before it.
STEPS: dict[str, Step] = {
    "needs.gone": needs.expire_gone,
    "texts.means": Beside(texts.estimate),
    "ranking.train": Beside(rankings.train),
    "exposure.price": Beside(prices.price),
    "proposals.renew": proposals.order_renewal,
    "retention.notices": retention.notices,
    "retention.lists": retention.ranked_lists,
    "retention.jobs": retention.done_jobs,
    "retention.answers": retention.remembered_answers,
}


def run_night(tools: Tools, payload: dict[str, Any]) -> bool:
    """Do the next part of the work of {night}; say whether more remains."""
    order_night(tools)
    return run_part(tools, date.fromisoformat(payload["night"]), STEPS)


def order_night(tools: Tools) -> None:
    """See to it that the next night's work is ordered."""
    settings, at = tools.settings, now()
    with unit_of_work(tools.sessions, at=at) as session:
        order_next_night(session, WORKER, clock=settings.nightly_at, timezone=settings.timezone, at=at)


def run_part(tools: Tools, night: date, steps: Mapping[str, Step]) -> bool:
    """Do a part of the first step that has not ended; say whether anything remains after it."""
    with unit_of_work(tools.sessions, readonly=True) as session:
        ended = {one.step for one in list_night_steps(session, WORKER, night)}
    left = [name for name in steps if name not in ended]
    if not left:
        return False
    name, failure = left[0], None
    try:
        if steps[name](tools, now()):
            return True
    except Exception as error:  # noqa: BLE001 the other steps of the night do not depend on it
        failure = name_failure(error)
        log.error("nightly step %s failed: %s", name, failure)  # noqa: TRY400 words may be personal
    at = now()
    with unit_of_work(tools.sessions, at=at) as session:
        end_step(session, WORKER, night, name, failure=failure, at=at)
    return len(left) > 1
