"""Files as people send them, made of rows: CSV, JSON Lines, XLSX; and archives that nobody should open."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def csv_file(rows: Iterable[Sequence[str]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Write rows, the header among them, as a spreadsheet program would."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def json_lines_file(objects: Iterable[dict[str, Any]]) -> bytes:
    """Write one object per line."""
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects).encode()


def xlsx_file(rows: Iterable[Sequence[Any]], *more_sheets: str) -> bytes:
    """Write rows into the first sheet; more sheets are empty."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    for name in more_sheets:
        book.create_sheet(name)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xlsx_with_sheet(rows_xml: str) -> bytes:
    """Put hand-written rows into a workbook, as no program would write them."""
    made, file = zipfile.ZipFile(io.BytesIO(xlsx_file([["a"]]))), io.BytesIO()
    with made, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in made.infolist():
            content = made.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = SHEET.format(rows_xml).encode()
            archive.writestr(part.filename, content)
    return file.getvalue()
