"""Imports as they look outside: what is sent with a file, how far it is, and what became of each row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from marshmallow import fields

from models import Import, ImportRow
from models.imports import ImportKind, ImportStatus, RowStatus
from service.errors import FieldError, Invalid
from service.schemas.fields import (
    Flag,
    Id,
    Moment,
    OneOf,
    Part,
    Schema,
    Several,
    Text,
    Whole,
    Worded,
)
from service.schemas.import_issues import say_issue
from service.schemas.imports.catalogue import load_mapping
from service.schemas.imports.issues import RowIssue, mapping_error
from service.schemas.imports.json_lines import read_value
from service.schemas.imports.mapping import Mapping
from service.schemas.imports.reading import LIMITS
from service.schemas.lists import PageAsked, list_of

LONGEST_NAME = 255
LONGEST_MAPPING = 200_000
MOST_ROWS = 10_000_000


@dataclass(frozen=True, slots=True)
class FileSent:
    """A file as it was sent."""

    name: str
    content: bytes


class UploadedFile(Worded, fields.Field[FileSent]):
    """A part of a multipart body that is a file."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> FileSent:
        if isinstance(value, str) or not hasattr(value, "read"):
            raise self.make_error("invalid", input="")
        return FileSent(clean_name(value.filename or ""), value.read())


def clean_name(name: str) -> str:
    """Keep of a file's name what can be shown: no folders, no control characters, and not too much."""
    shown = "".join(sign for sign in name.replace("\\", "/") if sign.isprintable())
    return PurePath(shown).name[-LONGEST_NAME:]


class ImportNew(Schema):
    """A file, and what it means."""

    file = UploadedFile(
        required=True,
        metadata={
            "type": "string",
            "format": "binary",
            "description": f"CSV, JSON Lines or XLSX, told by its content; at most {LIMITS.size} bytes",
        },
    )
    kind = OneOf(ImportKind, required=True)
    mapping = Text(
        least=1,
        most=LONGEST_MAPPING,
        required=True,
        metadata={"description": "The name of a shipped mapping, or a mapping itself as JSON"},
    )
    publish = Flag(
        load_default=False,
        metadata={"from_text": True, "description": "Publish the file's needs; they come in as drafts else"},
    )
    rows = Whole(
        least=0,
        most=MOST_ROWS,
        metadata={"from_text": True, "description": "How many rows it has; refused where it has others"},
    )
    sha256 = Text(
        most=64,
        metadata={
            "description": "Its SHA-256; refused where it has another",
            "pattern": "^[0-9A-Fa-f]{64}$",
        },
    )


class IssueShown(Schema):
    """One thing found in a file or a row; a fatal one refused it."""

    field = Text(most=300, required=True)
    code = Text(most=100, required=True)
    message = Text(most=10_000, required=True)
    fatal = Flag(required=True)


class ImportShown(Schema):
    """How far an import is; its counts come to `read` once it is done."""

    id = Id(required=True)
    kind = OneOf(ImportKind, required=True)
    status = OneOf(ImportStatus, required=True)
    filename = Text(most=LONGEST_NAME, required=True)
    sha256 = Text(most=64, required=True)
    mapping = Text(most=200, required=True, metadata={"description": "Its name; empty where it has none"})
    publish = Flag(required=True)
    read = Whole(least=0, most=MOST_ROWS, required=True)
    added = Whole(least=0, most=MOST_ROWS, required=True)
    updated = Whole(least=0, most=MOST_ROWS, required=True)
    unchanged = Whole(least=0, most=MOST_ROWS, required=True)
    refused = Whole(least=0, most=MOST_ROWS, required=True)
    notices = Several(Part(IssueShown), most=100, required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    finished_at = Moment(allow_none=True, required=True)


class ImportRowShown(Schema):
    """One row: its number as a person counts (the header is 1), and what became of it."""

    number = Whole(least=1, most=MOST_ROWS, required=True)
    status = OneOf(RowStatus, required=True)
    subject_id = Id(allow_none=True, required=True)
    issues = Several(Part(IssueShown), most=1000, required=True)
    raw = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "The row as found, by column"}
    )


ImportList = list_of("ImportList", ImportShown)
ImportRowList = list_of("ImportRowList", ImportRowShown)


class RowsAsked(PageAsked):
    """Which rows of an import a caller wants to see."""

    status = OneOf(RowStatus)


def show_import(row: Import, language: str) -> dict[str, Any]:
    """Show an import to a reader of that language."""
    return {
        **{one.key: getattr(row, one.key) for one in row.__table__.columns},
        "mapping": str(row.mapping.get("name", ""))[:200],
        "publish": row.options["publish"],
        "notices": [say_issue(one, language) for one in row.notices],
    }


def show_row(row: ImportRow, language: str) -> dict[str, Any]:
    """Show a row of an import to a reader of that language."""
    return {
        **{one.key: getattr(row, one.key) for one in row.__table__.columns},
        "issues": [say_issue(one, language) for one in row.issues],
    }


def choose_mapping(said: str, kind: str) -> Mapping:
    """Take the name of a shipped mapping, or a mapping as JSON; mistakes are named under `mapping`."""
    if not said.lstrip().startswith("{"):
        return load_mapping(said, kind)
    plain = read_value(said)
    if isinstance(plain, RowIssue):
        raise Invalid(mapping_error("mapping", "not_a_mapping", reason=plain.message))
    try:
        return load_mapping(plain, kind)  # type: ignore[arg-type]  # it says itself what is no mapping
    except Invalid as wrong:
        raise Invalid(*(_under_mapping(one) for one in wrong.errors)) from None


def _under_mapping(error: FieldError) -> FieldError:
    path = error.field if error.field.startswith("mapping") else f"mapping.{error.field}"
    return FieldError(path, error.code, error.message)
