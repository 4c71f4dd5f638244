"""Words as the ranking reads them: folded so that spellings of one word meet, in en, uk and ru."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Container
from functools import lru_cache
from pathlib import Path

#: Every sign that people type for the apostrophe inside a word; all of them are left out.
APOSTROPHES = "'’ʼ`ʹ‘′´"
_STRESS = "\u0301"
_LATIN_ENDS = 0x250
_NGRAM = 4

_WORD = re.compile(r"[^\W_]+")
_SPELLED = re.compile(rf"[^\W_]+(?:[{APOSTROPHES}{_STRESS}][^\W_]+)*")


def _foldings() -> dict[int, str | None]:
    """List what each letter is read as: accents go, й and ї stay, ё is е, ґ is г."""
    table: dict[int, str | None] = dict.fromkeys(map(ord, APOSTROPHES + _STRESS))
    table |= {ord("ё"): "е", ord("ґ"): "г"}
    for code in range(0xC0, _LATIN_ENDS):
        plain = unicodedata.normalize("NFD", chr(code))[0]
        if plain != chr(code):
            table[code] = plain
    return table


_FOLDINGS = _foldings()


def fold(text: str) -> str:
    """Make one spelling of many: case, accents, apostrophes, ё."""
    return unicodedata.normalize("NFC", text).casefold().translate(_FOLDINGS)


def words(text: str) -> list[str]:
    """Give the folded words of a text, without the words that say nothing."""
    return [sys.intern(word) for word in _WORD.findall(fold(text)) if word not in stop_words()]


def spelled_words(text: str) -> list[tuple[str, str]]:
    """Give the words of a text as their writer spelled them, each with its folded form."""
    found = _SPELLED.findall(unicodedata.normalize("NFC", text))
    pairs = [(spelled, fold(spelled)) for spelled in found]
    return [(spelled, word) for spelled, word in pairs if word and word not in stop_words()]


def spelled_runs(text: str, wanted: Container[str]) -> list[str]:
    """Find wanted words of a text as they were spelled; those with only spaces between stay together."""
    found: list[str] = []
    follows = -1
    for place, word, is_next in _spelled_in_place(text):
        if word not in wanted:
            continue
        if found and is_next and follows == place:
            found[-1] += f" {word}"
        else:
            found.append(word)
        follows = place + 1
    return found


@lru_cache(maxsize=4)  # one list asks for the same text over and over
def _spelled_in_place(text: str) -> tuple[tuple[int, str, bool], ...]:
    """Give each word of a text, its place, and whether nothing but spaces is between it and the last."""
    text = unicodedata.normalize("NFC", text)
    found = list(_SPELLED.finditer(text))
    ends = [0, *(word.end() for word in found)]
    between = (text[end : word.start()] for end, word in zip(ends, found, strict=False))
    each = enumerate(zip(found, between, strict=True))
    return tuple((place, word.group(), gap.isspace()) for place, (word, gap) in each)


def ngrams(word: str) -> list[str]:
    """Cut a word, with a space on either side, into runs of four letters."""
    padded = f" {word} "
    return [padded[at : at + _NGRAM] for at in range(max(1, len(padded) - _NGRAM + 1))]


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Give the words of the three languages that are everywhere."""
    path = Path(__file__).parent / "lexicon" / "stopwords.json"
    lists = json.loads(path.read_text(encoding="utf-8")).values()
    return frozenset(fold(word) for words_of_one in lists for word in words_of_one)
