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
        # One array for each 64 codes, one number in it for each set.
        self._bits: list[Array] = []
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
        asked = self._as_bits(codes)
        self._bits += [np.zeros(1, np.uint64) for _ in range(len(asked) - len(self._bits))]
        self._bits = [with_room(bits, number + 1) for bits in self._bits]
        for bits, one in zip(self._bits, asked, strict=True):
            bits[number] = one
        self._sizes = with_room(self._sizes, number + 1)
        self._sizes[number] = len(codes)
        return number

    def _as_bits(self, codes: Iterable[Code]) -> list[int]:
        bits = [0] * -(-len(self.codes) // _BITS)
        for place in (self.codes[code] for code in codes if code in self.codes):
            bits[place // _BITS] |= 1 << (place % _BITS)
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
        counted: Ints = np.zeros(len(self._sets), np.int64)
        for bits, asked in zip(self._bits, self._as_bits(codes), strict=True):
            if asked:
                counted += np.bitwise_count(bits[: len(counted)] & np.uint64(asked))
        return counted
