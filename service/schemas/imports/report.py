"""What the public files hold: the table of docs/imports.md, printed by `python -m` this module."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.schemas.imports.catalogue import load_mapping
from service.schemas.imports.reading import read_file
from service.schemas.imports.repeats import map_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

# mapping, file within the folder
PUBLIC_FILES = (
    ("nyc", "needs_nyc_service/opportunities.csv"),
    ("minnesota", "needs_minnesota_feed/opportunities.csv"),
    ("volunteermatch_chicago", "needs_volunteermatch_chicago/opportunities.csv"),
    ("ukraine_initiatives", "needs_ukraine_parallel/initiatives_uk_en.csv"),
    ("ukraine_initiatives_en", "needs_ukraine_parallel/initiatives_uk_en.csv"),
    ("ukraine_tasks", "needs_ukraine_parallel/tasks_uk_en.csv"),
    ("ukraine_organisations", "needs_ukraine_parallel/organizations_uk_en.csv"),
    ("nuernberg", "needs_nuernberg_de/opportunities.csv"),
    ("uk_charities", "orgs_uk_charities/sample.csv"),
    ("uk_charities", "orgs_uk_charities/top2000.csv"),
    ("irs", "orgs_irs_bmf/eo_ak_vt.csv"),
    ("russia_nko", "orgs_russia_nko/nko_ru.csv"),
)


@dataclass(frozen=True)
class FileReport:
    """One file through one mapping: rows read, clean, warned of and refused, and rows by code of issue."""

    mapping: str
    file: str
    read: int
    clean: int
    warned: int
    refused: int
    refusals: dict[str, int]
    warnings: dict[str, int]


def report_file(mapping_name: str, path: Path, file: str = "") -> FileReport:
    """Run a file through a shipped mapping and count its rows by what became of them."""
    mapping = load_mapping(mapping_name)
    reading = read_file(path)
    mapping.check_columns(reading.columns)
    rows, refusals, warnings = Counter[str](), Counter[str](), Counter[str]()
    for row in map_rows(mapping, reading):
        rows["refused" if row.refused else "warned" if row.issues else "clean"] += 1
        refusals.update({issue.code for issue in row.issues if issue.fatal})
        if not row.refused:
            warnings.update({issue.code for issue in row.issues})
    return FileReport(
        mapping=mapping_name,
        file=file or path.name,
        read=rows.total(),
        clean=rows["clean"],
        warned=rows["warned"],
        refused=rows["refused"],
        refusals=dict(sorted(refusals.items())),
        warnings=dict(sorted(warnings.items())),
    )


def report_folder(folder: Path) -> Iterator[FileReport]:
    """Report every public file that the folder holds."""
    for mapping, file in PUBLIC_FILES:
        if (folder / file).exists():
            yield report_file(mapping, folder / file, file)


def as_table(reports: Iterator[FileReport]) -> str:
    """Write the reports as a Markdown table."""
    lines = [
        "| file | mapping | read | clean | with a warning | refused | refused for | warned of |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- | --- |",
    ]
    for one in reports:
        counts = f"{one.read} | {one.clean} | {one.warned} | {one.refused}"
        codes = f"{_codes(one.refusals)} | {_codes(one.warnings)}"
        lines.append(f"| {one.file} | `{one.mapping}` | {counts} | {codes} |")
    return "\n".join(lines)


def _codes(counts: dict[str, int]) -> str:
    return ", ".join(f"`{code}` {count}" for code, count in counts.items()) or "–"


if __name__ == "__main__":
    sys.stdout.write(as_table(report_folder(Path(sys.argv[1]))) + "\n")
