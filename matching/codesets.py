"""Sets of codes, each kept once: thousands of needs share a few hundred sets of causes or skills.

A column holds the number of a need's set. Comparing one person with all needs is then comparing
them with the few different sets, as bits, and looking the answers up.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Generic, Self, TypeVar

import numpy as np

from matching.arrays import Array, Ints, with_room

Code = TypeVar("Code", bound="Hashable")

_BITS = 64


class CodeSets(Generic[Code]):
    """Every different set of codes that was seen, numbered in the order of arrival."""

    def __init__(self) -> None:
        """Begin without codes or sets."""
        self.codes: dict[Code, int] = {}
        # Made of the bits when the first set is to be numbered: most processes only ever read.
        self._numbers: dict[frozenset[Code], int] | None = {}
        self._read: dict[int, frozenset[Code]] = {}
        self._names: list[Code] = []
        # One array for each 64 codes, one number in it for each set.
        self._bits: list[Array] = []
        self._sizes: Array = np.zeros(1, np.int64)
        self._length = 0
        # What was asked of a code, and how many sets there were then.
        self._holding: dict[Code, tuple[int, Ints]] = {}

    @classmethod
    def over(cls, codes: Iterable[Code], bits: Sequence[Array], sizes: Array, length: int) -> Self:
        """Lay so many sets over arrays that may be longer, and written to; they are not copied."""
        sets = cls()
        sets.codes = {code: number for number, code in enumerate(codes)}
        sets._numbers, sets._bits, sets._sizes, sets._length = None, list(bits), sizes, length
        return sets

    @property
    def arrays(self) -> tuple[list[Array], Array]:
        """What `over` takes: the bits of each 64 codes, and the sizes."""
        return [bits[: self._length] for bits in self._bits], self._sizes[: self._length]

    def number(self, codes: frozenset[Code]) -> int:
        """Give the number of a set, a new one where it was not seen before."""
        if self._numbers is None:
            self._numbers = {self.at(number): number for number in range(self._length)}
        known = self._numbers.get(codes)
        if known is None:
            known = self._numbers[codes] = self._add(codes)
        return known

    def _add(self, codes: frozenset[Code]) -> int:
        number = self._length
        self._length += 1
        for code in codes:
            self.codes.setdefault(code, len(self.codes))
        asked = self._as_bits(codes)
        self._bits += [np.zeros(self._length, np.uint64) for _ in range(len(asked) - len(self._bits))]
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
        known = self._read.get(number)
        if known is None:
            if len(self._names) != len(self.codes):
                self._names = list(self.codes)
            known = self._read[number] = frozenset(self._names[place] for place in self._places(number))
        return known

    def _places(self, number: int) -> Iterable[int]:
        for block, bits in enumerate(self._bits):
            left = int(bits[number])
            while left:
                yield block * _BITS + (left & -left).bit_length() - 1
                left &= left - 1

    @property
    def sizes(self) -> Ints:
        """How many codes each set holds."""
        return self._sizes[: self._length]

    def holding(self, code: Code) -> Ints:
        """Give the numbers of the sets that hold a code."""
        known = self._holding.get(code)
        if known is None or known[0] != self._length:
            block, place = divmod(self.codes[code], _BITS)
            bits = self._bits[block][: self._length]
            known = self._holding[code] = (self._length, np.flatnonzero(bits & np.uint64(1 << place)))
        return known[1]

    def overlaps(self, codes: Iterable[Code]) -> Ints:
        """Count, for each set, the codes it has in common with these."""
        counted: Ints = np.zeros(self._length, np.int64)
        for bits, asked in zip(self._bits, self._as_bits(codes), strict=True):
            if asked:
                counted += np.bitwise_count(bits[: len(counted)] & np.uint64(asked))
        return counted
