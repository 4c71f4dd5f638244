"""What the texts of openings mean, as dense vectors, beside the words that they hold (`matching.text`).

Every text has a small vector from the table of meanings, made where it stands. Those that were embedded
(`matching.embedding`) bring a better one, which is compared where the person's words have one, too. Rows keep
the vectors as they came. The means of languages are taken off when vectors are compared, so other means need
no other rows.

Vectors are multiplied as whole numbers so small that single precision holds every sum of them exactly. So a
product is the same in whatever order it is added up: of one row, of many, of many people at once (I-24).
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
from matching.means import DIMENSIONS, SENTENCES, WORDS, Means
from matching.storage import Parts
from matching.vectors import Text

#: How long vectors of whole numbers are that are multiplied with rows: sums of products stay below 2^24.
WHOLE = {WORDS: 2.0**14, SENTENCES: 2.0**12}
_NO_DISTANCE = 1e-6
#: Below this cosine two texts have nothing to do with each other; from there on it counts from 0 to 1. What
#: somebody likes and what somebody needs are seldom said alike: of sentences, the first bit counts more.
FLOORS, CURVES = {WORDS: 0.2, SENTENCES: 0.1}, {WORDS: 1.0, SENTENCES: 0.7}
_LETTERS, _FIRST_LETTER = 26, ord("a")
_LANGUAGES = 1 + _LETTERS**2
_MEASURED_AT_ONCE, _IN_CACHE = 10_000, 2_000
#: So many people are multiplied with rows at once, and so many products kept.
_MULTIPLIED_PEOPLE, _MULTIPLIED = 32, 1 << 22


@dataclass(frozen=True, slots=True)
class Asked:
    """A person's words as vectors of whole numbers: as they came, for a rough look, and around their means.

    The latter two are `WHOLE` long, or 0.
    """

    rough: Array
    words: Array
    sentences: Array


@dataclass(frozen=True, slots=True)
class Around:
    """What turns a product with a row's vector into a cosine around its language's mean.

    That is product * `by_length` - (the asked vector's product with the mean) * `by_distance`.
    """

    means: Means
    by_length: Floats
    by_distance: Floats

    def and_more(self, other: Around) -> Around:
        """Put other rows behind these."""
        return Around(
            self.means,
            np.concatenate([self.by_length, other.by_length]),
            np.concatenate([self.by_distance, other.by_distance]),
        )


class Nearness:
    """Several people's words, and some openings': multiplied with each other by the block, when asked for."""

    def __init__(
        self, meant: Meant, asked: Array, words: Array, by_length: Array, by_distance: Array, languages: Array
    ) -> None:
        """Keep what is multiplied, and what makes cosines of products."""
        self._meant, self._asked = meant, asked
        self._by_length, self._by_distance, self._languages = by_length, by_distance, languages
        self._at_once = max(1, min(_MULTIPLIED_PEOPLE, _MULTIPLIED // max(len(by_length), 1)))
        self._first = 0 if len(asked) == 1 else -1
        self._products = words
        self._words = words if len(asked) == 1 else words.astype(np.float32)

    def likeness(self, number: int, asked: Asked) -> Array:
        """Give the likeness to the words of the person of this number, 0 to 1, in single precision."""
        first = number - number % self._at_once
        if first != self._first:
            self._products = self._asked[first : first + self._at_once] @ self._words.T
            self._first = first
        cosines: Array = self._products[number - first] * self._by_length
        if self._meant.means.has(WORDS):
            with_means = self._meant.with_means(WORDS, asked.words).astype(np.float32)
            cosines -= with_means.take(self._languages) * self._by_distance
        cosines -= np.float32(FLOORS[WORDS])
        cosines *= np.float32(1 / (1 - FLOORS[WORDS]))
        cosines.clip(0.0, 1.0, out=cosines)
        return cosines


class Meant:
    """The vectors of all openings by row number, and the languages of their texts."""

    def __init__(self) -> None:
        """Begin without rows."""
        self.means = Means()
        self.words, self.sentences = Dense(DIMENSIONS[WORDS]), Dense(DIMENSIONS[SENTENCES])
        self._languages = Columns({"language": "i2"})
        self._around: Around | None = None

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
        self._around = None

    def asked(self, text: Text) -> Asked:
        """Read a person's words."""
        return self.asked_each([text])[0]

    def asked_each(self, texts: Sequence[Text]) -> list[Asked]:
        """Read the words of several people."""
        rough = meanings(texts)
        languages = [_language(text) for text in texts]
        words = _whole(WORDS, self.means.around(WORDS, rough, languages))
        found = []
        for number, text in enumerate(texts):
            sentences = np.zeros((1, DIMENSIONS[SENTENCES]), np.float32)
            if unpacked(text.vector) is not None:
                count = len(text.body.split())
                around = self.means.around(SENTENCES, _vectors([text]), [languages[number]], words=count)
                sentences = _whole(SENTENCES, around)
            found.append(Asked(rough[number].astype(np.float32), words[number], sentences[0]))
        return found

    def rough(self, asked: Asked, rows: Ints) -> Floats:
        """Give the likeness of some rows by the table alone, around no means: for searching in all rows."""
        length = 127 * np.sqrt(asked.rough @ asked.rough)
        return _counted((self.words.of(rows).astype(np.float32) @ asked.rough) / length, WORDS)

    def beside(self, rows: Ints, asked: Sequence[Asked]) -> Nearness:
        """Put several people's words beside some rows, by the table."""
        around = self._around_words()
        theirs = np.array([one.words for one in asked], np.float32)
        return Nearness(
            self,
            theirs,
            self._products_with(theirs[0], rows) if len(asked) == 1 else self.words.of(rows),
            around.by_length.take(rows).astype(np.float32),
            around.by_distance.take(rows).astype(np.float32),
            self._languages["language"].take(rows),
        )

    def _products_with(self, asked: Array, rows: Ints) -> Array:
        """Multiply with one person's words: in parts, for what stays in the processor's cache is quick."""
        products = np.empty((1, len(rows)), np.float32)
        for first in range(0, len(rows), _IN_CACHE):
            words = self.words.of(rows[first : first + _IN_CACHE]).astype(np.float32)
            np.matmul(words, asked, out=products[0, first : first + _IN_CACHE])
        return products

    def by_words(self, asked: Asked, rows: Ints) -> Floats:
        """Give the likeness of some rows by the table, 0 to 1."""
        around = self._around_words()
        cosines = (self.words.of(rows).astype(np.float32) @ asked.words) * around.by_length.take(rows)
        if self.means.has(WORDS):
            numbers = self._languages["language"].take(rows)
            cosines -= self.with_means(WORDS, asked.words).take(numbers) * around.by_distance.take(rows)
        return _counted(cosines, WORDS)

    def by_sentences(self, asked: Asked, rows: Ints) -> tuple[Bools, Floats]:
        """Mark those of some rows whose text was embedded, and give their likeness, 0 to 1."""
        if not asked.sentences.any():
            return np.zeros(len(rows), bool), np.zeros(0)
        there = self.sentences.places[rows] >= 0
        some = rows[there]
        vectors, numbers = self.sentences.of(some), self._languages["language"].take(some)
        around = self._measured(SENTENCES, vectors, numbers)
        cosines = (vectors.astype(np.float32) @ asked.sentences) * around.by_length
        cosines -= self.with_means(SENTENCES, asked.sentences).take(numbers) * around.by_distance
        return there, _counted(cosines, SENTENCES)

    def _around_words(self) -> Around:
        """Measure each row once for these means: what is new since the last time, now."""
        known, rows = self._around, len(self.words)
        if known is None or known.means is not self.means:
            known = Around(self.means, np.zeros(0), np.zeros(0))
        for first in range(len(known.by_length), rows, _MEASURED_AT_ONCE):
            some = np.arange(first, min(first + _MEASURED_AT_ONCE, rows))
            numbers = self._languages["language"].take(some)
            known = known.and_more(self._measured(WORDS, self.words.of(some), numbers))
        self._around = known
        return known

    def _measured(self, kind: str, vectors: Array, numbers: Array) -> Around:
        """Measure rows: v/|v| - m has the length sqrt(1 - 2 v·m/|v| + |m|²); what is 0 stays 0."""
        whole = vectors.astype(np.float32)
        lengths = np.sqrt(np.einsum("ij,ij->i", whole, whole).astype(np.float64))
        there = lengths > 0
        lengths[~there] = 1.0
        with_mean, squared = np.zeros(len(whole)), np.zeros(len(whole))
        for number in np.unique(numbers).tolist():
            mean, some = self._mean(kind, number), numbers == number
            with_mean[some] = (whole[some] @ mean) / (WHOLE[kind] * lengths[some])
            squared[some] = float(mean.astype(np.float64) @ mean) / WHOLE[kind] ** 2
        distances = np.sqrt(np.maximum(1 - 2 * with_mean + squared, 0.0))
        there &= distances > _NO_DISTANCE
        by_distance = np.divide(1.0, distances, out=np.zeros(len(whole)), where=there)
        return Around(self.means, by_distance / (lengths * WHOLE[kind]), by_distance)

    def _mean(self, kind: str, number: int) -> Array:
        mean: Array = _whole(kind, self.means.of(kind, code_of(number))[None])[0]
        return mean

    def with_means(self, kind: str, asked: Array) -> Floats:
        """Multiply what is asked with the mean of each language that openings are written in."""
        products = np.zeros(_LANGUAGES)
        for number in self._present():
            mean = self._mean(kind, number).astype(np.float64)
            products[number] = (mean @ asked.astype(np.float64)) / WHOLE[kind] ** 2
        return products

    def _present(self) -> list[int]:
        numbers = np.flatnonzero(np.bincount(self._languages["language"], minlength=_LANGUAGES))
        present: list[int] = numbers.tolist()
        return present


def _whole(kind: str, vectors: Array) -> Array:
    """Give vectors of length up to 1 as whole numbers of single precision."""
    whole: Array = np.trunc(vectors * WHOLE[kind]).astype(np.float32)
    return whole


def _counted(cosines: Array, kind: str) -> Floats:
    above = (cosines.astype(np.float64) - FLOORS[kind]) / (1 - FLOORS[kind])
    counted: Floats = np.clip(above, 0.0, 1.0)
    return counted if CURVES[kind] == 1 else counted ** CURVES[kind]


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
