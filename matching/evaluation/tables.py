"""Reads the tables of a data set: CSV files in a folder for each set, in one or two such places."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

Record = dict[str, str]

# Texts of projects are longer than the reader's own limit of 131,072 characters.
_LONGEST_CELL = 10_000_000


class NoSuchTableError(Exception):
    """A table that a protocol needs is not where it was said to be."""


def read_table(place: Path, name: str, columns: Sequence[str] = ()) -> list[Record]:
    """Read a table such as `choices_coupon_offers/offers.csv` under a place, a dictionary for each row.

    Raises NoSuchTableError where there is no such file, or it lacks one of the columns. A row that ends
    early has "" in those columns.
    """
    path = place / name
    if not path.is_file():
        raise NoSuchTableError(f"There is no {name} in {place}.")
    with path.open(encoding="utf-8", newline="") as file, _long_cells():
        table = csv.DictReader(file, restval="")
        lacking = [column for column in columns if column not in (table.fieldnames or ())]
        if lacking:
            raise NoSuchTableError(f"{name} in {place} has no column {lacking[0]}.")
        return list(table)


@contextmanager
def _long_cells() -> Iterator[None]:
    """Take long cells for a while; the limit is the whole process's, and guards what people send us."""
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def read_tables(places: Sequence[Path], name: str) -> list[Record]:
    """Read a table under each of some places where it lies; it must lie in one at least."""
    there = [place for place in places if (place / name).is_file()]
    return [record for place in there or places[:1] for record in read_table(place, name)]
