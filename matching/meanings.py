"""What words mean, as a table of small vectors: in it a word of one language lies near its translation.

`lexicon/meanings.npz` was made by `scripts/make_meanings.py` from multilingual-e5-small, which is not
needed to read it. It knows a word by its first letters, so that most forms of a Ukrainian or Russian word
are one, and by their CRC-32 only. A text's vector is the sum of its words' vectors, common words at a
smaller weight, COMMON / (COMMON + share of all words): Arora, Liang and Ma, "A simple but tough-to-beat
baseline for sentence embeddings" (2017). A text none of whose words is known has the vector 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np

from matching.arrays import Array
from matching.vectors import WORDS_READ, Text
from matching.words import words

TABLE = Path(__file__).parent / "lexicon" / "meanings.npz"
DIMENSION = 64
#: So many first letters stand for a word.
BEGINNING = 7
#: A word that makes up this share of all words counts half.
COMMON = 3e-3
#: A word in the title counts as often as this in the description.
_TITLE_COUNTS = 2


class Meanings(NamedTuple):
    """The table: the sorted hashes of beginnings, their vectors at length 127, and how much each counts."""

    keys: Array
    vectors: Array
    weights: Array


@lru_cache(maxsize=1)
def table() -> Meanings:
    """Read the table, once."""
    with np.load(TABLE, allow_pickle=False) as file:
        return Meanings(file["keys"], file["vectors"], file["weights"].astype(np.float32))


@lru_cache(maxsize=1 << 17)
def _place(word: str) -> int:
    """Give the row of a folded word, or -1."""
    keys, key = table().keys, crc32(word[:BEGINNING].encode())
    at = int(np.searchsorted(keys, np.uint32(key)))
    return at if at < len(keys) and keys[at] == key else -1


def meanings(texts: Sequence[Text]) -> Array:
    """Give each text's vector as whole numbers, at length 127 or, where no word is known, 0."""
    if not texts:
        return np.zeros((0, DIMENSION), np.int8)
    found = [_places(text) for text in texts]
    places = np.array([place for one in found for place, _ in one], np.int64)
    times = np.array([count for one in found for _, count in one], np.float32)
    _, vectors, weights = table()
    # An empty last row: a text without words adds up nothing.
    parts = np.zeros((len(places) + 1, DIMENSION), np.float32)
    parts[:-1] = vectors[places] * (weights[places] * times)[:, None]
    lengths = np.array([len(one) for one in found], np.int64)
    sums = np.add.reduceat(parts, np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64), axis=0)
    sums[lengths == 0] = 0
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    whole: Array = np.round(127 * sums / np.maximum(norms, 1e-9)).astype(np.int8)
    return whole


def _places(text: Text) -> list[tuple[int, int]]:
    said = [(word, _TITLE_COUNTS) for word in words(text.title)] + [(word, 1) for word in words(text.body)]
    placed = [(_place(word), count) for word, count in said[:WORDS_READ]]
    return [one for one in placed if one[0] >= 0]
