"""Raw rows as they stand in a file, before any mapping has looked at them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service.schemas.imports.issues import RowIssue, row_issue
from service.schemas.imports.spreadsheets import ERRORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service.schemas.imports.separated import Record


@dataclass(frozen=True)
class RawRow:
    """One row: its number as a person counts (the header is 1), its cells by column, what is wrong with it.

    `line` is where it starts in a text file; it differs from the number once a cell holds a line break.
    Cells are text; those of JSON Lines are whatever the object held.
    """

    number: int
    cells: Mapping[str, Any]
    line: int | None = None
    issues: tuple[RowIssue, ...] = field(default=())


def header_names(cells: list[str]) -> tuple[str, ...]:
    """Name the columns: spaces folded, one without a name is `column_3`, empty ones at the end left out."""
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(name or f"column_{place}" for place, name in enumerate(names, 1))


def record_row(columns: tuple[str, ...], record: Record) -> RawRow:
    """Put a CSV record's cells under their columns; broken quotes are an issue of the row."""
    if record.cells is None:
        issue = row_issue("row", "broken_quotes", line=record.line, last=record.last_line)
        return RawRow(record.number, {}, record.line, (issue,))
    return row_of_cells(columns, record.number, record.line, record.cells)


def row_of_cells(columns: tuple[str, ...], number: int, line: int | None, cells: list[str]) -> RawRow:
    """Put cells under their columns; too many or too few of them is an issue of the row."""
    return RawRow(
        number,
        # NUL is left out here, for it cannot be kept, and the row is refused for it all the same.
        {name: cell.replace("\0", "") for name, cell in zip(columns, cells, strict=False)},
        line,
        tuple(_cell_issues(columns, cells)),
    )


def _cell_issues(columns: tuple[str, ...], cells: list[str]) -> Iterator[RowIssue]:
    # Empty cells behind the last column are what spreadsheets leave behind, not a mistake.
    width = max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)
    if len(cells) < len(columns):
        yield row_issue("row", "too_few_cells", found=len(cells), expected=len(columns))
    if width > len(columns):
        yield row_issue("row", "too_many_cells", found=width, expected=len(columns))
    if any("\0" in cell for cell in cells):
        yield row_issue("row", "nul")


def sheet_row(columns: tuple[str, ...], number: int, cells: list[str]) -> RawRow:
    """Put a sheet's cells under their columns; a sheet leaves out empty cells, so too few is no mistake."""
    padded = cells + [""] * (len(columns) - len(cells))
    row = row_of_cells(columns, number, None, padded)
    errors = tuple(
        row_issue(name, "cell_error", value=cell)
        for name, cell in zip(columns, cells, strict=False)
        if cell in ERRORS
    )
    return RawRow(number, row.cells, None, row.issues + errors)
