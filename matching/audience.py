"""All people as columns: whom one need could reach, by the very rules that keep needs from a person.

The index turned round. `matching.rules` holds what both look at; a test holds that they agree, pair by
pair. What is counted here is told to others than the people counted: `matching.counts` says how.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import numpy as np

from matching import rules
from matching.arrays import Bools, Columns, Ints
from matching.codesets import CodeSets
from matching.distances import squared_chord, unit_vector
from matching.lexicon import lexicon
from matching.profiles import LanguageAtLevel, Opening, Person
from matching.rows import Rows, day_number, speaks
from matching.vectors import FIRST_NGRAM, Text, phrases_in, word_features
from matching.words import words

_LAYOUT = {
    "alive": "?", "group": "i4", "key": "u8", "x": "f8", "y": "f8", "z": "f8", "reach": "f8",
    "wanted": "i1", "slots": "i4", "born": "i4", "languages": "i4", "reads": "i4", "causes": "i4",
    "skills": "i4", "subjects": "i4",
}  # fmt: skip
_NO_GROUP = 0

#: The rules that look at the person, in the order of `matching.eligibility.RULES`.
PERSONAL = ("age", "language", "location_type", "too_far", "wrong_time")


class Audience:
    """The people, by id and by row; each belongs to one group, or to none."""

    def __init__(self, secret: bytes) -> None:
        """Begin without people. The secret makes each one's key, by which counts are blurred."""
        self.rows = Columns(_LAYOUT)
        self.languages: CodeSets[LanguageAtLevel] = CodeSets()
        self.reads: CodeSets[str] = CodeSets()
        self.causes: CodeSets[str] = CodeSets()
        self.skills: CodeSets[str] = CodeSets()
        self.subjects: CodeSets[int] = CodeSets()
        self.secret = secret
        self._row_of: dict[UUID, int] = {}
        self._groups: dict[UUID, int] = {}
        self._used_by = np.zeros(FIRST_NGRAM, np.int32)
        self._used: list[Ints] = []

    def __len__(self) -> int:
        """Count the people."""
        return len(self._row_of)

    def __contains__(self, person_id: UUID) -> bool:
        """Say whether a person is here."""
        return person_id in self._row_of

    @property
    def ids(self) -> Iterable[UUID]:
        """Give the ids of all people."""
        return self._row_of.keys()

    @property
    def dead(self) -> int:
        """Count the rows that have been replaced or removed."""
        return len(self.rows) - len(self)

    def put(self, person: Person, group: UUID | None = None) -> None:
        """Add a person, or replace the one with that id."""
        self.remove(person.id)
        used, about = _read(person.interests)
        self._used_by[used] += 1
        self._used.append(used)
        self._row_of[person.id] = self.rows.append(
            {"alive": True, "group": self._number_of(group), "key": self._key_of(person.id)}
            | self._codes(person, about | _concepts_of_causes(person.causes))
            | _place(person)
        )

    def _number_of(self, group: UUID | None) -> int:
        return _NO_GROUP if group is None else self._groups.setdefault(group, len(self._groups) + 1)

    def _key_of(self, person_id: UUID) -> int:
        digest = blake2b(person_id.bytes, key=self.secret, digest_size=8).digest()
        return int.from_bytes(digest, "big")

    def _codes(self, person: Person, about: frozenset[int]) -> dict[str, object]:
        reads = frozenset((person.language, *(code for code, _ in person.languages)))
        return {
            "wanted": rules.type_bits(person.location_types),
            "slots": person.slots,
            "born": rules.UNSAID_DAY if person.birth_date is None else day_number(person.birth_date),
            "languages": self.languages.number(frozenset(person.languages)),
            "reads": self.reads.number(reads),
            "causes": self.causes.number(person.causes),
            "skills": self.skills.number(frozenset(code for code, _ in person.skills)),
            "subjects": self.subjects.number(about),
        }

    def remove(self, person_id: UUID) -> None:
        """Take a person out; one who is not here is out already."""
        row = self._row_of.pop(person_id, None)
        if row is not None:
            self.rows["alive"][row] = False
            self._used_by[self._used[row]] -= 1
            self._used[row] = self._used[row][:0]

    def of_group(self, group: UUID | None) -> Bools:
        """Mark the people of a group, and those of none."""
        number = -1 if group is None else self._groups.get(group, -1)
        column = self.rows["group"]
        found: Bools = self.rows["alive"] & ((column == _NO_GROUP) | (column == number))
        return found

    def let_through(self, opening: Opening, at: datetime) -> dict[str, Bools]:
        """Say of each of `PERSONAL` which people it lets through to an opening."""
        need, own, today = _as_row(opening), self.rows, day_number(at.date())
        least, most, start = (int(need[name][0]) for name in ("minimum_age", "maximum_age", "start_day"))
        return {
            "age": rules.are_of_age(own["born"], least, most, start, today),
            "language": self._speak(opening.languages),
            "location_type": rules.are_of_wanted_type(own["wanted"], int(need["location"][0])),
            "too_far": self.within(opening),
            "wrong_time": rules.have_time_in_common(own["slots"], int(need["slots"][0])),
        }

    def within(self, opening: Opening, times: float = 1.0) -> Bools:
        """Mark for whom an opening is within reach, were their radius so many times as long."""
        need, own = _as_row(opening), self.rows
        squared = sum(((own[axis] - need[axis][0]) ** 2 for axis in "xyz"), np.zeros(len(own)))
        # Whoever has not said where they are is asked about needs of any place, and of none.
        squared = np.where(np.isinf(own["reach"]), 0.0, squared)
        return rules.are_within(squared, times**2 * own["reach"], int(need["location"][0]))

    def _speak(self, asked: tuple[LanguageAtLevel, ...]) -> Bools:
        spoken = [tuple(self.languages.at(number)) for number in range(len(self.languages.sizes))]
        enough = [not one or all(speaks(one, language) for language in asked) for one in spoken]
        return np.array(enough, bool)[self.rows["languages"]]

    def share(self, opening: Opening) -> Bools:
        """Mark whoever cares about what the need is about: a cause, a subject or a skill in common."""
        own, about = self.rows, subjects_of(Text(opening.title, opening.description, opening.causes))
        found: Bools = (self.causes.overlaps(opening.causes) > 0)[own["causes"]]
        found |= (self.subjects.overlaps(about) > 0)[own["subjects"]]
        found |= (self.skills.overlaps(code for code, _ in opening.skills) > 0)[own["skills"]]
        return found

    def read(self, language: str) -> Bools:
        """Mark who reads a language."""
        found: Bools = (self.reads.overlaps([language]) > 0)[self.rows["reads"]]
        return found

    def users_of(self, word: str) -> int:
        """Count the people in whose own words a folded word is found."""
        return int(self._used_by[word_features(word)[-1]])


