"""Reading what mail of notices is due, begun and unfinished; each row is taken by one worker."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Notice, NoticeMail
from service.access.actors import Actor


def list_unmailed(session: Session, actor: Actor, account_id: uuid.UUID) -> Sequence[Notice]:
    """List a person's notices that mail waits for, oldest first; locked, those of other workers left out."""
    return session.scalars(
        select(Notice)
        .where(
            Notice.account_id == account_id,
            Notice.mail_due_at.is_not(None),
            Notice.mail_id.is_(None),
            Notice.read_at.is_(None),
        )
        .order_by(Notice.created_at, Notice.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def list_unfinished_mails(session: Session, actor: Actor, account_id: uuid.UUID) -> Sequence[NoticeMail]:
    """List a person's messages that are not known to be sent, oldest first; locked."""
    return session.scalars(
        select(NoticeMail)
        .where(NoticeMail.account_id == account_id, NoticeMail.sent_at.is_(None))
        .order_by(NoticeMail.created_at, NoticeMail.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def get_mail(session: Session, actor: Actor, mail_id: uuid.UUID) -> NoticeMail:
    """Get a message, locked."""
    return session.get_one(
        NoticeMail, mail_id, with_for_update=True, execution_options={"populate_existing": True}
    )


def list_notices_of_mail(session: Session, actor: Actor, mail_id: uuid.UUID) -> Sequence[Notice]:
    """List the notices that a message brings, oldest first."""
    wanted = select(Notice).where(Notice.mail_id == mail_id).order_by(Notice.created_at, Notice.id)
    return session.scalars(wanted).all()


def list_proposal_mails(
    session: Session, actor: Actor, account_id: uuid.UUID, *, since: datetime
) -> Sequence[datetime]:
    """List when messages with new proposals were made for a person since a moment, oldest first."""
    wanted = (
        select(NoticeMail.created_at)
        .where(
            NoticeMail.account_id == account_id,
            NoticeMail.brings_proposals.is_(True),
            NoticeMail.created_at > since,
        )
        .order_by(NoticeMail.created_at)
    )
    return session.scalars(wanted).all()


def find_next_due(session: Session, actor: Actor, account_id: uuid.UUID) -> datetime | None:
    """Find when mail for a person is due next; None where none waits."""
    wanted = select(func.min(Notice.mail_due_at)).where(
        Notice.account_id == account_id, Notice.mail_id.is_(None), Notice.read_at.is_(None)
    )
    found: datetime | None = session.scalar(wanted)
    return found
