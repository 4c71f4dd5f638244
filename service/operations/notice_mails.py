"""Mailing notices: what goes into one message, and that none is lost or, while its worker lives, doubled.

A message is a row before it is sent. Its worker dead, another one sends the same again, under the same
Message-ID; notices that have been put into it never go into another.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Account, Notice, NoticeMail
from models.introductions import IntroductionStatus
from models.jobs import LEASE
from models.mail_times import after_quiet
from models.notices import MOST_A_WEEK, WEEK, NoticeKind, Wishes
from service.access.actors import Actor
from service.operations.notices import order_mails
from service.queries.notice_mails import (
    find_next_due,
    get_mail,
    list_notices_of_mail,
    list_proposal_mails,
    list_unfinished_mails,
    list_unmailed,
)
from service.queries.notice_recipients import get_wishes
from service.queries.notices import NoticeSeen, see_notices

# So much longer than its job's lease: who has been at it for so long is dead.
BEYOND_LEASE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Mailing:
    """A message that is to be sent now: to whom, what it brings, and its row."""

    mail: NoticeMail
    account: Account
    notices: Sequence[NoticeSeen]


def begin_mail(
    session: Session, actor: Actor, account_id: uuid.UUID, *, lease: timedelta = LEASE, at: datetime
) -> Mailing | None:
    """Begin the next message to a person: one that was never finished, or all that is due; None for none.

    Whatever is not due yet is ordered for its time.
    """
    account = session.get(Account, account_id)
    if account is None or account.confirmed_at is None:
        return None
    given_up = lease + BEYOND_LEASE
    begun = _take_unfinished(session, actor, account_id, given_up, at)
    begun = begun or _make(session, actor, account_id, at)
    session.flush()
    if (due := find_next_due(session, actor, account_id)) is not None:
        order_mails(session, actor, [(account_id, max(due, at))], at=at)
    if begun is None:
        return None
    notices = list_notices_of_mail(session, actor, begun.id)
    return Mailing(begun, account, see_notices(session, actor, notices, at=at))


def finish_mail(session: Session, actor: Actor, mail_id: uuid.UUID, *, at: datetime) -> None:
    """Note that a message has gone out."""
    get_mail(session, actor, mail_id).sent_at = at


def give_mail_back(session: Session, actor: Actor, mail_id: uuid.UUID, *, at: datetime) -> None:
    """Note that a message could not be sent; whoever is next tries it again."""
    get_mail(session, actor, mail_id).begun_at = None


def _take_unfinished(
    session: Session, actor: Actor, account_id: uuid.UUID, given_up: timedelta, at: datetime
) -> NoticeMail | None:
    for one in list_unfinished_mails(session, actor, account_id):
        if one.begun_at is None or one.begun_at <= at - given_up:
            one.begun_at = at
            return one
        # Its worker may be dead and this be the only order left: look again when that is certain.
        order_mails(session, actor, [(account_id, one.begun_at + given_up)], at=at)
    return None


def _make(session: Session, actor: Actor, account_id: uuid.UUID, at: datetime) -> NoticeMail | None:
    waiting = list_unmailed(session, actor, account_id)
    due = [one for one in waiting if one.mail_due_at is not None and one.mail_due_at <= at]
    due = _keep_quiet(due, get_wishes(session, actor, account_id), at)
    due = _keep_within_week(session, actor, account_id, due, at)
    due = _drop_pointless(session, actor, due, at)
    if not due:
        return None
    brings = any(one.kind == NoticeKind.NEW_PROPOSALS for one in due)
    mail = NoticeMail(
        id=uuid.uuid4(), account_id=account_id, created_at=at, begun_at=at, brings_proposals=brings
    )
    session.add(mail)
    session.flush()
    for one in due:
        one.mail_id = mail.id
    return mail


def is_pointless(seen: NoticeSeen) -> bool:
    """Say whether a notice is of proposals that are answered, gone or full, or of a question answered."""
    if seen.notice.kind in (NoticeKind.NEW_PROPOSALS, NoticeKind.PROPOSAL_WOKEN, NoticeKind.INVITED):
        return not seen.proposed
    if seen.notice.kind in (NoticeKind.QUESTION_ASKED, NoticeKind.QUESTION_WAITS):
        return seen.introduction is None or seen.introduction.status is not IntroductionStatus.ASKED
    return False


def _keep_quiet(due: list[Notice], wishes: Wishes, at: datetime) -> list[Notice]:
    """Put all off to the end of the quiet hours: a worker may come late to what was due before them."""
    until = after_quiet(at, wishes.timezone, wishes.quiet)
    if until <= at:
        return due
    for one in due:
        one.mail_due_at = until
    return []


def _keep_within_week(
    session: Session, actor: Actor, account_id: uuid.UUID, due: list[Notice], at: datetime
) -> list[Notice]:
    """Put proposals off that would be too many for a week; all that concerns a placement goes."""
    proposals = [one for one in due if one.kind == NoticeKind.NEW_PROPOSALS]
    if not proposals:
        return due
    sent = list_proposal_mails(session, actor, account_id, since=at - WEEK)
    if len(sent) < MOST_A_WEEK:
        return due
    for one in proposals:
        one.mail_due_at = sent[-MOST_A_WEEK] + WEEK
    return [one for one in due if one not in proposals]


def _drop_pointless(session: Session, actor: Actor, due: list[Notice], at: datetime) -> list[Notice]:
    """Leave out what is settled by now: nobody needs a mail about it."""
    kept = []
    for seen in see_notices(session, actor, due, at=at):
        if is_pointless(seen):
            seen.notice.mail_due_at = None
        else:
            kept.append(seen.notice)
    return kept
