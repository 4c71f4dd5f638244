"""Messages: from a volunteer to an organisation and back, about one need, under rules that reveal nothing.

Before an acceptance only the volunteer begins. Whether the organisation may write then depends on what
everybody can see, never on what the volunteer said to the proposal. What concerns a minor goes through
the centre.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Conversation, Message
from models.errors import NotPossible
from models.introductions import Side
from models.placements import PlacementStatus
from models.proposals import UNDECIDED
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.labels import label_of
from service.operations.proposal_steps import is_open
from service.queries.conversations import (
    Between,
    get_between_by_placement,
    get_between_by_proposal,
    get_conversation,
    lock_between,
    side_of,
)
from service.queries.messages import (
    count_unanswered,
    list_unread_notices_of_conversation,
    mark_messages_read,
)
from service.queries.notice_recipients import list_coordinators

# After a placement that was completed there is still something to say, and for so long it can be said.
GRACE = timedelta(days=7)
# Two that happen at one moment may be written in either order: what was just written goes with its end.
LEEWAY = timedelta(minutes=1)
WITH_GRACE = (PlacementStatus.COMPLETED, PlacementStatus.NO_SHOW)
# Who gets no answer writes no more than so many.
MOST_IN_A_ROW = 20


def write_message_about_proposal(
    session: Session, actor: Actor, proposal_id: uuid.UUID, text: str, *, at: datetime
) -> Message:
    """The volunteer writes about one of their proposals; the first message begins the conversation."""
    return _write(session, actor, get_between_by_proposal(session, actor, proposal_id), text, at)


def write_message_about_placement(
    session: Session, actor: Actor, placement_id: uuid.UUID, text: str, *, at: datetime
) -> Message:
    """The organisation writes to a volunteer who holds a place there."""
    return _write(session, actor, get_between_by_placement(session, actor, placement_id), text, at)


def write_message(
    session: Session, actor: Actor, conversation_id: uuid.UUID, text: str, *, at: datetime
) -> Message:
    """Either side writes in a conversation that has begun."""
    return _write(session, actor, get_conversation(session, actor, conversation_id), text, at)


def read_messages(
    session: Session, actor: Actor, conversation_id: uuid.UUID, *, until: datetime | None = None, at: datetime
) -> None:
    """Mark as read what the other side wrote; what was told of it is read, too, by all coordinators."""
    between = get_conversation(session, actor, conversation_id)
    mark_messages_read(session, actor, conversation_id, until=until or at, at=at)
    readers = [actor.account_id] if actor.account_id else []
    if side_of(actor) is Side.ORGANISATION:
        others = list_coordinators(session, actor, between.organisation.id)
        readers += [one.account_id for one in others]
    for one in list_unread_notices_of_conversation(session, actor, conversation_id, between.need.id, readers):
        if one.created_at <= (until or at):
            one.read(at)
    session.flush()


def why_not(between: Between, side: Side, at: datetime) -> str | None:
    """Say by its code why a side cannot write now; None where it can."""
    minor = between.volunteer.is_minor(at.date())
    if between.volunteer.erased_at is not None:
        return "conversation_over"
    if knows(between, at):
        return "through_centre" if minor else None
    if not is_open(between.organisation, between.need, at):
        return "conversation_over"
    if side is Side.VOLUNTEER:
        if between.proposal.status not in UNDECIDED:
            return "conversation_over"
        return "through_centre" if minor else None
    # Nothing here may depend on the volunteer's answer: a no is told to nobody.
    written_since = between.written_at is not None and (
        not between.placements or between.written_at > end_of(between) + LEEWAY
    )
    return None if written_since and not minor else "conversation_over"


def knows(between: Between, at: datetime) -> bool:
    """Say whether a place is held, or was completed a short while ago."""
    return any(one.is_live() for one in between.placements) or (
        bool(between.placements) and at < end_of(between)
    )


def end_of(between: Between) -> datetime:
    """Say when the last placement ended, with what time there still was to write; the first is there."""
    return max(
        (one.ended_at or one.created_at) + (GRACE if one.status in WITH_GRACE else timedelta())
        for one in between.placements
    )


def is_withheld(between: Between, message: Message, at: datetime) -> bool:
    """Say whether an organisation no longer sees what a volunteer wrote: what it belonged to is over."""
    if message.side is Side.ORGANISATION or not between.placements or knows(between, at):
        return False
    return message.created_at <= end_of(between) + LEEWAY


def _write(session: Session, actor: Actor, between: Between, text: str, at: datetime) -> Message:
    side, between = side_of(actor), lock_between(session, actor, between)
    conversation = between.conversation
    if (code := why_not(between, side, at)) is not None:
        raise NotPossible(code)
    if conversation is None:
        conversation = Conversation(
            id=uuid.uuid4(),
            proposal_id=between.proposal.id,
            organisation_id=between.organisation.id,
            need_id=between.need.id,
            label=label_of(session, actor, between.proposal.id),
        )
        session.add(conversation)
    elif count_unanswered(session, actor, conversation.id, side) >= MOST_IN_A_ROW:
        raise NotPossible("conversation_waits")
    message = Message(id=uuid.uuid4(), conversation_id=conversation.id, side=side, text=text)
    session.add(message)
    session.flush()
    # In nobody's log: a volunteer's id must not stand in an organisation's.
    record_event(
        session, actor, "message.sent", message.id, at=at, side=side, conversation_id=conversation.id,
        need_id=conversation.need_id, organisation_id=conversation.organisation_id,
    )  # fmt: skip
    # Who answers has read what they answer.
    read_messages(session, actor, conversation.id, at=at)
    return message
