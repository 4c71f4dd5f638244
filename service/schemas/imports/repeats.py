"""What only shows across the rows of a file: ids given twice, and rows that look like earlier ones."""

from __future__ import annotations

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
    seen = _Seen(mapping)
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


class _Seen:
    """What earlier rows of the file were."""

    def __init__(self, mapping: Mapping) -> None:
        self._without = mapping.head.same_without
        self._alike_by = mapping.head.alike_by
        self._ids: dict[str, tuple[int, str]] = {}
        self._looks: dict[tuple[str, ...], int] = {}

    def compare(self, row: MappedRow) -> MappedRow:
        """Note what the row repeats; refused rows neither repeat nor are repeated."""
        if row.refused or row.external_id is None:
            return row
        content = json.dumps([row.fields, row.organisation], default=str, sort_keys=True)
        first, before = self._ids.setdefault(row.external_id, (row.number, content))
        if first != row.number:
            if content == before:
                return row.with_issue(row_issue("external_id", "repeated_row", fatal=False, row=first))
            issue = row_issue("external_id", "repeated_external_id", row=first, value=row.external_id)
            return row.with_issue(issue)
        return self._looked_at(row) if self._alike_by else row

    def _looked_at(self, row: MappedRow) -> MappedRow:
        values = {**row.fields, "organisation": (row.organisation or {}).get("name", "")}
        look = tuple(fold_name(str(values.get(name, "")), self._without) for name in self._alike_by)
        earlier = self._looks.setdefault(look, row.number)
        if earlier == row.number or not look[0]:
            return row
        return row.with_issue(row_issue("row", "looks_repeated", fatal=False, row=earlier))
