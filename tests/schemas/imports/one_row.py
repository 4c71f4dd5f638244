"""One row through one field: what most tests of mappings are about."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from service.schemas.imports.building import build_mapping
from service.schemas.imports.mapping import MappedRow, Mapping
from service.schemas.imports.rows import RawRow

KYIV = ZoneInfo("Europe/Kyiv")


def mapping(fields: dict[str, Any], *, kind: str = "needs", **head: Any) -> Mapping:
    """A mapping with the fields a test is about; needs name the organisation in `org`."""
    organisation = {"organisation": {"name": {"column": "org"}}} if kind == "needs" else {}
    plain = {"kind": kind, "timezone": "Europe/Kyiv", "external_id": {"column": "id"}, "fields": fields}
    return build_mapping(organisation | plain | head)


def read(field: str, options: dict[str, Any], cells: dict[str, Any], kind: str = "needs") -> MappedRow:
    """One field of one row."""
    row = RawRow(2, {"id": "1", "org": "Club", **cells})
    return mapping({field: options}, kind=kind).apply(row)


def codes(row: MappedRow) -> list[tuple[str, str, bool]]:
    """(field, code, fatal) of all that was found."""
    return [(issue.field, issue.code, issue.fatal) for issue in row.issues]