def _as_row(opening: Opening) -> Rows:
    rows = Rows()
    rows.append(opening)
    return rows


def _place(person: Person) -> dict[str, object]:
    if person.latitude is None or person.longitude is None:
        return {"x": np.nan, "y": np.nan, "z": np.nan, "reach": np.inf}
    x, y, z = unit_vector(person.latitude, person.longitude)
    return {"x": x, "y": y, "z": z, "reach": squared_chord(person.radius_km)}


def subjects_of(text: Text) -> frozenset[int]:
    """Give the concepts (`matching.lexicon`) that a text means, in whichever language."""
    return _read(text.title)[1] | _read(text.body)[1] | _concepts_of_causes(text.causes)


def _read(text: str) -> tuple[Ints, frozenset[int]]:
    """Give the numbers of a text's words, each once, and the concepts that they mean."""
    said = words(text)
    features = [word_features(word) for word in dict.fromkeys(said)]
    numbers = np.unique(np.array([one[-1] for one in features], np.int64))
    concepts = {int(concept) for one in features if len(one) > 1 for concept in one[:-1]}
    return numbers, frozenset(concepts.union(concept for _, _, concept in phrases_in(said)))


def _concepts_of_causes(causes: frozenset[str]) -> frozenset[int]:
    return frozenset(one for cause in causes for one in lexicon().causes.get(cause, ()))
