"""What a volunteer and an organisation write to each other: one list, and a page for each conversation."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models import Message
from models.introductions import Side
from service.access.actors import Actor
from service.errors import N_
from service.operations.conversation_views import see_between, see_conversation, see_message
from service.operations.messages import (
    read_messages,
    write_message,
    write_message_about_placement,
    write_message_about_proposal,
)
from service.queries.conversations import (
    Between,
    get_between_by_placement,
    get_between_by_proposal,
    get_conversation,
    list_conversations,
    side_of,
)
from service.queries.messages import list_messages
from service.schemas.messages import MessageNew, MessagesRead
from service.web.door import page
from service.web.forms import read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("messages", __name__)
SHOWN = 50


@blueprint.get("/messages")
@page("messages.read")
def show_all(session: Session, actor: Actor) -> Response:
    """List one's conversations, those begun last first."""
    found = list_conversations(session, actor, cursor=request.args.get("cursor"))
    at = session.info["at"]
    return render(
        "messages/list.html",
        conversations=[see_conversation(actor, one, at=at) for one in found.items],
        next_cursor=found.next_cursor,
        own=side_of(actor) is Side.VOLUNTEER,
    )


@blueprint.get("/messages/<uuid:conversation_id>")
@page("messages.read")
def show(session: Session, actor: Actor, conversation_id: uuid.UUID) -> Response:
    """Show a conversation."""
    between = get_conversation(session, actor, conversation_id)
    return _show(session, actor, between, f"/messages/{conversation_id}")


@blueprint.post("/messages/<uuid:conversation_id>")
@page("messages.write", again=show)
def write(session: Session, actor: Actor, conversation_id: uuid.UUID) -> Response:
    """Write in a conversation."""
    text = read_form(MessageNew)["text"]
    return _sent(write_message(session, actor, conversation_id, text, at=session.info["at"]))


@blueprint.post("/messages/<uuid:conversation_id>/read")
@page("messages.write", again=show)
def read(session: Session, actor: Actor, conversation_id: uuid.UUID) -> Response:
    """Mark as read what stood on the page."""
    until = read_form(MessagesRead).get("until")
    read_messages(session, actor, conversation_id, until=until, at=session.info["at"])
    return go(f"/messages/{conversation_id}")


@blueprint.get("/proposals/<uuid:proposal_id>/messages")
@page("messages.about_proposal")
def show_about_proposal(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Response:
    """Show the conversation about one of the volunteer's proposals, or begin it."""
    between = get_between_by_proposal(session, actor, proposal_id)
    return _show(session, actor, between, f"/proposals/{proposal_id}/messages")


@blueprint.post("/proposals/<uuid:proposal_id>/messages")
@page("messages.about_proposal", again=show_about_proposal)
def write_about_proposal(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Response:
    """Write to the organisation of a proposal."""
    text = read_form(MessageNew)["text"]
    return _sent(write_message_about_proposal(session, actor, proposal_id, text, at=session.info["at"]))


@blueprint.get("/placements/<uuid:placement_id>/messages")
@page("messages.about_placement")
def show_about_placement(session: Session, actor: Actor, placement_id: uuid.UUID) -> Response:
    """Show the conversation with a volunteer who accepted, or begin it."""
    between = get_between_by_placement(session, actor, placement_id)
    return _show(session, actor, between, f"/placements/{placement_id}/messages")


@blueprint.post("/placements/<uuid:placement_id>/messages")
@page("messages.about_placement", again=show_about_placement)
def write_about_placement(session: Session, actor: Actor, placement_id: uuid.UUID) -> Response:
    """Write to a volunteer who holds a place."""
    text = read_form(MessageNew)["text"]
    return _sent(write_message_about_placement(session, actor, placement_id, text, at=session.info["at"]))


def _sent(message: Message) -> Response:
    tell(N_("Sent."))
    return go(f"/messages/{message.conversation_id}")


def _show(session: Session, actor: Actor, between: Between, path: str) -> Response:
    at, conversation, cursor = session.info["at"], between.conversation, request.args.get("cursor")
    messages: list[dict[str, Any]] = []
    earlier = None
    if conversation is not None:
        found = list_messages(session, actor, conversation.id, newest_first=True, cursor=cursor, limit=SHOWN)
        messages = [see_message(actor, between, one, at=at) for one in reversed(found.items)]
        earlier = found.next_cursor
    return render(
        "messages/conversation.html",
        conversation=conversation,
        need=between.need,
        organisation=between.organisation,
        messages=messages,
        earlier=earlier,
        path=path,
        until=at.isoformat(),
        own=side_of(actor) is Side.VOLUNTEER,
        side=side_of(actor).value,
        minor=between.volunteer.is_minor(at.date()) if side_of(actor) is Side.VOLUNTEER else False,
        **see_between(actor, between, at=at),
    )
