"""Removing what has been kept long enough, a part at a time; for the service itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Delete, delete, exists, select
from sqlalchemy.orm import Session

from models import IdempotencyRecord, Job, Notice, NoticeMail, RankedList
from models.jobs import JobStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotAllowed


def remove_notices(session: Session, actor: Actor, *, before: datetime, limit: int) -> int:
    """Remove some notices from before a moment; say how many."""
    oldest = select(Notice.id).where(Notice.created_at < before).order_by(Notice.created_at).limit(limit)
    return _remove(session, actor, delete(Notice).where(Notice.id.in_(oldest)))


def remove_notice_mails(session: Session, actor: Actor, *, before: datetime, limit: int) -> int:
    """Remove some notes of messages from before a moment whose notices are gone; say how many."""
    oldest = (
        select(NoticeMail.id)
        .where(NoticeMail.created_at < before, ~exists().where(Notice.mail_id == NoticeMail.id))
        .order_by(NoticeMail.created_at)
        .limit(limit)
    )
    return _remove(session, actor, delete(NoticeMail).where(NoticeMail.id.in_(oldest)))


def remove_ranked_lists(session: Session, actor: Actor, *, before: datetime, limit: int) -> int:
    """Remove some lists that were shown before a moment; say how many."""
    oldest = select(RankedList.id).where(RankedList.ranked_at < before)
    some = oldest.order_by(RankedList.ranked_at).limit(limit)
    return _remove(session, actor, delete(RankedList).where(RankedList.id.in_(some)))


def remove_done_jobs(session: Session, actor: Actor, *, before: datetime, limit: int) -> int:
    """Remove some orders that were done before a moment; what waits or has failed stays; say how many."""
    oldest = select(Job.id).where(Job.status == JobStatus.DONE, Job.ended_at < before)
    some = oldest.order_by(Job.ended_at).limit(limit)
    return _remove(session, actor, delete(Job).where(Job.id.in_(some)))


def remove_remembered_answers(session: Session, actor: Actor, *, before: datetime, limit: int) -> int:
    """Remove some answers that an `Idempotency-Key` remembered before a moment; say how many."""
    oldest = select(IdempotencyRecord.id).where(IdempotencyRecord.created_at < before)
    some = oldest.order_by(IdempotencyRecord.created_at).limit(limit)
    return _remove(session, actor, delete(IdempotencyRecord).where(IdempotencyRecord.id.in_(some)))


def _remove(session: Session, actor: Actor, statement: Delete) -> int:
    if actor.kind is not ActorKind.WORKER:
        raise NotAllowed
    done: Any = session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)
