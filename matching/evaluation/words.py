"""The text protocol: own translations found, and needs and organisations put where people put them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from matching.arrays import Array, Bools
from matching.embedding import is_installed, unpacked
from matching.evaluation.embedded import embedded
from matching.evaluation.placing import Placing, by_all, by_vectors, by_words, by_words_and_letters
from matching.evaluation.rankers import OURS
from matching.evaluation.report import Row, judge_texts
from matching.evaluation.tables import NoSuchTableError, Record, read_table
from matching.evaluation.translations import judge_translations
from matching.evaluation.trials import Progress
from matching.means import DIMENSIONS, SENTENCES
from matching.vectors import Text

#: Part of a hundred, by a hash of the id, where there is no test part.
_HELD_BACK = 30
#: A segment of more texts than this is not embedded: three long ones a second are half an hour and more.
_MOST_EMBEDDED = 6000


class Labelled(NamedTuple):
    """A text, and where people put it."""

    name: str
    said: str
    label: str


class _NothingToJudgeError(Exception):
    """A segment has nothing to learn from, or nothing to judge."""


def judge_words(train: Path, test: Path | None, say: Progress) -> list[Row]:
    """`text`: Recall@1 of initiatives' own translations; accuracy of NYC categories and ICNP/TSO sections.

    A segment that cannot be judged is left out, and `say` is told why; NoSuchTableError where none can be.
    """
    rows: list[Row] = []
    reasons: list[str] = []
    parts: dict[str, Callable[[], list[Row]]] = {
        "translations": lambda: judge_translations(train, test, say),
        "nyc_category": lambda: _judge("nyc_category", _needs, train, test, say),
        "icnptso_section": lambda: _judge("icnptso_section", _organisations, train, test, say),
    }
    for name, judge in parts.items():
        try:
            rows += judge()
        except (NoSuchTableError, _NothingToJudgeError) as missing:
            reasons.append(f"{name} is left out: {missing}")
            say(reasons[-1])
    if not rows:
        raise NoSuchTableError(" ".join(reasons))
    return rows


def _judge(
    segment: str, read: Callable[[Path], list[Labelled]], train: Path, test: Path | None, say: Progress
) -> list[Row]:
    texts, held = _parts(read, train, test)
    said = np.array([one.said for one in texts], object)
    vectors = _vectors(segment, [Text(body=one.said) for one in texts], say)
    names, labels = np.array([one.name for one in texts]), np.array([one.label for one in texts])
    rows = []
    for ranker, place in _ways(vectors).items():
        say(f"{segment}: {ranker}, learning from {np.count_nonzero(~held)} texts ...")
        try:
            placed = place(said, vectors, labels, held)
        except ValueError as why:  # scikit-learn's word for texts without words, for one
            raise _NothingToJudgeError(f"{ranker} can learn nothing from these texts: {why}") from None
        right = np.asarray(placed == labels[held], np.float64)
        rows.append(judge_texts(ranker, segment, right, names[held], "accuracy"))
    if not len(vectors):  # ours is plain then
        rows.append(replace(rows[-1], ranker=OURS))
    return rows


def _ways(vectors: Array) -> dict[str, Placing]:
    plain: dict[str, Placing] = {"tf_idf": by_words, "plain": by_words_and_letters}
    if len(vectors):
        return plain | {"semantic_raw": by_vectors, OURS: by_all}
    return plain


def _parts(
    read: Callable[[Path], list[Labelled]], train: Path, test: Path | None
) -> tuple[list[Labelled], Bools]:
    """Give all texts, marked where they are held back: the test part, or some by a hash."""
    texts = read(train)
    if test is None:
        hashes = [hashlib.sha256(f"held back:{one.name}".encode()).hexdigest()[:8] for one in texts]
        held = np.array([int(one, 16) % 100 < _HELD_BACK for one in hashes], bool)
    else:
        later = read(test)
        judged = {one.name for one in later}
        texts = [one for one in texts if one.name not in judged] + later
        held = np.arange(len(texts)) >= len(texts) - len(later)
    if not held.any():
        raise _NothingToJudgeError(f"no text that people put anywhere in {test or train} to judge.")
    labels = {one.label for one, later in zip(texts, held, strict=True) if not later}
    if len(labels) <= 1:
        raise _NothingToJudgeError(f"too few texts that people put anywhere in {train} to learn from.")
    return texts, held


def _vectors(segment: str, texts: list[Text], say: Progress) -> Array:
    """Embed all texts; no rows where that is not installed or would take too long."""
    if not is_installed() or len(texts) > _MOST_EMBEDDED:
        if is_installed():
            say(f"{segment}: {len(texts)} texts are too many to embed; {OURS} is plain here.")
        return np.zeros((0, 0), np.int8)
    nothing = np.zeros(DIMENSIONS[SENTENCES], np.int8)
    found = [unpacked(one.vector) for one in embedded(segment, texts, say)]
    return np.array([nothing if one is None else one for one in found])


def _needs(place: Path) -> list[Labelled]:
    columns = ("opportunity_id", "title", "summary", "category_desc")
    return [
        Labelled(
            one["opportunity_id"],
            f"{one['title']}. {one['title']}. {one['summary']}",  # a title says more than as many words below
            one["category_desc"].strip(),
        )
        for one in read_table(place, "needs_nyc_service/opportunities.csv", columns)
        if one["category_desc"].strip()
    ]


def _organisations(place: Path) -> list[Labelled]:
    """Read one or both tables; an organisation of both counts once."""
    files = [f"orgs_uk_charities/{name}.csv" for name in ("top2000", "sample")]
    there = [name for name in files if (place / name).is_file()]
    columns = ("org_id", "name", "activities", "objects", "ICNPTSO")
    records: dict[str, Record] = {}
    for name in there or files:
        rows = read_table(place, name, columns)
        records |= {one["org_id"]: one for one in rows if one["ICNPTSO"].strip()}
    return [
        Labelled(name, f"{one['name']}. {one['activities']} {one['objects']}", one["ICNPTSO"].strip()[0])
        for name, one in records.items()
    ]
