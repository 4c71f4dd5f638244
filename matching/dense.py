"""Rows of dense vectors as whole numbers of one byte, as they came; they are centred when compared."""

from __future__ import annotations

from typing import Self

import numpy as np

from matching.arrays import Array, Ints, with_room
from matching.storage import Parts


class Dense:
    """Vectors of one kind by row number, of rows that have one."""

    def __init__(self, dimension: int) -> None:
        """Begin without rows."""
        self._places: Array = np.zeros(0, np.int32)
        self._vectors: Array = np.zeros((0, dimension), np.int8)
        self._length = self._held = 0

    @classmethod
    def over(cls, places: Array, vectors: Array, length: int, held: int) -> Self:
        """Lay so many rows, of which some hold vectors, over arrays that may be longer; nothing is copied."""
        dense = cls(vectors.shape[1])
        dense._places, dense._vectors, dense._length, dense._held = places, vectors, length, held
        return dense

    def __len__(self) -> int:
        """Count the rows."""
        return self._length

    @property
    def places(self) -> Array:
        """Where each row's vector is; -1 where it has none."""
        return self._places[: self._length]

    @property
    def vectors(self) -> Array:
        """The vectors that there are."""
        return self._vectors[: self._held]

    @property
    def nbytes(self) -> int:
        """Say how many bytes the rows fill, with the room to grow."""
        return self._places.nbytes + self._vectors.nbytes

    def extend(self, vectors: Array) -> None:
        """Add rows; those that are 0 are no vectors."""
        there = vectors.any(axis=1)
        held = self._held + int(np.count_nonzero(there))
        rows = self._length + len(vectors)
        self._places, self._vectors = with_room(self._places, rows), with_room(self._vectors, held)
        self._places[self._length : rows] = np.where(there, self._held + np.cumsum(there) - 1, -1)
        self._vectors[self._held : held] = vectors[there]
        self._length, self._held = rows, held

    def of(self, rows: Ints) -> Array:
        """Give the vectors of some rows, 0 for those that have none."""
        if self._held == self._length:  # every row has one: it is where the row is
            return self._vectors.take(rows, axis=0)
        places = self.places[rows]
        found: Array = np.zeros((len(rows), self._vectors.shape[1]), np.int8)
        there = places >= 0
        found[there] = self._vectors[places[there]]
        return found

    def keep(self, rows: Ints) -> None:
        """Leave these rows only, numbered anew in the order given."""
        kept = self.of(rows)
        self._places, self._vectors = self._places[:0].copy(), self._vectors[:0].copy()
        self._length = self._held = 0
        self.extend(kept)

    def store(self, name: str, parts: Parts) -> None:
        """Add everything to the parts of an index."""
        parts.grow(**{f"{name}.places": self.places, f"{name}.vectors": self.vectors})
        parts.facts[name] = {"length": self._length, "held": self._held}

    @classmethod
    def stored(cls, name: str, parts: Parts) -> Self:
        """Lay rows over the parts of an index that `store` has given."""
        facts, arrays = parts.facts[name], parts.arrays
        return cls.over(arrays[f"{name}.places"], arrays[f"{name}.vectors"], facts["length"], facts["held"])
