"""Who is told of what happens before a decision: questions, visits and calls, a not-now that ends.

A coordinator is never told who asks, and a volunteer who has said no is left alone about that need.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from models import Event, Introduction, Proposal
from models.introductions import IntroductionStatus, Side
from models.notices import NoticeKind
from models.proposals import ProposalStatus
from service.access.actors import Actor, ActorKind
from service.operations.news import News, Teller
from service.queries.notice_recipients import Recipient, list_coordinators, list_volunteers_own


def _to_coordinators(kind: NoticeKind) -> Teller:
    def teller(session: Session, actor: Actor, event: Event) -> Iterable[News]:
        asked = session.get_one(Introduction, event.subject_id)
        days = {"days": int(event.body["days"])} if "days" in event.body else {}
        return [_news(kind, list_coordinators(session, actor, asked.organisation_id), asked, **days)]

    return teller


def _answered(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    asked = session.get_one(Introduction, event.subject_id)
    proposal = session.get_one(Proposal, asked.proposal_id)
    if proposal.status is ProposalStatus.DECLINED:
        return ()
    volunteer = list_volunteers_own(session, actor, proposal.volunteer_id)
    return [_news(NoticeKind.QUESTION_ANSWERED, volunteer, asked)]


def _cancelled(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    """Tell the other side of a visit or a call that will not be; a question taken back needs nobody."""
    asked, kind = session.get_one(Introduction, event.subject_id), NoticeKind.INTRODUCTION_CANCELLED
    if event.from_state != IntroductionStatus.BOOKED:
        return ()
    if asked.cancelled_by is Side.VOLUNTEER:
        return [_news(kind, list_coordinators(session, actor, asked.organisation_id), asked)]
    proposal = session.get_one(Proposal, asked.proposal_id)
    # Also after a no: who has taken a time may still be about to come.
    return [_news(kind, list_volunteers_own(session, actor, proposal.volunteer_id), asked)]


def _woken(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    # Who answers before the time has come wakes it themselves.
    if actor.kind is ActorKind.VOLUNTEER:
        return ()
    proposal = session.get_one(Proposal, event.subject_id)
    volunteer = list_volunteers_own(session, actor, proposal.volunteer_id)
    body = {"need_ids": [str(proposal.need_id)]}
    return [News(NoticeKind.PROPOSAL_WOKEN, volunteer, proposal.need_id, body=body)]


def _news(kind: NoticeKind, recipients: list[Recipient], asked: Introduction, **more: int) -> News:
    body = {"introduction_id": str(asked.id), **more}
    return News(kind, recipients, asked.need_id, asked.organisation_id, body)


INTRODUCTION_TELLERS: dict[str, Teller] = {
    "introduction.asked": _to_coordinators(NoticeKind.QUESTION_ASKED),
    "introduction.reminded": _to_coordinators(NoticeKind.QUESTION_WAITS),
    "introduction.booked": _to_coordinators(NoticeKind.INTRODUCTION_BOOKED),
    "introduction.answered": _answered,
    "introduction.cancelled": _cancelled,
    "proposal.woken": _woken,
}
