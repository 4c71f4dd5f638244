"""What each side sees of a conversation: who a volunteer is only while they hold a place there (I-10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Message
from models.introductions import Side
from service.access.actors import Actor
from service.operations.messages import is_withheld, knows, why_not
from service.queries.conversations import Between, side_of
from service.schemas.messages import show_conversation, show_message


def see_conversation(actor: Actor, between: Between, *, at: datetime) -> dict[str, Any]:
    """Show a conversation, which has begun, to one of its sides."""
    if between.conversation is None:
        raise LookupError(between.proposal.id)
    return show_conversation(between.conversation, between.need, between.organisation, **see_between(
        actor, between, at=at
    ))  # fmt: skip


def see_between(actor: Actor, between: Between, *, at: datetime) -> dict[str, Any]:
    """Show what a side may see beside the words: who the other one is, and whether it may write."""
    side = side_of(actor)
    live = [one.id for one in between.placements if one.is_live()]
    own = side is Side.VOLUNTEER
    return {
        "proposal_id": between.proposal.id if own else None,
        "placement_id": live[-1] if live else None,
        "first_name": between.volunteer.name.split()[0] if own or live else None,
        "unread": between.unread,
        "may_write": why_not(between, side, at) is None,
    }


def see_message(actor: Actor, between: Between, message: Message, *, at: datetime) -> dict[str, Any]:
    """Show a message to one of the two.

    That a volunteer has read something is told to the organisation only where it knows them.
    """
    own = side_of(actor) is Side.VOLUNTEER
    return show_message(
        message,
        withheld=not own and is_withheld(between, message, at),
        tells_read=own or message.side is Side.VOLUNTEER or knows(between, at),
    )
