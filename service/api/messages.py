"""Messages over HTTP: conversations of either side, by themselves, by proposal, by placement."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from models import Message
from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.conversation_views import see_conversation, see_message
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
)
from service.queries.messages import list_messages
from service.schemas.messages import (
    ConversationList,
    ConversationsAsked,
    ConversationShown,
    MessageList,
    MessageNew,
    MessagesAsked,
    MessageShown,
    MessagesRead,
    show_message,
)

blueprint = ApiBlueprint(
    "messages", __name__, url_prefix="/v1", description="What a volunteer and an organisation write"
)


@blueprint.route("/conversations", methods=["GET"])
@door("messages.read")
@blueprint.arguments(ConversationsAsked, location="query")
@blueprint.response(200, ConversationList)
def list_conversations_(session: Session, actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """List one's conversations, those begun last first."""
    found = list_conversations(session, actor, **asked)
    items = [see_conversation(actor, one, at=session.info["at"]) for one in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@blueprint.route("/conversations/<uuid:conversation_id>", methods=["GET"])
@door("messages.read")
@blueprint.etag
@blueprint.response(200, ConversationShown)
def read_conversation(session: Session, actor: Actor, conversation_id: uuid.UUID) -> dict[str, Any]:
    """Read one of one's conversations; what was written stands under `/messages`."""
    shown = see_conversation(actor, get_conversation(session, actor, conversation_id), at=session.info["at"])
    blueprint.set_etag([str(one) for one in shown.values()])
    return shown


@blueprint.route("/conversations/<uuid:conversation_id>/messages", methods=["GET"])
@door("messages.read")
@blueprint.arguments(MessagesAsked, location="query")
@blueprint.response(200, MessageList)
def list_messages_(
    session: Session, actor: Actor, asked: dict[str, Any], conversation_id: uuid.UUID
) -> dict[str, Any]:
    """List what was written, oldest first."""
    return _list(session, actor, get_conversation(session, actor, conversation_id), asked)


@blueprint.route("/conversations/<uuid:conversation_id>/messages", methods=["POST"])
@door("messages.write", writes=True)
@blueprint.arguments(MessageNew)
@blueprint.response(201, MessageShown)
def write_message_(
    session: Session, actor: Actor, body: dict[str, Any], conversation_id: uuid.UUID
) -> dict[str, Any]:
    """Write in a conversation that has begun."""
    return _written(write_message(session, actor, conversation_id, body["text"], at=session.info["at"]))


@blueprint.route("/conversations/<uuid:conversation_id>/read", methods=["POST"])
@door("messages.write", writes=True)
@blueprint.arguments(MessagesRead)
@blueprint.response(200, ConversationShown)
def read_messages_(
    session: Session, actor: Actor, body: dict[str, Any], conversation_id: uuid.UUID
) -> dict[str, Any]:
    """Mark as read what the other side wrote; one coordinator reads for all."""
    read_messages(session, actor, conversation_id, until=body.get("until"), at=session.info["at"])
    return see_conversation(actor, get_conversation(session, actor, conversation_id), at=session.info["at"])


@blueprint.route("/proposals/<uuid:proposal_id>/messages", methods=["GET"])
@door("messages.about_proposal")
@blueprint.arguments(MessagesAsked, location="query")
@blueprint.response(200, MessageList)
def list_messages_about_proposal(
    session: Session, actor: Actor, asked: dict[str, Any], proposal_id: uuid.UUID
) -> dict[str, Any]:
    """List what was written about one of one's proposals, oldest first."""
    return _list(session, actor, get_between_by_proposal(session, actor, proposal_id), asked)


@blueprint.route("/proposals/<uuid:proposal_id>/messages", methods=["POST"])
@door("messages.about_proposal", writes=True)
@blueprint.arguments(MessageNew)
@blueprint.response(201, MessageShown)
def write_message_about_proposal_(
    session: Session, actor: Actor, body: dict[str, Any], proposal_id: uuid.UUID
) -> dict[str, Any]:
    """Write to the organisation; before an acceptance it does not learn who writes."""
    at = session.info["at"]
    return _written(write_message_about_proposal(session, actor, proposal_id, body["text"], at=at))


@blueprint.route("/placements/<uuid:placement_id>/messages", methods=["GET"])
@door("messages.about_placement")
@blueprint.arguments(MessagesAsked, location="query")
@blueprint.response(200, MessageList)
def list_messages_about_placement(
    session: Session, actor: Actor, asked: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """List what was written with a volunteer who accepted, oldest first."""
    return _list(session, actor, get_between_by_placement(session, actor, placement_id), asked)


@blueprint.route("/placements/<uuid:placement_id>/messages", methods=["POST"])
@door("messages.about_placement", writes=True)
@blueprint.arguments(MessageNew)
@blueprint.response(201, MessageShown)
def write_message_about_placement_(
    session: Session, actor: Actor, body: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """Write to a volunteer who holds a place."""
    at = session.info["at"]
    return _written(write_message_about_placement(session, actor, placement_id, body["text"], at=at))


def _list(session: Session, actor: Actor, between: Between, asked: dict[str, Any]) -> dict[str, Any]:
    if between.conversation is None:
        return {"items": [], "next_cursor": None}
    found = list_messages(session, actor, between.conversation.id, **asked)
    items = [see_message(actor, between, one, at=session.info["at"]) for one in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


def _written(message: Message) -> dict[str, Any]:
    return show_message(message, withheld=False, tells_read=True)
