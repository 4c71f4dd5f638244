"""Retention: what is removed when it has been kept as long as the settings say."""

from __future__ import annotations

from datetime import datetime, timedelta

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


def purge_notices(session: Session, actor: Actor, *, days: int, at: datetime) -> bool:
    """Remove notices that are older than so many days, and the notes of their mail; say if more remain.

    0 days: they are kept. What a notice tells of stands where it happened, and in the events.
    """
    if not days:
        return False
    before = at - timedelta(days=days)
    gone = remove_notices(session, actor, before=before, limit=AT_ONCE)
    mails = remove_notice_mails(session, actor, before=before, limit=AT_ONCE)
    return AT_ONCE in (gone, mails)


def purge_ranked_lists(session: Session, actor: Actor, *, days: int, at: datetime) -> bool:
    """Remove lists that were shown more than so many days ago; say if more remain. 0 days: they are kept."""
    if not days:
        return False
    before = at - timedelta(days=days)
    return remove_ranked_lists(session, actor, before=before, limit=AT_ONCE) == AT_ONCE


def purge_done_jobs(session: Session, actor: Actor, *, days: int, at: datetime) -> bool:
    """Remove orders that were done more than so many days ago; say if more remain. 0 days: they are kept."""
    if not days:
        return False
    before = at - timedelta(days=days)
    return remove_done_jobs(session, actor, before=before, limit=AT_ONCE) == AT_ONCE


def purge_remembered_answers(session: Session, actor: Actor, *, at: datetime) -> bool:
    """Forget the answers of requests that nobody sends again any more; say if more remain."""
    return remove_remembered_answers(session, actor, before=at - ANSWERS_KEPT, limit=AT_ONCE) == AT_ONCE
