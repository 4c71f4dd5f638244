"""People asking one index at one moment: what every step of a ranking is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from matching.arrays import Floats, Ints
from matching.features import features
from matching.index import Index
from matching.likeness import Question
from matching.pairs import Pairs
from matching.profiles import Person
from matching.text import Held
from matching.vectors import Text


@dataclass(frozen=True, slots=True)
class Asking:
    """The index, the person with their words as read there, and the time."""

    index: Index
    person: Person
    query: Question
    at: datetime

    @classmethod
    def of(cls, person: Person, index: Index, at: datetime) -> Asking:
        """Read the person's words in the index."""
        return askings_of([person], index, at)[0]

    def features(self, rows: Ints) -> Floats:
        """Measure the person against some rows of the index."""
        return features_of([self], [rows], held_by([self], [rows]))


def askings_of(people: Sequence[Person], index: Index, at: datetime) -> list[Asking]:
    """Read the words of several people in the index."""
    said = [Text(body=one.interests, language=one.language, vector=one.vector) for one in people]
    queries = index.texts.queries(said)
    return [Asking(index, person, query, at) for person, query in zip(people, queries, strict=True)]


def pairs_with(askings: Sequence[Asking], rows: Sequence[Ints]) -> Pairs:
    """Put several people, who ask the same index at the same moment, each beside some of its rows."""
    index, at = askings[0].index, askings[0].at
    counts = np.array([len(some) for some in rows])
    return Pairs(index.rows, [one.person for one in askings], counts, np.concatenate(rows), at)


def held_by(askings: Sequence[Asking], rows: Sequence[Ints]) -> list[Held]:
    """Look up what some rows hold of the words of several people, each against their own rows."""
    each = zip(askings, rows, strict=True)
    return [one.index.texts.held(one.query, some) for one, some in each]


def features_of(askings: Sequence[Asking], rows: Sequence[Ints], held: Sequence[Held]) -> Floats:
    """Measure several people, each against some rows of the index: one person's rows after another's."""
    similar = [
        one.index.texts.similarities(one.query, some, known)
        if one.query.spelled
        else np.full(len(some), np.nan)
        for one, some, known in zip(askings, rows, held, strict=True)
    ]
    return features(pairs_with(askings, rows), np.concatenate(similar))
