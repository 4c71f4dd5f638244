"""Records as their volunteer sees them, and as anybody does who has the code."""

from __future__ import annotations

from datetime import date
from typing import Any

from models import VolunteerRecord
from service.schemas.fields import Day, Id, Moment, OneOf, Part, Schema, Several, Text, Whole
from service.schemas.lists import list_of

STANDINGS = ("stands", "changed", "revoked")
MIME = "application/pdf"


class CodeAsked(Schema):
    """The code of a record, with or without dashes."""

    code = Text(most=100, required=True)


class RecordEntry(Schema):
    """What was given in one placement, as its organisation vouches for it."""

    organisation = Text(most=300, required=True)
    need = Text(most=300, required=True)
    first_day = Day(required=True)
    last_day = Day(required=True)
    minutes = Whole(least=0, most=2**53, required=True)


class RecordDraft(Schema):
    """What a record would say now; nobody can check it until it is issued."""

    name = Text(most=200, required=True)
    minutes = Whole(least=0, most=2**53, required=True)
    entries = Several(Part(RecordEntry), most=100_000, required=True)


class RecordShown(RecordDraft):
    """A record as it was issued, for its volunteer."""

    id = Id(required=True)
    code = Text(
        most=100,
        allow_none=True,
        required=True,
        metadata={"description": "By it others check the record; empty where the service's key has changed"},
    )
    url = Text(most=500, allow_none=True, required=True, metadata={"description": "The page that checks it"})
    standing = OneOf(STANDINGS, required=True)
    issued_at = Moment(required=True)
    revoked_at = Moment(allow_none=True, required=True)


RecordList = list_of("RecordList", RecordShown)


class RecordChecked(Schema):
    """What whoever has the code reads; nothing but that it was revoked, once it was."""

    standing = OneOf(
        STANDINGS,
        required=True,
        metadata={"description": "`changed`: an organisation vouches for less now, or is suspended"},
    )
    issued_at = Moment(required=True)
    revoked_at = Moment(allow_none=True, required=True)
    record = Part(RecordDraft, allow_none=True, required=True)


def show_draft(content: dict[str, Any]) -> dict[str, Any]:
    """Show what a record says."""
    days = ("first_day", "last_day")
    entries = [
        {
            **{name: one[name] for name in ("organisation", "need", "minutes")},
            **{name: date.fromisoformat(one[name]) for name in days},
        }
        for one in content["entries"]
    ]
    return {"name": content["name"], "minutes": content["minutes"], "entries": entries}


def show_record(row: VolunteerRecord, standing: str, code: str | None, base: str) -> dict[str, Any]:
    """Show a record to its volunteer."""
    return {
        **show_draft(row.content),
        **{name: getattr(row, name) for name in ("id", "issued_at", "revoked_at")},
        "code": code,
        "url": f"{base}/record/{code}" if code else None,
        "standing": standing,
    }


def show_check(row: VolunteerRecord, standing: str) -> dict[str, Any]:
    """Show a record to whoever has its code."""
    return {
        "standing": standing,
        "issued_at": row.issued_at,
        "revoked_at": row.revoked_at,
        "record": None if row.revoked_at else show_draft(row.content),
    }
