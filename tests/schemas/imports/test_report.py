"""What becomes of the real public files: how many rows go in, are warned of, are refused, and for what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.schemas.imports.catalogue import load_mapping
from service.schemas.imports.issues import FILE_MESSAGES, ROW_MESSAGES
from service.schemas.imports.reading import read_file
from service.schemas.imports.repeats import map_rows
from service.schemas.imports.report import PUBLIC_FILES, as_table, report_file
from service.schemas.imports.rules import WAYS

DOCS = Path(__file__).parents[3] / "docs" / "imports.md"


@pytest.mark.data
@pytest.mark.parametrize(("mapping", "file"), PUBLIC_FILES)
def test_a_public_file_is_taken_row_by_row_as_known(shared_data, mapping, file):
    report = report_file(mapping, shared_data / file, file)

    assert as_table(iter([report])).splitlines()[2] in DOCS.read_text(encoding="utf-8")


@pytest.mark.data
@pytest.mark.parametrize("kind", ["needs", "organisations"])
def test_public_files_of_different_sources_do_not_share_ids(shared_data, kind):
    """They can all be brought in by one centre: none overwrites the rows of another."""
    sources: dict[str, set[str]] = {}
    for name, file in PUBLIC_FILES:
        mapping = load_mapping(name)
        for row in map_rows(mapping, read_file(shared_data / file)):
            of_need = (row.organisation or {}).get("external_id")
            known = row.external_id if mapping.kind == kind else of_need if kind == "organisations" else None
            if known is not None:
                sources.setdefault(known, set()).add(name.removesuffix("_en"))

    assert [known for known, names in sources.items() if len(names) > 1] == []


def test_the_page_names_every_code_and_no_other():
    page = DOCS.read_text(encoding="utf-8")
    section = page[page.index("## Codes") :]

    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == {*FILE_MESSAGES, *ROW_MESSAGES}


def test_the_page_names_every_way_to_read_a_field():
    page = DOCS.read_text(encoding="utf-8")
    section = page[page.index("## Writing a mapping") : page.index("## Codes")]

    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(WAYS)
