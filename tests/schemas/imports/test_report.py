"""What becomes of the real public files: how many rows go in, are warned of, are refused, and for what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.schemas.imports.issues import FILE_MESSAGES, ROW_MESSAGES
from service.schemas.imports.report import PUBLIC_FILES, as_table, report_file
from service.schemas.imports.rules import WAYS

DOCS = Path(__file__).parents[3] / "docs" / "imports.md"


@pytest.mark.data
@pytest.mark.parametrize(("mapping", "file"), PUBLIC_FILES)
def test_a_public_file_is_taken_row_by_row_as_known(shared_data, mapping, file):
    report = report_file(mapping, shared_data / file, file)

    assert as_table(iter([report])).splitlines()[2] in DOCS.read_text(encoding="utf-8")


def test_the_page_names_every_code_and_no_other():
    page = DOCS.read_text(encoding="utf-8")
    section = page[page.index("## Codes") :]

    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == {*FILE_MESSAGES, *ROW_MESSAGES}


def test_the_page_names_every_way_to_read_a_field():
    page = DOCS.read_text(encoding="utf-8")
    section = page[page.index("## Writing a mapping") : page.index("## Codes")]

    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(WAYS)
