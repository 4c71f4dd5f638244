"""The texts of all openings as sparse vectors, and a person's words asked of them.

This is the whole interface a representation of text needs: `extend`, `forget`, `keep` as openings
come and go; `query` to read a person's words; `scores` of all rows, roughly, to find candidates;
`similarities` of some rows, exactly; and `met`, the person's own words behind a similarity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from matching.arrays import Array, Floats, Ints, Ragged
from matching.postings import Postings
from matching.storage import Parts
from matching.vectors import (
    DIMENSION,
    Text,
    Vectors,
    folded,
    halves_scaled,
    ngram_features,
    phrases_in,
    vectors,
    word_features,
)
from matching.words import spelled_words

#: A rough look takes a query's weightiest features, which are its rarest, as long as the openings that
#: hold them, counted once for each, are no more than half of all (or than so many, where all are few).
_HOLDERS_AT_LEAST, _HOLDERS_PART = 20_000, 0.5
#: The same where candidates are looked for, who are measured exactly afterwards.
_LOOKED_AT, _LOOKED_PART = 5_000, 0.05
_FOLDED_AT_ONCE = 10_000
#: A query's weights are whole multiples of 1 / this.
_STEPS = 2.0**16
#: A word met by its letter runs alone has at least this share of them in the text.
_RUNS_MET, _RUNS_AT_LEAST = 0.75, 3


@dataclass(frozen=True, slots=True)
class Query:
    """A person's words: each as spelled, with its concepts and itself; and their one vector."""

    spelled: tuple[str, ...]
    features: tuple[frozenset[int], ...]
    ngrams: tuple[frozenset[int], ...]
    ids: Array
    weights: Array

    @property
    def says_something(self) -> bool:
        """Say whether there is anything in it that an opening may hold."""
        return bool(len(self.ids))


class Held(NamedTuple):
    """What some rows hold of a query: in which of these rows each feature is, it, and its weight there."""

    owners: Ints
    ids: Array
    weights: Array

    def ids_in(self, places: Ints) -> list[list[int]]:
        """Give what each of some of the rows holds."""
        begins = np.searchsorted(self.owners, places, side="left").tolist()
        ends = np.searchsorted(self.owners, places, side="right").tolist()
        ids = self.ids.tolist()
        return [ids[begin:end] for begin, end in zip(begins, ends, strict=True)]


