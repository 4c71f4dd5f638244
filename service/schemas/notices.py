"""Notices, and what a person wants to be told, as they look outside."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields

from models import NoticeSettings
from models.accounts import AccountKind
from models.mail_times import MailRhythm
from models.notices import KINDS_OF, NoticeKind, Wishes
from service.errors import N_
from service.schemas.fields import Coded, Flag, Id, Moment, OneOf, Part, Schema, Several, Text, Worded
from service.schemas.lists import PageAsked, list_of
from service.schemas.need_fields import TimeZone
from service.schemas.notice_parts import Seen
from service.schemas.notice_words import say_notice

NOT_A_TIME = Coded("invalid", N_("This must be a time of the day, such as 21:30."))
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class TimeOfDay(Worded, fields.String):
    """A time of the day, `21:30`; within the service the minutes since midnight."""

    def __init__(self, **kwargs: Any) -> None:
        """Tell callers the pattern."""
        kwargs["metadata"] = {"pattern": f"^{TIME.pattern}$", **kwargs.get("metadata", {})}
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not TIME.fullmatch(text):
            raise ValidationError(NOT_A_TIME)
        return int(text[:2]) * 60 + int(text[3:])

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else time_of_day(value)


def time_of_day(minutes: int) -> str:
    """Write minutes since midnight as a time of the day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


class NoticeShown(Schema):
    """One thing that happened, in the reader's language."""

    id = Id(required=True)
    kind = OneOf(NoticeKind, required=True)
    title = Text(most=1000, required=True)
    text = Text(
        most=20_000, required=True, metadata={"description": "What else there is to say; may be empty"}
    )
    need_id = Id(allow_none=True, required=True)
    organisation_id = Id(allow_none=True, required=True)
    proposed_need_ids = Several(
        Id(),
        most=100,
        required=True,
        metadata={"description": "The new proposals that can still be answered"},
    )
    path = Text(
        most=200, allow_none=True, required=True, metadata={"description": "The page to which it leads"}
    )
    created_at = Moment(required=True)
    read_at = Moment(allow_none=True, required=True)
    mailed = Flag(required=True, metadata={"description": "Whether a message about it has been made"})


NoticeList = list_of("NoticeList", NoticeShown)


class NoticesAsked(PageAsked):
    """Which of their notices a person wants to see."""

    read = Flag(metadata={"from_text": True, "description": "Only those that are read, or are not"})
    updated_since = Moment()


class NoticeChanged(Schema):
    """What a person can do with a notice."""

    read = Flag(required=True)


class NoticesRead(Schema):
    """How far a person has read."""

    until = Moment(allow_none=True, metadata={"description": "Newer ones stay unread; now, where not said"})


class KindChosen(Schema):
    """How one kind of notice goes out by mail."""

    kind = OneOf(NoticeKind, required=True)
    mail = OneOf(MailRhythm, required=True)


class NoticeSettingsShown(Schema):
    """What a person is told by mail, and when; every notice stands on their pages all the same."""

    kinds = Several(Part(KindChosen), most=100, required=True)
    timezone = Text(
        most=64, required=True, metadata={"description": "By whose clocks digests and quiet hours go"}
    )
    quiet_from = TimeOfDay(allow_none=True, required=True)
    quiet_until = TimeOfDay(allow_none=True, required=True)


class NoticeSettingsChanged(Schema):
    """What a person chooses; kinds that are not named stay as they are."""

    kinds = Several(Part(KindChosen), most=100)
    timezone = TimeZone(allow_none=True)
    quiet_from = TimeOfDay(allow_none=True)
    quiet_until = TimeOfDay(allow_none=True)


def show_notice(seen: Seen, language: str) -> dict[str, Any]:
    """Show a notice in the reader's language."""
    words, row = say_notice(seen, language), seen.notice
    return {
        **{name: getattr(row, name) for name in ("id", "kind", "need_id", "organisation_id")},
        "created_at": row.created_at,
        "read_at": row.read_at,
        "mailed": row.mail_id is not None,
        "title": words.title,
        "text": "\n".join([*words.lines, *words.items]),
        "proposed_need_ids": [one.id for one in seen.proposed],
        "path": words.path,
    }


def show_settings(kind: AccountKind, wishes: Wishes, chosen: NoticeSettings | None) -> dict[str, Any]:
    """Show what holds for a person of a kind, chosen or usual."""
    return {
        "kinds": [{"kind": one, "mail": wishes.rhythm(one)} for one in KINDS_OF[kind]],
        "timezone": wishes.timezone,
        "quiet_from": chosen.quiet_from if chosen else None,
        "quiet_until": chosen.quiet_until if chosen else None,
    }
