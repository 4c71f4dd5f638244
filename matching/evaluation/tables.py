"""Reads the tables of a data set: CSV files in a folder for each set, in one or two such places."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

Record = dict[str, str]

#: Texts of projects and events are longer than the reader's own limit.


class NoSuchTableError(Exception):
    """A table that a protocol needs is not where it was said to be."""


def read_table(place: Path, name: str) -> list[Record]:
    """Read a table such as `choices_coupon_offers/offers.csv` under a place, a dictionary for each row.

    Raises NoSuchTableError where there is no such file.
    """
    path = place / name
    if not path.is_file():
        raise NoSuchTableError(f"There is no {name} in {place}.")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_tables(places: Sequence[Path], name: str) -> list[Record]:
    """Read a table under each of some places where it lies; it must lie in one at least."""
    there = [place for place in places if (place / name).is_file()]
    return [record for place in there or places[:1] for record in read_table(place, name)]
