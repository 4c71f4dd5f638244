"""Rows of XLSX files, one after another, with guards against archives and sheets that unpack to monsters."""

from __future__ import annotations

import warnings
import zipfile
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import openpyxl

from service.schemas.imports.issues import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

# What a sheet can have at most; beyond it the file was not made by a spreadsheet.
LAST_ROW = 1_048_576
ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


def sheet_names(file: BinaryIO, most_bytes: int) -> list[str]:
    """Name the sheets in order. Raises FileUnreadable where it is no XLSX, or unpacks to more than that."""
    _check_archive(file, most_bytes)
    book = _open(file)
    return [sheet.title for sheet in book.worksheets]


def read_cells(file: BinaryIO, most_columns: int) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number as the sheet shows it, cells as text) of the first sheet; empty rows are left out.

    Dates are ISO text, whole numbers have no `.0`, truth is `true` or `false`, a formula is its last value.
    """
    sheet = _open(file).worksheets[0]
    sheet.reset_dimensions()  # what the file says of its own size is not to be relied on
    rows = sheet.iter_rows(values_only=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except Exception as error:
            # openpyxl lets whatever happens in a damaged part through: KeyError, ValueError, ParseError, ...
            raise FileUnreadable("broken_spreadsheet") from error
        if number > LAST_ROW:
            raise FileUnreadable("too_many_rows", most=LAST_ROW)
        if len(row) > most_columns:
            raise FileUnreadable("too_many_columns", most=most_columns)
        cells = [as_text(value) for value in row]
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells


def as_text(value: object) -> str:
    """Write a cell's value as text, the same that a CSV file would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    return "" if value is None else str(value)


def _check_archive(file: BinaryIO, most_bytes: int) -> None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            # zipfile never hands out more of a part than its directory says, so the directory can be trusted.
            unpacked = sum(part.file_size for part in archive.infolist())
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise FileUnreadable("broken_spreadsheet") from error
    if unpacked > most_bytes:
        raise FileUnreadable("too_large_unpacked", most=most_bytes)
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise FileUnreadable("not_a_table")


def _open(file: BinaryIO) -> openpyxl.Workbook:
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which we do not read
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        # as in read_cells
        raise FileUnreadable("broken_spreadsheet") from error
    if not book.worksheets:
        raise FileUnreadable("broken_spreadsheet")
    return book
