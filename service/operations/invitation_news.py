"""Who is told of an invitation: the volunteer, where it is a proposal that waits for their answer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from models import Event, Invitation, Proposal
from models.notices import NoticeKind
from service.access.actors import Actor
from service.operations.news import News, Teller
from service.queries.notice_recipients import list_volunteers_own


def _reached(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    if "proposal_id" not in event.body:
        return ()
    invitation = session.get_one(Invitation, event.subject_id)
    proposal = session.get_one(Proposal, uuid.UUID(event.body["proposal_id"]))
    volunteer = list_volunteers_own(session, actor, proposal.volunteer_id)
    body = {"need_ids": [str(invitation.need_id)]}
    return [News(NoticeKind.INVITED, volunteer, invitation.need_id, invitation.organisation_id, body)]


INVITATION_TELLERS: dict[str, Teller] = {"invitation.reached": _reached}
