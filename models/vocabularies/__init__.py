"""The shared lists of codes with their words in en, uk and ru: causes, skills, languages, slots and more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = (
    "causes",
    "skills",
    "languages",
    "requirements",
    "rewards",
    "accessibility",
    "slots",
    "decline_reasons",
)
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of a vocabulary.

    `labels` holds its words by reader's language; `extras` what only this vocabulary has: `broader`,
    `icnptso` and `sdg` of a cause, `group` and `esco` of a skill, `index` of a slot.
    """

    code: str
    labels: Mapping[str, str]
    extras: Mapping[str, Any]


@cache
def entries(name: str) -> tuple[Entry, ...]:
    """The entries of a vocabulary in the order of its file; KeyError where there is no such vocabulary."""
    if name not in NAMES:
        raise KeyError(name)
    rows = json.loads(files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return tuple(
        Entry(row.pop("code"), MappingProxyType(row.pop("labels")), MappingProxyType(row)) for row in rows
    )


@cache
def codes(name: str) -> frozenset[str]:
    """The codes of a vocabulary, to ask whether one is known."""
    return frozenset(entry.code for entry in entries(name))


def label(name: str, code: str, language: str) -> str:
    """The words for a code in the reader's language, else in English; KeyError where the code is unknown."""
    labels = _by_code(name)[code].labels
    return labels.get(language, labels[FALLBACK])


def slots_mask(slots: Iterable[str]) -> int:
    """The slots as bits: Monday morning is bit 0, Sunday evening bit 20; KeyError where one is unknown."""
    mask = 0
    for slot in slots:
        mask |= 1 << _by_code("slots")[slot].extras["index"]
    return mask


def slot_codes(mask: int) -> tuple[str, ...]:
    """The slots of a mask, in the order of the week; ValueError where a bit stands for no slot."""
    if not 0 <= mask < 1 << len(entries("slots")):
        raise ValueError(f"{mask} is not a mask of {len(entries('slots'))} slots")
    return tuple(entry.code for entry in entries("slots") if mask >> entry.extras["index"] & 1)


@cache
def _by_code(name: str) -> Mapping[str, Entry]:
    return {entry.code: entry for entry in entries(name)}
