"""Numbers of UUIDs: found in sorted arrays that processes share, or in a dictionary of what came later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self
from uuid import UUID

import numpy as np

from matching.arrays import Array, Ints

_LOW = (1 << 64) - 1


def halves(one: UUID) -> tuple[int, int]:
    """Give the two halves of an id, the high one first: in their order ids are in order."""
    return one.int >> 64, one.int & _LOW


def joined(high: int, low: int) -> UUID:
    """Make an id of its halves."""
    return UUID(int=high << 64 | low)


class Ids:
    """Which number an id has. A hundred thousand of them are no dictionary, which nobody could share."""

    def __init__(self) -> None:
        """Begin without ids."""
        self._sorted = (np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.int32))
        self._later: dict[UUID, int] = {}

    @classmethod
    def of(cls, high: Array, low: Array) -> Self:
        """Number ids, given by their halves, from 0 on."""
        order = np.lexsort((low, high)).astype(np.int32)
        return cls.over(high[order], low[order], order)

    @classmethod
    def over(cls, high: Array, low: Array, numbers: Array) -> Self:
        """Lay them over sorted halves and their numbers; these are not copied."""
        ids = cls()
        ids._sorted = (high, low, numbers)
        return ids

    @property
    def arrays(self) -> tuple[Array, Array, Array]:
        """What `over` takes; ids that came later are not in it."""
        return self._sorted

    def get(self, one: UUID) -> int | None:
        """Give the number of an id; None where it has none."""
        later = self._later.get(one)
        return self._find(one) if later is None else later

    def _find(self, one: UUID) -> int | None:
        high, low, numbers = self._sorted
        if not len(high):
            return None
        asked_high, asked_low = halves(one)
        place = int(np.searchsorted(high, np.uint64(asked_high)))
        while place < len(high) and int(high[place]) == asked_high:
            if int(low[place]) == asked_low:
                return int(numbers[place])
            place += 1
        return None

    def put(self, one: UUID, number: int) -> None:
        """Give an id a number, or another one."""
        self._later[one] = number

    def forget_later(self, one: UUID) -> None:
        """Take back what `put` said of an id; what the sorted arrays say of it holds again."""
        self._later.pop(one, None)

    def later(self) -> Iterator[UUID]:
        """Give the ids that `put` has numbered."""
        return iter(self._later)


def number_of(ids: Ids, one: UUID, count: int) -> int:
    """Give the number of an id; one that has none yet gets this one."""
    known = ids.get(one)
    if known is None:
        ids.put(one, count)
        return count
    return known


def sorted_rows(high: Array, low: Array) -> Ints:
    """Give the order of ids."""
    return np.lexsort((low, high))
