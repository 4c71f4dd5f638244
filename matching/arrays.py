"""Growing arrays: columns of equal length, and ragged rows, both appended to at no great cost.

They can be laid over arrays that lie in files (`matching.storage`), which all processes of a machine share:
these end with room for more rows, and a process that writes gets pages of its own for what it changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_FIRST_ROOM = 64


def with_room(array: Array, length: int) -> Array:
    """Give the array, or a copy at least a quarter longer, so that `length` rows fit in it."""
    if length <= len(array):
        return array
    wider = np.zeros((max(length, 5 * len(array) // 4, _FIRST_ROOM), *array.shape[1:]), array.dtype)
    wider[: len(array)] = array
    return wider


class Columns:
    """A table as one array per column: what the masks and features read."""

    def __init__(self, layout: Mapping[str, str]) -> None:
        """Lay out empty columns: names with the kinds of their numbers."""
        self._length = 0
        self._arrays: dict[str, Array] = {name: np.zeros(_FIRST_ROOM, kind) for name, kind in layout.items()}

    @classmethod
    def over(cls, arrays: Mapping[str, Array], length: int) -> Self:
        """Lay columns over arrays of at least that length, that may be written to; they are not copied."""
        columns = cls({})
        columns._arrays, columns._length = dict(arrays), length
        return columns

    def __len__(self) -> int:
        """Count the rows."""
        return self._length

    def __getitem__(self, name: str) -> Array:
        """Give a column, as a view that may be written to."""
        return self._arrays[name][: self._length]

    def value(self, name: str, row: int) -> Any:
        """Give one number of a column as Python's own, ten times faster than by its view."""
        return self._arrays[name].item(row)

    def append(self, row: Mapping[str, object]) -> int:
        """Add a row, and say its number."""
        number = self._length
        for name, array in self._arrays.items():
            if number == len(array):
                self._arrays[name] = with_room(array, number + 1)
            self._arrays[name][number] = row[name]
        self._length = number + 1
        return number

    def keep(self, rows: Ints) -> None:
        """Leave these rows only, numbered anew in the order given."""
        self._arrays = {name: self[name][rows].copy() for name in self._arrays}
        self._length = len(rows)

    def named(self) -> dict[str, Array]:
        """Give every column by its name."""
        return {name: self[name] for name in self._arrays}


class Ragged:
    """Rows of different lengths: each a run of whole numbers with a weight for each."""

    def __init__(self) -> None:
        """Begin without rows."""
        self._starts: Array = np.zeros(_FIRST_ROOM, np.int64)  # one more than there are rows
        self._ids: Array = np.zeros(_FIRST_ROOM, np.int32)
        self._weights: Array = np.zeros(_FIRST_ROOM, np.float16)
        self._length = 0

    @classmethod
    def over(cls, starts: Array, ids: Array, weights: Array, length: int) -> Self:
        """Lay so many rows over arrays that may be longer, and written to; they are not copied."""
        ragged = cls()
        ragged._starts, ragged._ids, ragged._weights, ragged._length = starts, ids, weights, length
        return ragged

    def __len__(self) -> int:
        """Count the rows."""
        return self._length

    @property
    def starts(self) -> Array:
        """Where each row begins, and at last where the last one ends."""
        return self._starts[: self._length + 1]

    @property
    def ids(self) -> Array:
        """The numbers of all rows, one row after another."""
        return self._ids[: self._starts[self._length]]

    @property
    def weights(self) -> Array:
        """The weight of each number."""
        return self._weights[: self._starts[self._length]]

    @property
    def nbytes(self) -> int:
        """Say how many bytes the rows fill, with the room to grow."""
        return self._starts.nbytes + self._ids.nbytes + self._weights.nbytes

    def extend(self, lengths: Sequence[int] | Array, ids: Array, weights: Array) -> None:
        """Add rows: their lengths, and their numbers and weights one row after another."""
        filled, rows = int(self._starts[self._length]), len(lengths)
        self._ids = with_room(self._ids, filled + len(ids))
        self._weights = with_room(self._weights, filled + len(ids))
        self._starts = with_room(self._starts, self._length + rows + 1)
        self._ids[filled : filled + len(ids)] = ids
        self._weights[filled : filled + len(ids)] = weights
        ends = filled + np.cumsum(lengths)
        self._starts[self._length + 1 : self._length + rows + 1] = ends
        self._length += rows

    def row(self, number: int) -> tuple[Array, Array]:
        """Give one row's numbers and weights."""
        run = slice(int(self._starts[number]), int(self._starts[number + 1]))
        return self._ids[run], self._weights[run]

    def find(self, rows: Ints, wanted: Bools) -> tuple[Ints, Array, Array]:
        """Find wanted numbers in some rows: in which of these rows each is, it, and its weight."""
        begins, ends = self._starts.take(rows), self._starts.take(rows + 1)
        runs = map(self._ids.__getitem__, map(slice, begins.tolist(), ends.tolist()))
        ids = np.concatenate([self._ids[:0], *runs])
        filled = np.cumsum(ends - begins)
        found = np.flatnonzero(wanted.take(ids))  # half the time of wanted[ids]
        counts = np.diff(np.searchsorted(found, filled), prepend=0)
        owners = np.repeat(np.arange(len(rows)), counts)
        places = found + np.repeat(ends - filled, counts)
        return owners, ids.take(found), self._weights.take(places)

    def keep(self, rows: Ints) -> None:
        """Leave these rows only, numbered anew in the order given."""
        runs = [self.row(number) for number in rows.tolist()]
        ends = np.cumsum([len(ids) for ids, _ in runs], dtype=np.int64)
        # New arrays: the old ones may be shared, and must not be made this process's own page by page.
        self._ids = np.concatenate([self._ids[:0], *(ids for ids, _ in runs)])
        self._weights = np.concatenate([self._weights[:0], *(weights for _, weights in runs)])
        self._starts = np.concatenate([np.zeros(1, np.int64), ends])
        self._length = len(runs)
