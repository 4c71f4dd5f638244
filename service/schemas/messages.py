"""Conversations and messages as they look outside."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from models import Conversation, Message, Need, Organisation
from models.introductions import Side
from service.errors import N_
from service.schemas.fields import Coded, Flag, Id, Moment, OneOf, Part, Schema, Text, Whole
from service.schemas.introductions import AskedAbout
from service.schemas.lists import PageAsked, list_of

LONGEST = 2000
CONTROL = Coded("control_character", N_("There is an invisible control character in it."))


class Prose(Text):
    """What a person writes, in several lines; line ends are kept as LF, other control characters refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs).replace("\r\n", "\n")
        if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t\0" for sign in text):
            raise ValidationError(CONTROL)
        return text


class MessageNew(Schema):
    """What one side writes."""

    text = Prose(least=1, most=LONGEST, required=True)


class MessageShown(Schema):
    """What one of the two wrote."""

    id = Id(required=True)
    conversation_id = Id(required=True)
    side = OneOf(Side, required=True)
    text = Text(
        most=LONGEST,
        allow_none=True,
        required=True,
        metadata={"description": "Null for an organisation once the volunteer's placement is over"},
    )
    created_at = Moment(required=True)
    read_at = Moment(
        allow_none=True,
        required=True,
        metadata={"description": "Of what an organisation wrote it is told only while a place is held"},
    )


MessageList = list_of("MessageList", MessageShown)


class MessagesAsked(PageAsked):
    """Which messages are wanted."""

    updated_since = Moment()


class MessagesRead(Schema):
    """How far one has read."""

    until = Moment(allow_none=True, metadata={"description": "Newer ones stay unread; now, where not said"})


class ConversationShown(Schema):
    """A conversation, as the one who reads it may see it."""

    id = Id(required=True)
    proposal_id = Id(allow_none=True, required=True, metadata={"description": "For its volunteer only"})
    placement_id = Id(
        allow_none=True, required=True, metadata={"description": "Of the place that is held, while it is"}
    )
    need = Part(AskedAbout, required=True)
    organisation = Part(AskedAbout, required=True)
    label = Text(most=8, required=True, metadata={"description": "As in what they ask"})
    first_name = Text(
        most=200,
        allow_none=True,
        required=True,
        metadata={"description": "The volunteer's; for an organisation only while a place is held"},
    )
    unread = Whole(least=0, most=1_000_000, required=True)
    may_write = Flag(required=True)
    created_at = Moment(required=True)


ConversationList = list_of("ConversationList", ConversationShown)


class ConversationsAsked(PageAsked):
    """Which conversations are wanted."""

    unread = Flag(metadata={"from_text": True, "description": "Only those with something unread, or without"})


def show_conversation(
    conversation: Conversation, need: Need, organisation: Organisation, **seen: Any
) -> dict[str, Any]:
    """Show a conversation; `seen` is what its reader may see beside it."""
    names = ("id", "label", "created_at")
    return {
        **{name: getattr(conversation, name) for name in names},
        "need": {"id": need.id, "name": need.title},
        "organisation": {"id": organisation.id, "name": organisation.name},
        **seen,
    }


def show_message(message: Message, *, withheld: bool, tells_read: bool) -> dict[str, Any]:
    """Show a message; `withheld` leaves its words out, `tells_read` says when the other side read it."""
    read_at: datetime | None = message.read_at if tells_read else None
    return {
        **{name: getattr(message, name) for name in ("id", "conversation_id", "side", "created_at")},
        "text": None if withheld else message.text,
        "read_at": read_at,
    }
