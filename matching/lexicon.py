"""The concepts: about fifty subjects of voluntary work, and how each is said in en, uk and ru.

`lexicon/concepts.json` lists, for each concept, the causes that mean it and its stems in each
language. A stem stands for every word that begins with it; with ``=`` at its end, for that word
only. Several stems are a phrase: words beginning with each, one straight after another.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from matching.words import fold

_LANGUAGES = ("en", "uk", "ru")
_LONGEST_STEM = 16


@dataclass(frozen=True)
class Lexicon:
    """Concepts by number, with the stems, phrases and causes that mean them."""

    names: tuple[str, ...]
    causes: dict[str, frozenset[int]]
    stems: dict[str, set[int]] = field(default_factory=dict)
    exact: dict[str, set[int]] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], int]]] = field(default_factory=dict)

    def learn(self, said: str, concept: int) -> None:
        """Add one way of saying a concept."""
        parts = tuple(_folded(part) for part in said.replace("-", " ").split())
        if len(parts) > 1:
            self.phrases.setdefault(parts[0], []).append((parts, concept))
        elif parts[0].endswith("="):
            self.exact.setdefault(parts[0][:-1], set()).add(concept)
        else:
            self.stems.setdefault(parts[0], set()).add(concept)

    def concepts_of(self, word: str) -> frozenset[int]:
        """Give the concepts that a folded word means by itself."""
        found = set(self.exact.get(word, ()))
        for length in range(2, min(len(word), _LONGEST_STEM) + 1):
            found |= self.stems.get(word[:length], set())
        return frozenset(found)

    def phrases_from(self, word: str) -> tuple[tuple[tuple[str, ...], int], ...]:
        """Give the phrases that may begin with a folded word."""
        beginnings = {word[:length] for length in range(2, len(word) + 1)} | {f"{word}="}
        keys = sorted(beginnings & self.phrases.keys())
        return tuple(phrase for key in keys for phrase in self.phrases[key])


def _folded(part: str) -> str:
    return fold(part.removesuffix("=")) + ("=" if part.endswith("=") else "")


def begins(word: str, stem: str) -> bool:
    """Say whether a folded word is one that the stem stands for."""
    return word == stem[:-1] if stem.endswith("=") else word.startswith(stem)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Read the concepts, once."""
    path = Path(__file__).parent / "lexicon" / "concepts.json"
    entries = json.loads(path.read_text(encoding="utf-8"))
    causes: dict[str, set[int]] = {}
    for number, entry in enumerate(entries.values()):
        for cause in entry["causes"]:
            causes.setdefault(cause, set()).add(number)
    read = Lexicon(tuple(entries), {cause: frozenset(found) for cause, found in causes.items()})
    for number, entry in enumerate(entries.values()):
        for language in _LANGUAGES:
            for said in entry[language]:
                read.learn(said, number)
    return read
