"""One person asking one index at one moment: what every step of a ranking is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matching.arrays import Floats, Ints
from matching.features import features
from matching.index import Index
from matching.profiles import Person
from matching.text import Query


@dataclass(frozen=True, slots=True)
class Asking:
    """The index, the person with their words as read there, and the time."""

    index: Index
    person: Person
    query: Query
    at: datetime

    @classmethod
    def of(cls, person: Person, index: Index, at: datetime) -> Asking:
        """Read the person's words in the index."""
        query = index.texts.query(person.interests, person.language, person.vector)
        return cls(index, person, query, at)

    def features(self, rows: Ints) -> Floats:
        """Measure the person against some rows of the index."""
        texts = self.index.texts
        similarity = texts.similarities(self.query, rows) if self.query.spelled else None
        return features(self.index.rows, rows, similarity, self.person, self.at)
