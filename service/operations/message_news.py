"""Who is told of a message: the other side, once until they have read it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from models import Conversation, Event, Proposal
from models.introductions import Side
from models.notices import NoticeKind
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.operations.news import News, Teller
from service.queries.messages import list_unread_notices_of_conversation
from service.queries.notice_recipients import Recipient, list_coordinators, list_volunteers_own


def _sent(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    conversation = session.get_one(Conversation, uuid.UUID(event.body["conversation_id"]))
    others = _others(session, actor, conversation, Side(event.body["side"]))
    told = list_unread_notices_of_conversation(
        session, actor, conversation.id, conversation.need_id, [one.account_id for one in others]
    )
    known = {one.account_id for one in told}
    news = [one for one in others if one.account_id not in known]
    body = {"conversation_id": str(conversation.id)}
    return [News(NoticeKind.MESSAGE_RECEIVED, news, conversation.need_id, conversation.organisation_id, body)]


def _others(session: Session, actor: Actor, conversation: Conversation, side: Side) -> list[Recipient]:
    if side is Side.VOLUNTEER:
        return list_coordinators(session, actor, conversation.organisation_id)
    proposal = session.get_one(Proposal, conversation.proposal_id)
    # Who has said no is left alone; the message stands there if they look.
    if proposal.status is ProposalStatus.DECLINED:
        return []
    return list_volunteers_own(session, actor, proposal.volunteer_id)


MESSAGE_TELLERS: dict[str, Teller] = {"message.sent": _sent}
