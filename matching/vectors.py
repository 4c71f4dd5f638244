"""Texts to sparse vectors: concepts, whole words and runs of four letters, hashed.

A vector has two halves. The first counts concepts (`matching.lexicon`), in which the three
languages meet; the second counts words and, at a smaller weight, their letter runs, in which
inflected and misspelled forms meet. Each half has length 1 before it is given its share, so a
cosine of 1 in both is a similarity of 1. Counts are damped as 1 + ln(count).

Hashing is CRC-32 of the UTF-8 bytes: nothing is learnt, so a text's vector is computed once,
is the same everywhere, and never changes when other needs come or go (SMART's ``lnc``; how rare
a word is enters on the asking side only, ``ltc``: `matching.text`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from zlib import crc32

import numpy as np

from matching.arrays import Array
from matching.lexicon import begins, lexicon
from matching.words import ngrams, words

DIMENSION = 1 << 18
#: The first numbers are concepts, then whole words, then, from here, letter runs.
FIRST_WORD = 256
FIRST_NGRAM = 1 << 17

#: The share of a similarity that concepts decide; words and letter runs decide the rest.
CONCEPT_SHARE = 0.5
#: A letter run against a whole word: six runs with it weigh about as much as the word.
NGRAM_WEIGHT = 0.4
#: A word in the title counts as often as this in the description.
TITLE_COUNTS = 3
#: Only the first different words of a long text are also cut into letter runs, or taken at all.
WORDS_CUT, WORDS_READ = 48, 400


class Text(NamedTuple):
    """What is read of a need, or of a person, who has no title."""

    title: str = ""
    body: str = ""
    causes: frozenset[str] = frozenset()
    #: The language it is said to be in, and its embedded vector (`matching.embedding`); empty: unknown.
    language: str = ""
    vector: bytes | None = None


class Vectors(NamedTuple):
    """Sparse vectors one after another: their lengths, numbers (rising in each) and weights."""

    lengths: Array
    ids: Array
    weights: Array


@lru_cache(maxsize=1 << 17)
def word_features(word: str) -> Array:
    """Give the numbers of a folded word: its concepts, then itself."""
    whole = FIRST_WORD + crc32(word.encode()) % (FIRST_NGRAM - FIRST_WORD)
    return np.array([*sorted(lexicon().concepts_of(word)), whole], np.int32)


@lru_cache(maxsize=1 << 17)
def ngram_features(word: str) -> Array:
    """Give the numbers of a folded word's letter runs."""
    room = DIMENSION - FIRST_NGRAM
    return np.array([FIRST_NGRAM + crc32(run.encode()) % room for run in ngrams(word)], np.int32)


@lru_cache(maxsize=1 << 17)
def _phrases_from(word: str) -> tuple[tuple[tuple[str, ...], int], ...]:
    return lexicon().phrases_from(word)


def phrases_in(sequence: Sequence[str]) -> list[tuple[int, int, int]]:
    """Find phrases among folded words: where each begins, how many words, which concept."""
    return [
        (at, len(stems), concept)
        for at, word in enumerate(sequence)
        for stems, concept in _phrases_from(word)
        if len(sequence) - at >= len(stems) and all(map(begins, sequence[at : at + len(stems)], stems))
    ]


def vectors(texts: Sequence[Text]) -> Vectors:
    """Turn texts into vectors, all at once."""
    found: list[tuple[list[Array], list[int]]] = [_counted(text) for text in texts]
    runs = list(chain.from_iterable(arrays for arrays, _ in found))
    counts = np.array(list(chain.from_iterable(times for _, times in found)), np.float64)
    sizes = np.fromiter(map(len, runs), np.int64, len(runs))
    owners = np.repeat(np.arange(len(texts)), [len(arrays) for arrays, _ in found])
    ids = np.concatenate([*runs, np.zeros(0, np.int32)])
    keys = np.repeat(owners, sizes) * DIMENSION + ids
    return _weighed(*_summed(keys, np.repeat(counts, sizes)), len(texts))


def _counted(text: Text) -> tuple[list[Array], list[int]]:
    """Give a text's features as arrays, and how often each array counts."""
    title, body = words(text.title), words(text.body)
    counted = Counter(title)
    for word in counted:
        counted[word] *= TITLE_COUNTS
    counted.update(body)
    different = list(counted)[:WORDS_READ]
    times = [counted[word] for word in different]
    arrays = [word_features(word) for word in different]
    arrays += [ngram_features(word) for word in different[:WORDS_CUT]]
    concepts = _concepts_of_phrases(title) * TITLE_COUNTS + _concepts_of_phrases(body)
    concepts += [one for cause in text.causes for one in lexicon().causes.get(cause, ())]
    if concepts:
        arrays.append(np.array(concepts, np.int32))
    return arrays, [*times, *times[:WORDS_CUT], *([1] if concepts else [])]


def _concepts_of_phrases(sequence: list[str]) -> list[int]:
    return [concept for _, _, concept in phrases_in(sequence)]


def _summed(keys: Array, counts: Array) -> tuple[Array, Array]:
    """Sort the keys and add up the counts of equal ones."""
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[first], np.add.reduceat(counts, first) if len(first) else counts


def _weighed(keys: Array, counts: Array, rows: int) -> Vectors:
    """Damp the counts and give each half of each vector its length."""
    ids = (keys % DIMENSION).astype(np.int32)
    owners = keys // DIMENSION
    weights = halves_scaled(ids, (1 + np.log(counts)) * kind_weights(ids), owners, rows)
    return Vectors(np.bincount(owners, minlength=rows), ids, weights)


def folded(rows: Vectors, dimension: int = 128) -> Array:
    """Fold sparse vectors into short dense ones of single precision, signs by the numbers' own bits."""
    signed = np.where(rows.ids & 1, rows.weights, -rows.weights.astype(np.float32))
    owners = np.repeat(np.arange(len(rows.lengths)), rows.lengths)
    places = owners * dimension + (rows.ids >> 1) % dimension
    summed = np.bincount(places, signed, minlength=len(rows.lengths) * dimension)
    return summed.reshape(-1, dimension).astype(np.float32)


def kind_weights(ids: Array) -> Array:
    """Weigh concepts and words as one, letter runs as less."""
    return np.where(ids < FIRST_NGRAM, 1.0, NGRAM_WEIGHT)


def halves_scaled(ids: Array, weights: Array, owners: Array, rows: int) -> Array:
    """Scale each row's concepts, and its words, to the square root of their share."""
    half = 2 * owners + (ids < FIRST_WORD)
    squares = np.bincount(half, weights**2, minlength=2 * rows)
    shares = np.tile([1 - CONCEPT_SHARE, CONCEPT_SHARE], rows)
    scales = np.sqrt(np.divide(shares, squares, out=np.zeros(2 * rows), where=squares > 0))
    scaled: Array = weights * scales[half]
    return scaled
