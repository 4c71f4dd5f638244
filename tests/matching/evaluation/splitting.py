"""Splits real tables into a part to learn from and a later part, laid out alike: what `--test` is given."""

from __future__ import annotations

import csv
import shutil

import numpy as np

from tests.matching.evaluation.meetup_files import write


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def split(folder, place, tables):
    """Write a data set's folder twice; `tables` says by name which rows are of the test part.

    Tables not named lie under `train` only.
    """
    train, test = place / "train", place / "test"
    for path in folder.glob("*.csv"):
        if path.stem not in tables:
            (train / folder.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, train / folder.name)
            continue
        rows = read(path)
        for part, wanted in ((train, False), (test, True)):
            write(part / folder.name / path.name, [row for row in rows if tables[path.stem](row) == wanted])
    return train, test


def split_meetup(shared_data, place, share):
    """Cut Meetup at a time: later answers, events first answered then and later members are tested."""
    folder = shared_data / "choices_meetup_montana"
    cut = np.quantile([float(one["created"]) for one in read(folder / "rsvps.csv")], share)
    return split(
        folder,
        place,
        {
            "rsvps": lambda row: float(row["created"]) >= cut,
            "events": lambda row: float(row["first_rsvp"] or cut) >= cut,
            "members": lambda row: float(row["joined"]) >= cut,
        },
    )
