"""Whole numbers, with the sentinels that stand for "not known", and other numbers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from service.schemas.imports.transforms.cells import Cells, Note

# `5.0` is what spreadsheets make of 5; `5.5` is no whole number. Digits of other scripts are not ours.
WHOLE = re.compile(r"([+-]?[0-9]{1,18})(?:\.0+)?")
NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")


@dataclass(frozen=True, kw_only=True)
class Integer:
    """A whole number within its range.

    `sentinels` are numbers that mean something else in this file (9999, a year). A row with one is refused;
    with `sentinel_default` that number is taken instead, and a warning says so.
    """

    columns: tuple[str, ...]
    minimum: int = 0
    maximum: int = 1_000_000
    sentinels: tuple[int, ...] = ()
    sentinel_default: int | None = None
    shapes: ClassVar[frozenset[str]] = frozenset({"integer", "number"})

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return self.columns

    def read(self, cells: Cells, note: Note) -> int | None:
        """Give the number."""
        text = cells.text(self.columns, note)
        if text is None:
            return None
        match = WHOLE.fullmatch(text.strip())
        if match is None:
            note("not_an_integer", value=text)
            return None
        number = int(match[1])
        if number in self.sentinels:
            return self._sentinel(cells, number, note)
        if not self.minimum <= number <= self.maximum:
            note("out_of_range", value=number, least=self.minimum, most=self.maximum)
            return None
        return number

    def _sentinel(self, cells: Cells, number: int, note: Note) -> int | None:
        found = cells.first(self.columns)
        column = found[0] if found else ""
        if self.sentinel_default is None:
            note("sentinel", value=number, column=column)
        else:
            note(
                "sentinel_defaulted",
                fatal=False,
                value=number,
                column=column,
                default=self.sentinel_default,
            )
        return self.sentinel_default


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number with a decimal point, within its range."""

    columns: tuple[str, ...]
    minimum: float = 0.0
    maximum: float = 1_000_000.0
    shapes: ClassVar[frozenset[str]] = frozenset({"number"})

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return self.columns

    def read(self, cells: Cells, note: Note) -> float | None:
        """Give the number."""
        text = cells.text(self.columns, note)
        if text is None:
            return None
        number = read_number(text)
        if number is None:
            note("not_a_number", value=text)
        elif not self.minimum <= number <= self.maximum:
            note("out_of_range", value=text, least=self.minimum, most=self.maximum)
            return None
        return number


def read_number(text: str) -> float | None:
    """Read a decimal number, or None; a comma is not taken for a point, for it may part thousands."""
    text = text.strip()
    try:
        number = float(text) if NUMBER.fullmatch(text) or "e" in text.lower() else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None
