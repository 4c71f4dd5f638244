"""Sets of codes, each kept once: thousands of needs share a few hundred sets of causes or skills.

A column holds the number of a need's set. Comparing one person with all needs is then comparing
them with the few different sets, as bits, and looking the answers up.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

import numpy as np

from matching.arrays import Array, Ints, with_room

Code = TypeVar("Code", bound="Hashable")

_BITS = 64


class CodeSets(Generic[Code]):
    """Every different set of codes that was seen, numbered in the order of arrival."""

    def __init__(self) -> None:
        """Begin without codes or sets."""
        self.codes: dict[Code, int] = {}
        self._numbers: dict[frozenset[Code], int] = {}
        self._sets: list[frozenset[Code]] = []
        self._bits: Array = np.zeros((1, 1), np.uint64)
        self._sizes: Array = np.zeros(1, np.int64)

    def number(self, codes: frozenset[Code]) -> int:
        """Give the number of a set, a new one where it was not seen before."""
        known = self._numbers.get(codes)
        return self._add(codes) if known is None else known

    def _add(self, codes: frozenset[Code]) -> int:
        number = self._numbers[codes] = len(self._sets)
        self._sets.append(codes)
        for code in codes:
            self.codes.setdefault(code, len(self.codes))
        words = -(-len(self.codes) // _BITS)
        if words > self._bits.shape[1]:
            more = ((0, 0), (0, words - self._bits.shape[1]))
            self._bits = np.pad(self._bits, more)
        self._bits = with_room(self._bits, number + 1)
        self._sizes = with_room(self._sizes, number + 1)
        self._bits[number] = self._as_bits(codes)
        self._sizes[number] = len(codes)
        return number

    def _as_bits(self, codes: Iterable[Code]) -> Array:
        places = [self.codes[code] for code in codes if code in self.codes]
        bits = np.zeros(self._bits.shape[1], np.uint64)
        for place in places:
            bits[place // _BITS] |= np.uint64(1 << (place % _BITS))
        return bits

    def at(self, number: int) -> frozenset[Code]:
        """Give the set with this number."""
        return self._sets[number]

    @property
    def sizes(self) -> Ints:
        """How many codes each set holds."""
        return self._sizes[: len(self._sets)]

    def overlaps(self, codes: Iterable[Code]) -> Ints:
        """Count, for each set, the codes it has in common with these."""
        common = self._bits[: len(self._sets)] & self._as_bits(codes)
        counted: Ints = np.bitwise_count(common).sum(axis=1, dtype=np.int64)
        return counted
