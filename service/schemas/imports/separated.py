"""Rows of CSV files: the delimiter told from the first rows, quotes by the book, rows as a person counts."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from service.schemas.imports.issues import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

DELIMITERS = (",", ";", "\t")
SAMPLE = 1 << 16
SAMPLE_ROWS = 20


class Record(NamedTuple):
    """One record: its row number, its first and last line, its cells (None where the quotes do not match)."""

    number: int
    line: int
    last_line: int
    cells: list[str] | None


def read_records(text: TextIO, delimiter: str) -> Iterator[Record]:
    """Yield the records of a CSV file; the first is row 1. Blank lines count as rows and are left out.

    A row whose quotes do not match is one bad row: reading goes on at the next line. A quote that is never
    closed would swallow the rest, so it is FileUnreadable `unclosed_quote`, a monstrous cell `cell_too_long`.
    """
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    while True:
        line = reader.line_num + 1
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            _raise_for_file(error, line)
            yield Record(number, line, reader.line_num, None)
            continue
        if any(cell and not cell.isspace() for cell in cells):
            yield Record(number, line, reader.line_num, cells)


def find_delimiter(text: TextIO) -> str:
    """Say which delimiter parts the header, and cuts the first rows into as many cells as it.

    Where none parts the header there is one column, and the delimiter is one that its cells do not hold.
    """
    sample = text.read(SAMPLE)
    scores = [(*_fit(sample, delimiter), -rank, delimiter) for rank, delimiter in enumerate(DELIMITERS)]
    return max(scores)[-1]


def _fit(sample: str, delimiter: str) -> tuple[bool, float, int]:
    """(parts the header, share of rows that are as wide as it, its width)."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        rows = [row for row in islice(reader, SAMPLE_ROWS + 1) if row]
    except csv.Error:
        rows = []
    if len(sample) == SAMPLE:
        rows = rows[:-1] or rows  # the sample may end within the last row
    if not rows:
        return False, 0.0, 0
    width = len(rows[0])
    return width > 1, sum(len(row) == width for row in rows) / len(rows), width


def _raise_for_file(error: csv.Error, line: int) -> None:
    said = str(error)
    if said.startswith("unexpected end"):
        raise FileUnreadable("unclosed_quote", line=line) from error
    if said.startswith("field larger"):
        raise FileUnreadable("cell_too_long", line=line) from error
