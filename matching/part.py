"""Some of the rows of an index, as the rules look at them: those near a person, and fewer with each rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.areas import Run, runs_near
from matching.arrays import Array, Bools, Ints
from matching.profiles import Person
from matching.rows import Rows


class Part(Rows):
    """Some of the rows: those in runs, or those listed. Rules and features look at them as at all rows."""

    def __init__(self, rows: Rows, chosen: Sequence[Run] | Ints) -> None:
        """Look at these runs of rows, or these rows; nothing is copied before it is asked for."""
        self._rows, self._chosen = rows, chosen
        self._read: dict[str, Array] = {}
        self.causes, self.skills, self.languages = rows.causes, rows.skills, rows.languages
        self.requirements, self.text_languages = rows.requirements, rows.text_languages

    def __len__(self) -> int:
        """Count the rows of the part."""
        if isinstance(self._chosen, np.ndarray):
            return len(self._chosen)
        return sum(ends - begins for begins, ends in self._chosen)

    def __getitem__(self, name: str) -> Array:
        """Give a column of the part, read once."""
        column = self._read.get(name)
        if column is None:
            column = self._read[name] = self._cut(self._rows[name])
        return column

    def _cut(self, column: Array) -> Array:
        if isinstance(self._chosen, np.ndarray):
            return column.take(self._chosen)
        return np.concatenate([column[begins:ends] for begins, ends in self._chosen])

    def numbers(self) -> Ints:
        """Give the numbers of the part's rows among all rows."""
        if isinstance(self._chosen, np.ndarray):
            return self._chosen
        return np.concatenate([np.arange(begins, ends) for begins, ends in self._chosen])

    def only(self, mask: Bools) -> Part:
        """Give the part of this part that a mask leaves."""
        return Part(self._rows, self.numbers()[mask])


def near(rows: Rows, person: Person) -> Part:
    """Give the part that holds all that is remote or within a person's radius, and some more."""
    if person.latitude is None or person.longitude is None:
        return Part(rows, [(0, len(rows))])
    areas = rows["area"][: rows.arranged]
    runs = runs_near(areas, person.latitude, person.longitude, person.radius_km)
    return Part(rows, [*runs, (rows.arranged, len(rows))])


def near_any(rows: Rows, people: Sequence[Person]) -> Part:
    """Give the part that holds all that is remote or within any of these people's radius, and some more."""
    areas = rows["area"][: rows.arranged]
    found: list[Run] = [(rows.arranged, len(rows))]
    for person in people:
        if person.latitude is None or person.longitude is None:
            return Part(rows, [(0, len(rows))])
        found += runs_near(areas, person.latitude, person.longitude, person.radius_km)
    joined: list[Run] = []
    for begins, ends in sorted(found):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return Part(rows, joined)
