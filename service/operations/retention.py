"""Retention: what is removed when it has been kept as long as the settings say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.queries.retention import (
    remove_done_jobs,
    remove_notice_mails,
    remove_notices,
    remove_ranked_lists,
    remove_remembered_answers,
)

# So many rows in one transaction: well below a job's lease, and nobody waits long for it.
AT_ONCE = 1000
# For as long a request that is sent again gets the answer of the first.
ANSWERS_KEPT = timedelta(hours=72)


class Remove(Protocol):
    """Removes some rows from before a moment, and says how many (`queries.retention`)."""

    def __call__(self, session: Session, actor: Actor, /, *, before: datetime, limit: int) -> int:
        """Remove so many at the most."""


def purge_notices(session: Session, actor: Actor, *, days: int, at: datetime) -> bool:
    """Remove notices that are older than so many days, and the notes of their mail; say if more remain.

    0 days: they are kept. What a notice tells of stands where it happened, and in the events.
    """
    return _purge(session, actor, timedelta(days=days), at, remove_notices, remove_notice_mails)


def purge_ranked_lists(session: Session, actor: Actor, *, days: int, at: datetime) -> bool:
    """Remove lists that were shown more than so many days ago; say if more remain. 0 days: they are kept."""
    return _purge(session, actor, timedelta(days=days), at, remove_ranked_lists)


def purge_done_jobs(session: Session, actor: Actor, *, days: int, at: datetime) -> bool:
    """Remove orders that were done more than so many days ago; say if more remain. 0 days: they are kept."""
    return _purge(session, actor, timedelta(days=days), at, remove_done_jobs)


def purge_remembered_answers(session: Session, actor: Actor, *, at: datetime) -> bool:
    """Forget the answers of requests that nobody sends again any more; say if more remain."""
    return _purge(session, actor, ANSWERS_KEPT, at, remove_remembered_answers)


def _purge(session: Session, actor: Actor, kept: timedelta, at: datetime, *removals: Remove) -> bool:
    """Remove a part of what is older, by each of the removals in turn; nothing where it is kept for good."""
    if not kept:
        return False
    gone = [remove(session, actor, before=at - kept, limit=AT_ONCE) for remove in removals]
    return AT_ONCE in gone
