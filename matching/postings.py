"""Postings: for each feature, the rows that hold it; made from many rows at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from scipy import sparse

from matching.arrays import Array, Floats, Ragged
from matching.storage import Parts
from matching.vectors import DIMENSION

#: So many rows, or this part of all, may wait outside the postings.
_MAY_WAIT, _PART_WAITS = 1000, 0.1
_ARRAYS = ("starts", "holders", "weights")


def _nothing(kind: type) -> Array:
    return np.zeros(0, kind)


@dataclass(frozen=True)
class Postings:
    """The first `rows` rows, turned: the rows and weights of each feature, one after another."""

    rows: int = 0
    starts: Array = field(default_factory=lambda: np.zeros(DIMENSION + 1, np.int64))
    holders: Array = field(default_factory=lambda: _nothing(np.int32))
    weights: Array = field(default_factory=lambda: _nothing(np.float16))

    @classmethod
    def of(cls, rows: Ragged) -> Self:
        """Turn all rows."""
        # scipy has no half-precision numbers, so their bits travel as whole ones.
        bits = rows.weights.view(np.uint16)
        by_row = sparse.csr_array((bits, rows.ids, rows.starts), shape=(len(rows), DIMENSION))
        turned = by_row.tocsc()
        holders = turned.indices.astype(np.int32, copy=False)
        return cls(len(rows), turned.indptr, holders, turned.data.view(np.float16))

    @classmethod
    def over(cls, parts: Parts) -> Self:
        """Lay postings over the parts of an index that `store` has given; they are not copied."""
        arrays = (parts.arrays[f"postings.{name}"] for name in _ARRAYS)
        return cls(parts.facts["postings"], *arrays)

    def store(self, parts: Parts) -> None:
        """Add everything to the parts of an index."""
        parts.arrays |= {f"postings.{name}": getattr(self, name) for name in _ARRAYS}
        parts.facts["postings"] = self.rows

    @property
    def nbytes(self) -> int:
        """Say how many bytes the postings fill."""
        return self.starts.nbytes + self.holders.nbytes + self.weights.nbytes

    def is_behind(self, rows: int) -> bool:
        """Say whether too many rows wait outside."""
        return rows - self.rows > max(_MAY_WAIT, _PART_WAITS * self.rows)

    def products(self, ids: Array, weights: Array) -> tuple[Array, Floats]:
        """Give the rows that hold these features, and the products of weights, one feature after another."""
        begins, ends = self.starts.take(ids), self.starts.take(ids + 1)
        runs = list(map(slice, begins.tolist(), ends.tolist()))
        if not runs:
            return self.holders[:0], np.zeros(0)
        holders = np.concatenate([self.holders[run] for run in runs])
        held = np.concatenate([self.weights[run] for run in runs])
        return holders, held * np.repeat(weights, ends - begins)
