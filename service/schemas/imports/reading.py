"""Reading an uploaded file: what it is, told by its content, and its rows one after another."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from service.schemas.imports import json_lines, separated, spreadsheets
from service.schemas.imports.encodings import find_encoding
from service.schemas.imports.issues import FileUnreadable, RowIssue, row_issue
from service.schemas.imports.rows import RawRow, header_names, record_row, sheet_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = 1 << 12
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Files people send by mistake, and mark-up, which is no table of ours.
OTHERS = (
    b"%PDF",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"7z\xbc\xaf",
    b"Rar!",
    b"{\\rtf",
    b"SQLite",
)
SUFFIXES = {
    "csv": "csv",
    "tsv": "csv",
    "txt": "csv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "json": "jsonl",
    "xlsx": "xlsx",
    "xlsm": "xlsx",
    "xls": "xls",
}


@dataclass(frozen=True)
class Limits:
    """What a file may be at most; the door may be stricter about its size."""

    size: int = 20_000_000
    unpacked: int = 128_000_000
    rows: int = 100_000
    columns: int = 300


LIMITS = Limits()


@dataclass(frozen=True)
class FileReading:
    """A file that can be read: iterate it for its rows, as often as wanted.

    `format` is csv, jsonl or xlsx; `columns` the header's names, empty for JSON Lines; `notices` what a
    person should know of the file as a whole. Iterating raises FileUnreadable where the file breaks off.
    """

    format: str
    columns: tuple[str, ...]
    notices: tuple[RowIssue, ...]
    _rows: Callable[[], Iterator[RawRow]]
    _most: int

    def __iter__(self) -> Iterator[RawRow]:
        for count, row in enumerate(self._rows(), 1):
            if count > self._most:
                raise FileUnreadable("too_many_rows", most=self._most)
            yield row


def read_file(source: Path | bytes, name: str = "", limits: Limits = LIMITS) -> FileReading:
    """Look at a file and make it ready to be read.

    The content decides what it is; `name` (the path's own by default) is only compared with it.
    Raises FileUnreadable for what cannot be taken as a whole.
    """
    name = name or (source.name if isinstance(source, Path) else "")
    with _open(source) as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        start = file.read(START)
    if not size:
        raise FileUnreadable("empty_file")
    if size > limits.size:
        raise FileUnreadable("too_large", most=limits.size)
    if start.startswith(OLE):
        raise FileUnreadable("old_spreadsheet")
    if start.startswith(OTHERS):
        raise FileUnreadable("not_a_table")
    reading = _sheet(source, limits) if start.startswith(ZIP) else _text(source, limits)
    return _compared_with_name(reading, name)


def count_rows(source: Path | bytes, name: str = "", limits: Limits = LIMITS) -> int:
    """Count the rows that reading will yield, without a mapping, for a progress bar and a declared count."""
    return sum(1 for _ in read_file(source, name, limits))


def _open(source: Path | bytes) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return source.open("rb")
    except OSError as error:
        raise FileUnreadable("not_a_file") from error


def _open_text(source: Path | bytes, codec: str, newline: str | None = None) -> TextIO:
    return io.TextIOWrapper(_open(source), codec, newline=newline)


def _compared_with_name(reading: FileReading, name: str) -> FileReading:
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if SUFFIXES.get(suffix, reading.format) == reading.format:
        return reading
    notice = row_issue("file", "name_differs", fatal=False, name=suffix, format=reading.format)
    return replace(reading, notices=(notice, *reading.notices))


def _sheet(source: Path | bytes, limits: Limits) -> FileReading:
    with _open(source) as file:
        names = spreadsheets.sheet_names(file, limits.unpacked)
        first, cells = next(spreadsheets.read_cells(file, limits.columns), (0, []))
    columns, notices = _header(cells if first == 1 else [], limits)
    if names[1:]:
        notices += (row_issue("file", "other_sheets", fatal=False, sheets=", ".join(names[1:])),)

    def rows() -> Iterator[RawRow]:
        with _open(source) as file:
            for number, cells in spreadsheets.read_cells(file, limits.columns):
                if number > 1:
                    yield sheet_row(columns, number, cells)

    return FileReading("xlsx", columns, notices, rows, limits.rows)


def _text(source: Path | bytes, limits: Limits) -> FileReading:
    with _open(source) as file:
        codec, notices = find_encoding(file)
    with _open_text(source, codec) as text:
        start = text.read(START).lstrip()
    if not start:
        raise FileUnreadable("empty_file")
    if start.startswith("<") or "\0" in start.partition("\n")[0]:
        raise FileUnreadable("not_a_table")
    if start[0] in "[{":
        return _lines(source, codec, notices, limits)
    return _table(source, codec, notices, limits)


def _lines(source: Path | bytes, codec: str, notices: tuple[RowIssue, ...], limits: Limits) -> FileReading:
    def rows() -> Iterator[RawRow]:
        with _open_text(source, codec, "\n") as text:
            for number, line in enumerate(text, 1):
                if line.strip():
                    found = json_lines.read_object(line)
                    if isinstance(found, RowIssue):
                        yield RawRow(number, {}, number, (found,))
                    else:
                        yield RawRow(number, found, number)

    reading = FileReading("jsonl", (), notices, rows, limits.rows)
    _refuse_whole_json(source, codec)
    return reading


def _refuse_whole_json(source: Path | bytes, codec: str) -> None:
    """One JSON document over many lines is told from Lines with a bad row by its first line alone."""
    with _open_text(source, codec, "\n") as text:
        first = next(line for line in text if line.strip())
    if first.lstrip().startswith("[") or first.strip() == "{":
        raise FileUnreadable("json_not_lines")


def _table(source: Path | bytes, codec: str, notices: tuple[RowIssue, ...], limits: Limits) -> FileReading:
    with _open_text(source, codec, "") as text:
        delimiter = separated.find_delimiter(text)

    def records() -> Iterator[separated.Record]:
        with _open_text(source, codec, "") as text:
            yield from separated.read_records(text, delimiter)

    first = next(records(), None)
    columns, more = _header(first.cells or [] if first and first.number == 1 else [], limits)

    def rows() -> Iterator[RawRow]:
        return (record_row(columns, record) for record in records() if record.number > 1)

    return FileReading("csv", columns, notices + more, rows, limits.rows)


def _header(cells: list[str], limits: Limits) -> tuple[tuple[str, ...], tuple[RowIssue, ...]]:
    columns = header_names(cells)
    if not any(cell.strip() for cell in cells):
        raise FileUnreadable("header_missing")
    if len(columns) > limits.columns:
        raise FileUnreadable("too_many_columns", most=limits.columns)
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise FileUnreadable("duplicate_columns", columns=", ".join(twice))
    unnamed = [name for name, cell in zip(columns, cells, strict=False) if not cell.strip()]
    if not unnamed:
        return columns, ()
    return columns, (row_issue("file", "unnamed_columns", fatal=False, columns=", ".join(unnamed)),)
