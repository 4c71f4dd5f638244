"""The nightly step that lets the proposals of needs expire which nobody can answer any more.

Each need that is published, or whose organisation is suspended, has an order of its own for that (needs.pass,
proposals.need_changed); this finds what came in otherwise, as from a version without such orders.
"""

from __future__ import annotations

from datetime import datetime

from service.access.actors import WORKER
from service.db import unit_of_work
from service.jobs.tools import Tools
from service.operations.proposing import follow_need
from service.queries.proposals import list_needs_gone

AT_ONCE = 50


def expire_gone(tools: Tools, at: datetime) -> bool:
    """Follow some of these needs, each in a transaction of its own; say whether more may remain."""
    with unit_of_work(tools.sessions, at=at, readonly=True) as session:
        found = list_needs_gone(session, WORKER, limit=AT_ONCE, at=at)
    for need_id in found:
        with unit_of_work(tools.sessions, at=at) as session:
            follow_need(session, WORKER, need_id, at=at)
    return len(found) == AT_ONCE
