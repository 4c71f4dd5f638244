"""What the texts of openings mean, as dense vectors, beside the words that they hold (`matching.text`).

Every text has a small vector from the table of meanings, made where it stands. Those that were embedded
(`matching.embedding`) bring a better one, which is compared where the person's words have one, too. Rows keep
the vectors as they came. The means of languages are taken off when vectors are compared, so other means need
no other rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from matching.arrays import Array, Bools, Columns, Floats, Ints
from matching.dense import Dense
from matching.embedding import unpacked
from matching.languages import language_of
from matching.meanings import meanings
from matching.means import DIMENSIONS, SENTENCES, WORDS, Means, scaled
from matching.storage import Parts
from matching.vectors import Text

#: Below this cosine two texts have nothing to do with each other; from there on it counts from 0 to 1. What
#: somebody likes and what somebody needs are seldom said alike: of sentences, the first bit counts more.
FLOORS, CURVES = {WORDS: 0.2, SENTENCES: 0.1}, {WORDS: 1.0, SENTENCES: 0.7}
_LETTERS, _FIRST_LETTER = 26, ord("a")


@dataclass(frozen=True, slots=True)
class Asked:
    """A person's words as vectors of length 1: as they came, for a rough look, and around their means."""

    rough: Array
    words: Array
    sentences: Array


class Meant:
    """The vectors of all openings by row number, and the languages of their texts."""

    def __init__(self) -> None:
        """Begin without rows."""
        self.means = Means()
        self.words, self.sentences = Dense(DIMENSIONS[WORDS]), Dense(DIMENSIONS[SENTENCES])
        self._languages = Columns({"language": "i2"})

    @classmethod
    def over(cls, parts: Parts) -> Self:
        """Lay vectors over the parts of an index that `store` has given; they are not copied."""
        meant = cls()
        meant.words, meant.sentences = (
            Dense.stored("meant.words", parts),
            Dense.stored("meant.sentences", parts),
        )
        meant._languages = Columns.over({"language": parts.arrays["meant.language"]}, len(meant.words))
        return meant

    def store(self, parts: Parts) -> None:
        """Add everything to the parts of an index."""
        self.words.store("meant.words", parts)
        self.sentences.store("meant.sentences", parts)
        parts.grow(**{"meant.language": self._languages["language"]})

    @property
    def nbytes(self) -> int:
        """Say how many bytes the vectors fill."""
        return self.words.nbytes + self.sentences.nbytes + self._languages["language"].nbytes

    def extend(self, texts: Sequence[Text]) -> None:
        """Add the texts of the next rows."""
        self.words.extend(meanings(texts))
        self.sentences.extend(_vectors(texts))
        for text in texts:
            self._languages.append({"language": number_of(_language(text))})

    def keep(self, rows: Ints) -> None:
        """Leave these rows only, numbered anew."""
        self.words.keep(rows)
        self.sentences.keep(rows)
        self._languages.keep(rows)

    def asked(self, text: Text) -> Asked:
        """Read a person's words."""
        rough = meanings([text])
        language = [_language(text)]
        words = self.means.around(WORDS, rough, language)[0]
        if unpacked(text.vector) is None:
            sentences = np.zeros(DIMENSIONS[SENTENCES], np.float32)
        else:
            count = len(text.body.split())
            sentences = self.means.around(SENTENCES, _vectors([text]), language, words=count)[0]
        return Asked(scaled(rough.astype(np.float32))[0], words, sentences)

    def rough(self, asked: Asked, rows: Ints) -> Floats:
        """Give the likeness of some rows by the table alone, around no means: quick, for a first choice."""
        cosines = _products(self.words.of(rows).astype(np.float32), asked.rough) / 127
        return _counted(cosines, WORDS)

    def by_words(self, asked: Asked, rows: Ints) -> Floats:
        """Give the likeness of some rows by the table, 0 to 1."""
        return self._compared(WORDS, self.words.of(rows), asked.words, rows)

    def by_sentences(self, asked: Asked, rows: Ints) -> tuple[Bools, Floats]:
        """Mark those of some rows whose text was embedded, and give their likeness, 0 to 1."""
        if not asked.sentences.any():
            return np.zeros(len(rows), bool), np.zeros(0)
        there = self.sentences.places[rows] >= 0
        some = rows[there]
        return there, self._compared(SENTENCES, self.sentences.of(some), asked.sentences, some)

    def _compared(self, kind: str, vectors: Array, asked: Array, rows: Ints) -> Floats:
        if not len(rows) or not asked.any():
            return np.zeros(len(rows))
        numbers, places = np.unique(self._languages["language"].take(rows), return_inverse=True)
        languages = [code_of(number) for number in numbers.tolist()]
        return _counted(_products(self.means.around_each(kind, vectors, languages, places), asked), kind)


def _products(vectors: Array, asked: Array) -> Array:
    """Multiply row by row: a product of matrices rounds by where in them a row happens to stand (I-24)."""
    products: Array = np.einsum("ij,j->i", vectors, asked)
    return products


def _counted(cosines: Array, kind: str) -> Floats:
    above = (cosines.astype(np.float64) - FLOORS[kind]) / (1 - FLOORS[kind])
    counted: Floats = np.clip(above, 0.0, 1.0) ** CURVES[kind]
    return counted


def _vectors(texts: Sequence[Text]) -> Array:
    nothing = np.zeros(DIMENSIONS[SENTENCES], np.int8)
    found = [unpacked(text.vector) for text in texts]
    return np.array([nothing if one is None else one for one in found]).reshape(len(texts), -1)


def _language(text: Text) -> str:
    return language_of(f"{text.title}\n{text.body}", text.language)


def number_of(language: str) -> int:
    """Write a language's two letters as a number; any other code is 0."""
    first, second = (ord(one) - _FIRST_LETTER for one in language) if len(language) == len("en") else (-1, -1)
    known = 0 <= first < _LETTERS and 0 <= second < _LETTERS
    return 1 + _LETTERS * first + second if known else 0


def code_of(number: int) -> str:
    """Give the two letters back."""
    first, second = divmod(number - 1, _LETTERS)
    return chr(first + _FIRST_LETTER) + chr(second + _FIRST_LETTER) if number else ""
