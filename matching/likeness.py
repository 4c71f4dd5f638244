"""How alike a person's words and an opening's text are: by the words they share, and by what they mean.

Words (`matching.text`) find what is named and say which of the person's words were met. Meanings
(`matching.meant`) find the same thing said otherwise or in another language. A text without known words, such
as one in a language that the table does not know, is compared by its words alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from matching.arrays import Array, Floats, Ints
from matching.means import SENTENCES, WORDS, Means
from matching.meant import Asked, Meant
from matching.profiles import Opening
from matching.storage import Parts
from matching.text import Held, Query, Texts, places_of
from matching.vectors import Text

#: The share of a likeness that each kind of vectors comes near where the person wrote much, and reaches half
#: of with so many words: a vector of few words says little, and the words themselves say it better.
SHARES = {WORDS: (0.75, 5), SENTENCES: (0.97, 2)}
#: A text without any of the words that were searched for is found from this likeness of meaning on.
FOUND_BY_MEANING = 0.4


@dataclass(frozen=True, slots=True)
class Question(Query):
    """A person's words, with what they mean."""

    asked: Asked

    @property
    def says_something(self) -> bool:
        """Say whether there is anything in it that an opening may hold or mean."""
        return bool(len(self.ids)) or self.means_something

    @property
    def means_something(self) -> bool:
        """Say whether any of its words is known to the table of meanings."""
        return bool(self.asked.rough.any())

    def share(self, kind: str) -> float:
        """Give the share of a kind of vectors: more, the more words there are."""
        most, few = SHARES[kind]
        return most * len(self.spelled) / (len(self.spelled) + few)


class Likeness(Texts):
    """Every opening's text by row number, as words and as meanings."""

    def __init__(self) -> None:
        """Begin without texts."""
        super().__init__()
        self.meant = Meant()

    @classmethod
    def over(cls, parts: Parts) -> Self:
        """Lay texts over the parts of an index that `store` has given; they are not copied."""
        texts = super().over(parts)
        texts.meant = Meant.over(parts)
        return texts

    def store(self, parts: Parts) -> None:
        """Add everything to the parts of an index."""
        super().store(parts)
        self.meant.store(parts)

    @property
    def nbytes(self) -> int:
        """Say how many bytes the vectors fill."""
        return super().nbytes + self.meant.nbytes

    def use(self, means: Means) -> None:
        """Compare around these means from now on."""
        self.meant.means = means

    def extend(self, texts: Sequence[Text]) -> None:
        """Add the texts of the next rows."""
        super().extend(texts)
        self.meant.extend(texts)

    def keep(self, rows: Ints) -> None:
        """Leave these rows only, numbered anew."""
        super().keep(rows)
        self.meant.keep(rows)

    def query(self, asked: str, language: str = "", vector: bytes | None = None) -> Question:
        """Read a person's words: the language they are said to be in, and their embedded vector, may help."""
        return self.queries([Text(body=asked, language=language, vector=vector)])[0]

    def queries(self, asked: Sequence[Text]) -> list[Question]:
        """Read the words of several people, the bodies of these texts."""
        words, meant = self.read([one.body for one in asked]), self.meant.asked_each(asked)
        return [
            Question(one.spelled, one.features, one.ngrams, one.ids, one.weights, also)
            for one, also in zip(words, meant, strict=True)
        ]

    def beside(self, rows: Ints, queries: Sequence[Question]) -> Beside:
        """Put several people's words beside some rows, to be compared roughly."""
        return Beside(self, rows, queries)

    def scores(self, query: Query) -> Floats:
        """Give the likeness of all rows, roughly."""
        words = super().scores(query)
        if not isinstance(query, Question) or not query.means_something:
            return words
        meant = self.meant.by_words(query.asked, np.arange(len(words)))
        return _together(words, meant, query.share(WORDS))

    def found(self, query: Query) -> Floats:
        """Give the likeness of all rows, roughly; 0 where no word is shared and little is meant alike."""
        words = Texts.scores(self, query)
        if not isinstance(query, Question) or not query.means_something:
            return words
        meant = self.meant.rough(query.asked, np.arange(len(words)))
        return np.where(
            (words > 0) | (meant >= FOUND_BY_MEANING), _together(words, meant, query.share(WORDS)), 0.0
        )

    def alike(self, query: Query, rows: Ints) -> Floats:
        """Give how alike some rows are by meaning alone, 0 to 1."""
        if not isinstance(query, Question):
            return np.zeros(len(rows))
        alike = self.meant.by_words(query.asked, rows)
        there, meant = self.meant.by_sentences(query.asked, rows)
        alike[there] = meant
        return alike

    def similarities(self, query: Query, rows: Ints, held: Held | None = None) -> Floats:
        """Give the likeness of some rows, 0 to 1."""
        words = super().similarities(query, rows, held)
        if not isinstance(query, Question):
            return words
        likeness = words
        if query.asked.words.any():
            likeness = _together(words, self.meant.by_words(query.asked, rows), query.share(WORDS))
        if query.asked.sentences.any():
            there, meant = self.meant.by_sentences(query.asked, rows)
            likeness[there] = _together(words[there], meant, query.share(SENTENCES))
        return likeness


class Beside:
    """Some rows, and several people's words beside them."""

    def __init__(self, texts: Likeness, rows: Ints, queries: Sequence[Question]) -> None:
        """Multiply all their meanings at once."""
        self._texts, self._rows = texts, rows
        self._meant = texts.meant.beside(rows, [query.asked for query in queries])
        # Where each of all rows stands beside them: worth knowing for several people.
        self._places = places_of(rows, texts.length) if len(queries) > 1 else None

    def likeness(self, number: int, query: Question) -> Array:
        """Give the likeness of each row to the words of the person of this number: single precision."""
        words = self._texts.rough_words(query, self._rows, self._places).astype(np.float32)
        if not query.means_something:
            return words
        share = np.float32(query.share(WORDS))
        words *= 1 - share
        meant = self._meant.likeness(number, query.asked)
        meant *= share
        words += meant
        return words


def _together(words: Floats, meant: Floats, share: float) -> Floats:
    return (1 - share) * words + share * meant


def text_of(opening: Opening) -> Text:
    """Give what is read of an opening: its words, its organisation's name, and its causes."""
    body = f"{opening.organisation_name}\n{opening.description}"
    return Text(opening.title, body, opening.causes, opening.language, opening.vector)
