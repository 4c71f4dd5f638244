"""Who is told of a waitlist: the volunteer to whom a place is offered, or who waits no more."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from models import Event, Need, Proposal
from models.notices import NoticeKind
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.operations.news import News, Teller
from service.queries.notice_recipients import list_volunteers_own

WAITING = (ProposalStatus.WAITLISTED, ProposalStatus.OFFERED)


def _offered(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    proposal = session.get_one(Proposal, event.subject_id)
    due = proposal.decision_due
    return [_news(session, actor, NoticeKind.PLACE_OFFERED, proposal, due=due.isoformat() if due else "")]


def _expired(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    # What nobody had asked for goes without a word.
    if event.from_state not in WAITING:
        return ()
    proposal = session.get_one(Proposal, event.subject_id)
    why = event.body.get("why", "gone")
    return [_news(session, actor, NoticeKind.WAITING_ENDED, proposal, why=why)]


def _news(session: Session, actor: Actor, kind: NoticeKind, proposal: Proposal, **body: str) -> News:
    need = session.get_one(Need, proposal.need_id)
    volunteer = list_volunteers_own(session, actor, proposal.volunteer_id)
    return News(kind, volunteer, need.id, need.organisation_id, dict(body))


WAITLIST_TELLERS: dict[str, Teller] = {"proposal.offered": _offered, "proposal.expired": _expired}
