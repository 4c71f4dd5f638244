"""Hands to the broker what is due: noted in the row first, so that no worker is faster than the note.

A relay that dies in between, or a broker that loses a message, costs time and no job: when the note has
lapsed, the job is handed over again. Several relays do not disturb one another.
"""

from __future__ import annotations

from collections.abc import Callable

from service.access.actors import WORKER
from service.broker import BrokerAway, make_celery, open_way
from service.db import now, unit_of_work
from service.jobs.runner import go_on_with
from service.jobs.stop import Stop
from service.jobs.tools import Tools
from service.operations.jobs import hand_jobs_over, take_jobs_back
from service.queries.jobs import anything_to_carry

# So many leases of a worker a broker has for bringing a job to one; then it is handed over again.
CARRIED_LEASES = 2


def relay(tools: Tools, stop: Stop, *, first: Callable[[Tools], None] | None = None) -> None:
    """Hand over what is due, and wait for more, until asked to stop."""
    go_on_with(make_relay(tools), tools, stop, first=first)


def make_relay(tools: Tools) -> Callable[[], bool]:
    """Make the step that hands over what is due now; it says whether there was anything."""
    celery = make_celery(tools.settings)
    lease = CARRIED_LEASES * tools.lease

    def hand_over() -> bool:
        with unit_of_work(tools.sessions, readonly=True) as session:
            if not anything_to_carry(session, WORKER, at=session.info["at"]):
                return False
        with open_way(celery) as way:
            at = now()
            with unit_of_work(tools.sessions, at=at) as session:
                left = hand_jobs_over(session, WORKER, limit=way.room, lease=lease, at=at)
            found = bool(left)
            try:
                while left:
                    way.carry(left[0])
                    left.pop(0)
            except BrokerAway:
                at = now()
                with unit_of_work(tools.sessions, at=at) as session:
                    take_jobs_back(session, WORKER, left, at=at)
                raise
        return found

    return hand_over
