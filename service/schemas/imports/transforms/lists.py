"""Codes: one by a table, several in a cell, or one per column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from service.schemas.imports.json_lines import read_value
from service.schemas.imports.transforms.cells import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.schemas.imports.transforms.cells import Cells, Note

CODES = frozenset({"codes"})
TRUE = ("true", "yes", "y", "1")
FALSE = ("false", "no", "n", "0")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One code by `table`; without a table the cell is the code itself. An unknown one refuses the row."""

    columns: tuple[str, ...]
    table: dict[str, str] = field(default_factory=dict)
    shapes: ClassVar[frozenset[str]] = frozenset({"choice", "text"})

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return self.columns

    def read(self, cells: Cells, note: Note) -> str | None:
        """Give the code."""
        text = cells.text(self.columns, note)
        if text is None or not self.table:
            return text.strip() if text else None
        code = {folded(key): code for key, code in self.table.items()}.get(folded(text))
        if code is None:
            note("unknown_choice", value=text)
        return code


@dataclass(frozen=True, kw_only=True)
class Codes:
    """Several codes in a cell, parted by `separator`, or a JSON list; each by `table`, where there is one.

    A key of the table may stand for several codes or none. `match = "start"` takes the longest key that an
    item begins with (classification codes). What the table does not know is a warning (`unknown = "warn"`),
    refuses the row (`refuse`) or goes unsaid (`ignore`).
    """

    columns: tuple[str, ...]
    separator: str = "|"
    table: dict[str, tuple[str, ...]] = field(default_factory=dict)
    match: Literal["whole", "start"] = "whole"
    unknown: Literal["warn", "refuse", "ignore"] = "warn"
    shapes: ClassVar[frozenset[str]] = CODES

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return self.columns

    def read(self, cells: Cells, note: Note) -> list[str] | None:
        """Give the codes, each once, in the order of the cell."""
        found = cells.first(self.columns)
        if found is None:
            return None
        codes: list[str] = []
        for item in items_of(found[1], self.separator):
            codes.extend(self._known(item, note) if isinstance(item, str) else not_a_code(item, note))
        return unique(codes) or None

    def _known(self, item: str, note: Note) -> Iterable[str]:
        if not self.table:
            return (item,)
        keys = [key for key in self.table if self._fits(folded(item), folded(key))]
        if keys:
            return self.table[max(keys, key=len)]
        if self.unknown != "ignore":
            note("unknown_choice", fatal=self.unknown == "refuse", value=item)
        return ()

    def _fits(self, item: str, key: str) -> bool:
        return item.startswith(key) if self.match == "start" else item == key


@dataclass(frozen=True, kw_only=True)
class Flags:
    """One column per code, each saying yes or no."""

    table: dict[str, tuple[str, ...]]
    yes: tuple[str, ...] = TRUE
    no: tuple[str, ...] = FALSE
    shapes: ClassVar[frozenset[str]] = CODES

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return tuple(self.table)

    def read(self, cells: Cells, note: Note) -> list[str] | None:
        """Give the codes of the columns that say yes."""
        codes: list[str] = []
        for column, ours in self.table.items():
            text = folded(cells.text((column,), note) or "")
            if text in {folded(word) for word in self.yes}:
                codes.extend(ours)
            elif text and text not in {folded(word) for word in self.no}:
                note("unknown_choice", fatal=False, value=text)
        return unique(codes) or None


def items_of(value: object, separator: str) -> list[Any]:
    """Take a cell apart: a JSON list, `[...]` as text, or text between separators; empty items left out."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        read = read_value(value)
        value = read if isinstance(read, list) else value
    if isinstance(value, list):
        return [item.strip() if isinstance(item, str) else item for item in value]
    if isinstance(value, str):
        return [item.strip() for item in value.split(separator) if item.strip()]
    return [value]


def unique(codes: list[str]) -> list[str]:
    """Give each code once, in order."""
    return list(dict.fromkeys(codes))


def not_a_code(item: object, note: Note) -> tuple[()]:
    """Note an item that is no text."""
    note("unknown_choice", value=item)
    return ()