class Texts:
    """Every opening's text by row number, how many openings hold each feature, and where."""

    def __init__(self) -> None:
        """Begin without texts."""
        self._rows = Ragged()
        self._postings = Postings()
        self._held_by = np.zeros(DIMENSION, np.int64)
        self._alive = 0
        self._is_asked = np.zeros(DIMENSION, bool)

    @classmethod
    def over(cls, parts: Parts) -> Self:
        """Lay texts over the parts of an index that `store` has given; they are not copied."""
        texts, arrays, facts = cls(), parts.arrays, parts.facts["texts"]
        starts, ids, weights = (arrays[f"texts.{name}"] for name in ("starts", "ids", "weights"))
        texts._rows = Ragged.over(starts, ids, weights, facts["length"])
        texts._postings = Postings.over(parts)
        texts._held_by, texts._alive = arrays["texts.held_by"], facts["alive"]
        return texts

    def store(self, parts: Parts) -> None:
        """Add everything to the parts of an index."""
        rows = {"starts": self._rows.starts, "ids": self._rows.ids, "weights": self._rows.weights}
        parts.grow(**{f"texts.{name}": array for name, array in rows.items()})
        parts.arrays["texts.held_by"] = self._held_by
        parts.facts["texts"] = {"length": len(self._rows), "alive": self._alive}
        self._postings.store(parts)

    @property
    def nbytes(self) -> int:
        """Say how many bytes the vectors fill."""
        return self._rows.nbytes + self._postings.nbytes + self._held_by.nbytes

    def extend(self, texts: Sequence[Text]) -> None:
        """Add the texts of the next rows."""
        new = vectors(texts)
        self._rows.extend(*new)
        self._held_by += np.bincount(new.ids, minlength=DIMENSION) if len(texts) > 1 else 0
        if len(texts) == 1:  # the common case: one need was published or changed
            self._held_by[new.ids] += 1
        self._alive += len(texts)

    def folded(self) -> Array:
        """Give every row's text as a short dense vector, for whoever measures other ways to compare."""
        parts = []
        for first in range(0, len(self._rows), _FOLDED_AT_ONCE):
            starts = self._rows.starts[first : first + _FOLDED_AT_ONCE + 1]
            run = slice(int(starts[0]), int(starts[-1]))
            parts.append(folded(Vectors(np.diff(starts), self._rows.ids[run], self._rows.weights[run])))
        return np.concatenate(parts)

    def recount(self) -> None:
        """Count anew how many openings hold each feature, where rows are there several times."""
        self._held_by = np.bincount(self._rows.ids, minlength=DIMENSION)
        self._alive = len(self._rows)

    def forget(self, row: int) -> None:
        """Count a row's text no longer."""
        self._held_by[self._rows.row(row)[0]] -= 1
        self._alive -= 1

    def keep(self, rows: Ints) -> None:
        """Leave these rows only, numbered anew."""
        self._rows.keep(rows)
        self.merge()

    def merge(self) -> None:
        """Sort all rows into the postings."""
        self._postings = Postings.of(self._rows)

    def merge_if_long(self) -> None:
        """Merge when the rows outside the postings have become many."""
        if self._postings.is_behind(len(self._rows)):
            self.merge()

    def rarity(self, ids: Array) -> Floats:
        """Give the weight of features by how few openings hold them: ln((1+n)/(1+df)) + 1."""
        rarity: Floats = np.log((1 + self._alive) / (1 + self._held_by[ids])) + 1
        return rarity

    def query(self, asked: str) -> Query:
        """Read a person's words; what no opening holds is left out of their vector."""
        return Texts.read(self, [asked])[0]

    def read(self, asked: Sequence[str]) -> list[Query]:
        """Read the words of several people."""
        lengths, ids, weights = vectors([Text(body=one) for one in asked])
        owners = np.repeat(np.arange(len(asked)), lengths)
        held = self._held_by[ids] > 0
        owners, ids, weights = owners[held], ids[held], weights[held] * self.rarity(ids[held])
        weights = in_steps(halves_scaled(ids, weights, owners, len(asked)))
        ends = np.cumsum(np.bincount(owners, minlength=len(asked))).tolist()
        return [
            Query(*_spelled(one), ids[begin:end], weights[begin:end])
            for one, begin, end in zip(asked, [0, *ends], ends, strict=False)
        ]

    @property
    def length(self) -> int:
        """Count the rows, those of forgotten texts too."""
        return len(self._rows)

    def scores(self, query: Query) -> Floats:
        """Give every row's similarity by the query's weightiest features: rough, from below."""
        ids, weights = self._weightiest(query, _HOLDERS_AT_LEAST, _HOLDERS_PART)
        holders, products = self._postings.products(ids, weights)
        scores = np.bincount(holders, products, minlength=len(self._rows)).astype(np.float64, copy=False)
        later = np.arange(self._postings.rows, len(self._rows))
        if len(later):
            scores[later] = self._products(ids, weights, later)
        return scores

    def rough_words(self, query: Query, rows: Ints, places: Array | None) -> Floats:
        """Give the similarity of some rows by still fewer features; `places` say where all rows are there."""
        ids, weights = self._weightiest(query, _LOOKED_AT, _LOOKED_PART)
        holders, products = self._postings.products(ids, weights)
        if places is None:
            scores = np.bincount(holders, products, minlength=len(self._rows)).take(rows)
        else:
            found = places.take(holders)
            inside = np.flatnonzero(found >= 0)
            scores = np.bincount(found.take(inside), products.take(inside), minlength=len(rows))
        similar: Floats = scores.astype(np.float64, copy=False)
        later = np.flatnonzero(rows >= self._postings.rows) if self._postings.rows < len(self._rows) else ()
        if len(later):
            similar[later] = self._products(ids, weights, rows[later])
        return similar

    def _weightiest(self, query: Query, at_least: int, part: float) -> tuple[Array, Array]:
        order = np.argsort(-query.weights, kind="stable")  # equals by their numbers, which rise
        holders = np.cumsum(self._held_by.take(query.ids.take(order)))
        enough = max(at_least, part * self._alive)
        order = np.sort(order[: max(1, np.searchsorted(holders, enough, side="right"))])
        return query.ids.take(order), query.weights.take(order)

    def held(self, query: Query, rows: Ints) -> Held:
        """Look up what some rows hold of a query."""
        return self._find(query.ids, rows)

    def similarities(self, query: Query, rows: Ints, held: Held | None = None) -> Floats:
        """Give the similarity of some rows, 0 to 1; `held` is what they hold, where it is known."""
        return self._products(query.ids, query.weights, rows, held)

    def _products(self, ids: Array, weights: Array, rows: Ints, held: Held | None = None) -> Floats:
        owners, found, held_weights = held or self._find(ids, rows)
        products = weights.take(np.searchsorted(ids, found)) * held_weights
        return np.bincount(owners, products, minlength=len(rows)).astype(np.float64, copy=False)

    def _find(self, ids: Array, rows: Ints) -> Held:
        self._is_asked[ids] = True
        found = Held(*self._rows.find(rows, self._is_asked))
        self._is_asked[ids] = False  # the same room serves every query
        return found

    def met(self, query: Query, held: Sequence[Sequence[int]]) -> list[tuple[str, ...]]:
        """Give the person's own words that each of some rows holds, or means, in their order.

        `held` is what each of them holds of the query.
        """
        enough = [max(_RUNS_AT_LEAST, _RUNS_MET * len(runs)) for runs in query.ngrams]
        met_by, run_of = _turned(query.features), _turned(query.ngrams)
        found = []
        for ids in held:
            words: set[int] = set()
            runs: list[int] = []
            for one in ids:
                words.update(met_by.get(one, ()))
                runs += run_of.get(one, ())
            if len(runs) >= _RUNS_AT_LEAST:
                words.update(word for word in set(runs) if runs.count(word) >= enough[word])
            found.append(tuple(dict.fromkeys([query.spelled[word] for word in sorted(words)])))
        return found


