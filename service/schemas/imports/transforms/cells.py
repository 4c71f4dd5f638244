"""The cells of one row as a transformation sees them, and what every transformation has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo


class Note(Protocol):
    """Takes down what is wrong or worth knowing; `code` is one of `issues.ROW_MESSAGES`."""

    def __call__(self, code: str, *, fatal: bool = True, **values: object) -> None:
        """Note it for the field that is being read."""


def folded(text: str) -> str:
    """Compare without case, and with all kinds of space as one."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True)
class Cells:
    """One row's cells, what counts as empty in this file, and the zone its times are told in."""

    raw: Mapping[str, Any]
    empty: frozenset[str]
    zone: ZoneInfo

    def first(self, columns: tuple[str, ...]) -> tuple[str, Any] | None:
        """Give (column, value) of the first of these columns that is not empty."""
        for column in columns:
            value = self._value(column)
            if not self._is_empty(value):
                return column, value
        return None

    def text(self, columns: tuple[str, ...], note: Note) -> str | None:
        """Give the first of these that is not empty as text; a list or an object there is noted."""
        found = self.first(columns)
        if found is None:
            return None
        column, value = found
        if isinstance(value, (dict, list)):
            # An object of which only a part was asked for first: that part is missing.
            if not any(one.startswith(f"{column}.") for one in columns):
                note("not_text", column=column)
            return None
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    def _value(self, column: str) -> object:
        """Look a column up; `organisation.name` is the name in an object, where no column is called that."""
        if column in self.raw or "." not in column:
            return self.raw.get(column, self.raw.get(" ".join(column.split())))
        value: object = self.raw
        for part in column.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def _is_empty(self, value: object) -> bool:
        if isinstance(value, str):
            return folded(value) in self.empty
        return value is None or value in ([], {})


class Transform(Protocol):
    """One way to read a field: its dataclass fields are its options, `shapes` is what it yields."""

    shapes: ClassVar[frozenset[str]]

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""

    def read(self, cells: Cells, note: Note) -> object:
        """Give the field's value, or None where there is none; what is wrong is noted."""
