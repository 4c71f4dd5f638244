"""What only shows across the rows of a file: ids given twice, and rows that look like earlier ones."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from service.schemas.imports.issues import row_issue
from service.schemas.imports.shifting import shift_fields
from service.schemas.imports.transforms.cells import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from service.schemas.imports.mapping import MappedRow, Mapping
    from service.schemas.imports.rows import RawRow

SIGNS = re.compile(r"[^\w\s]|_")


def map_rows(mapping: Mapping, rows: Iterable[RawRow], *, weeks: int = 0) -> Iterator[MappedRow]:
    """Map the rows of one file, all that is known of each noted, its dates moved by whole weeks.

    A later row with an id that was given before is refused (`repeated_external_id`), unless it says the
    same (`repeated_row`). One with another id that looks the same is taken, and noted (`looks_repeated`).
    """
    seen = Seen(mapping)
    for row in rows:
        mapped = seen.compare(mapping.apply(row))
        shift_fields(mapped.fields, weeks)
        yield mapped


def fold_name(name: str, without: tuple[str, ...] = ()) -> str:
    """Fold a name to what is compared: case, spaces and signs away, and the words of `without`."""
    plain = folded(SIGNS.sub(" ", name))
    for words in sorted(map(folded, without), key=len, reverse=True):
        plain = re.sub(rf"\b{re.escape(words)}\b", " ", plain)
    return " ".join(plain.split())


def look_of(mapping: Mapping, row: MappedRow) -> str | None:
    """Hash what a row looks like, by the columns of `alike_by`; None where nothing can look like it."""
    values = {**row.fields, "organisation": (row.organisation or {}).get("name", "")}
    look = [fold_name(str(values.get(name, "")), mapping.head.same_without) for name in mapping.head.alike_by]
    if row.refused or not look or not look[0]:
        return None
    return hashlib.sha256("\x1f".join(look).encode()).hexdigest()


class Seen:
    """What earlier rows of the file were."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._ids: dict[str, tuple[int, str]] = {}
        self._looks: dict[str, int] = {}

    def compare(self, row: MappedRow) -> MappedRow:
        """Note what the row repeats; refused rows neither repeat nor are repeated."""
        if row.refused or row.external_id is None:
            return row
        first, before = self._ids.setdefault(row.external_id, (row.number, _content(row)))
        if first == row.number:
            return self._looked_at(row)
        if before == _content(row):
            return row.with_issue(row_issue("external_id", "repeated_row", fatal=False, row=first))
        return row.with_issue(
            row_issue("external_id", "repeated_external_id", row=first, value=row.external_id)
        )

    def _looked_at(self, row: MappedRow) -> MappedRow:
        look = look_of(self._mapping, row)
        earlier = self._looks.setdefault(look, row.number) if look else row.number
        if earlier == row.number:
            return row
        return row.with_issue(row_issue("row", "looks_repeated", fatal=False, row=earlier))


def _content(row: MappedRow) -> str:
    plain = json.dumps([row.fields, row.organisation], default=str, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()