def in_steps(weights: Array) -> Array:
    """Cut weights to whole steps: sums of them times half-precision numbers are exact in any order."""
    return np.floor(weights * _STEPS) / _STEPS


def _spelled(asked: str) -> tuple[tuple[str, ...], tuple[frozenset[int], ...], tuple[frozenset[int], ...]]:
    """Give the words as spelled, the concepts and the number of each, and its letter runs."""
    pairs = spelled_words(asked)
    concepts: list[list[int]] = [[] for _ in pairs]
    for at, length, concept in phrases_in([word for _, word in pairs]):
        for member in range(at, at + length):
            concepts[member].append(concept)
    features = tuple(
        frozenset((*found, *word_features(word).tolist()))
        for found, (_, word) in zip(concepts, pairs, strict=True)
    )
    ngrams = tuple(frozenset(ngram_features(word).tolist()) for _, word in pairs)
    return tuple(spelled for spelled, _ in pairs), features, ngrams


def _turned(sets: Sequence[frozenset[int]]) -> dict[int, list[int]]:
    """Give, for each member of any set, the numbers of the sets that hold it."""
    turned: dict[int, list[int]] = {}
    for number, members in enumerate(sets):
        for one in members:
            turned.setdefault(one, []).append(number)
    return turned


def places_of(rows: Ints, length: int) -> Array:
    """Say where each of so many rows stands among some; -1 where it is not among them."""
    places = np.full(length, -1, np.int32)
    places[rows] = np.arange(len(rows))
    return places
