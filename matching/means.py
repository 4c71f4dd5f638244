"""The mean vector of each language's texts, which is taken off before vectors are compared.

A text's vector says first which language it is in and what all texts here are about; around the mean of
its language it says what this one is about. Where few texts are known, the mean is drawn towards one known
beforehand: `lexicon/meanings.npz` holds those of sentences, taken from made-up needs; words' are 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from matching.arrays import Array, Ints
from matching.meanings import DIMENSION, TABLE

#: The kinds of vectors: of the table of meanings, and of multilingual-e5-small.
WORDS, SENTENCES = "words", "sentences"
DIMENSIONS = {WORDS: DIMENSION, SENTENCES: 384}
#: What was known beforehand counts as so many texts.
_KNOWN_BEFOREHAND = 20
#: The mean of a text of so many words lies half way between that of single words and that of texts.
_FEW_WORDS = 3


@dataclass(frozen=True, eq=False)
class Means:
    """Mean vectors of length up to 1, by kind and language; one that is not there is known beforehand."""

    known: Mapping[tuple[str, str], Array] = field(default_factory=dict)

    def has(self, kind: str) -> bool:
        """Say whether any mean of a kind of vectors is other than 0."""
        return kind != WORDS or any(one == kind for one, _ in self.known)

    def of(self, kind: str, language: str, words: int | None = None) -> Array:
        """Give the mean of a kind of vectors in a language; few words have another mean than texts."""
        found = self.known.get((kind, language))
        mean = beforehand(kind, language) if found is None else found
        if kind == WORDS or words is None:
            return mean
        mixed: Array = (words * mean + _FEW_WORDS * few_words(language)) / (words + _FEW_WORDS)
        return mixed

    def around(self, kind: str, vectors: Array, languages: Sequence[str], words: int | None = None) -> Array:
        """Give rows of vectors around the means of their languages, at length 1; a 0 stays 0.

        `words`: how many words each text has, where they may be few.
        """
        numbers = {language: number for number, language in enumerate(dict.fromkeys(languages))}
        places = np.array([numbers[language] for language in languages], np.int64)
        return self.around_each(kind, vectors, list(numbers), places, words)

    def around_each(
        self, kind: str, vectors: Array, languages: Sequence[str], places: Ints, words: int | None = None
    ) -> Array:
        """Do the same where `places` say, for each row, which of the languages is its own."""
        means = np.array([self.of(kind, language, words) for language in languages])
        long = scaled(vectors.astype(np.float32))
        around = scaled(long - means.reshape(-1, DIMENSIONS[kind]).take(places, axis=0))
        around[~vectors.any(axis=1)] = 0
        return around


def scaled(vectors: Array) -> Array:
    """Give rows at length 1; a 0 stays 0."""
    # What np.linalg.norm does, without its copies.
    norms = np.sqrt(np.add.reduce(vectors * vectors, axis=1, keepdims=True))
    norms[~(norms > 0)] = 1
    long: Array = vectors / norms
    return long


@lru_cache(maxsize=1)
def _beforehand() -> dict[str, dict[str, Array]]:
    with np.load(TABLE, allow_pickle=False) as file:
        languages = [str(one) for one in file["mean_languages"]]
        kept = {name: file[name].astype(np.float32) for name in ("means_of_texts", "means_of_words")}
        return {name: dict(zip(languages, means, strict=True)) for name, means in kept.items()}


def few_words(language: str) -> Array:
    """Give the mean of the embedded vectors of single words."""
    known = _beforehand()["means_of_words"]
    return known.get(language, known[""])


def beforehand(kind: str, language: str) -> Array:
    """Give the mean that is known before any text is."""
    if kind == WORDS:
        return np.zeros(DIMENSION, np.float32)
    known = _beforehand()["means_of_texts"]
    return known.get(language, known[""])


def estimated(kind: str, language: str, total: Array, count: int) -> Array:
    """Estimate a mean from the sum of so many vectors of length 1, drawn towards the one beforehand."""
    drawn: Array = (total + _KNOWN_BEFOREHAND * beforehand(kind, language)) / (count + _KNOWN_BEFOREHAND)
    return drawn.astype(np.float32)


def means_of(kind: str, vectors: Array, languages: Sequence[str]) -> Means:
    """Estimate the means of all these vectors; those that are 0 do not count."""
    long, marks = scaled(vectors.astype(np.float32)), np.array(languages)
    there = vectors.any(axis=1)
    known = {}
    for language in dict.fromkeys(languages):
        some = long[(marks == language) & there]
        known[kind, language] = estimated(kind, language, some.sum(axis=0), len(some))
    return Means(known)
