"""Own translations found: each text asks for itself among all texts of another language.

The means of languages are taken over all texts at hand, those judged among them, which says nothing of what
belongs to what: the service takes them over all open needs each night, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.arrays import Bools, Floats
from matching.embedding import is_installed, unpacked
from matching.evaluation.embedded import embedded
from matching.evaluation.rankers import OURS
from matching.evaluation.report import Row, judge_texts
from matching.evaluation.tables import NoSuchTableError, read_table
from matching.evaluation.trials import Progress
from matching.likeness import Likeness
from matching.meanings import meanings
from matching.means import SENTENCES, WORDS, Means, means_of, scaled
from matching.metrics import recall_at_1
from matching.text import Texts
from matching.vectors import Text

_INITIATIVES = "needs_ukraine_parallel/initiatives_uk_en.csv"
_GOALS = "vocab/sdg_goals_en_uk_ru.csv"


class Pairs(NamedTuple):
    """Texts of two languages in one order, each with its translation; and which of them are judged."""

    languages: tuple[str, str]
    texts: tuple[list[Text], list[Text]]
    judged: Bools


Similar = Callable[[Sequence[Text], Sequence[Text]], Floats]


def judge_translations(train: Path, test: Path | None, say: Progress) -> list[Row]:
    """Give Recall@1 both ways: Ukrainian and English initiatives; Russian goals, which are no part of a test.

    Pairs whose table is missing, or holds none to judge, are left out, and `say` is told.
    """
    rows: list[Row] = []
    parts: dict[str, Callable[[], Pairs]] = {
        "uk_en": lambda: _initiatives(train, test),
        "ru_en": lambda: _goals(train),
    }
    for name, read in parts.items():
        try:
            pairs = read()
        except NoSuchTableError as missing:
            say(f"{name} is left out: {missing}")
            continue
        if not pairs.judged.any():
            say(f"{name} is left out: no text in {test or train} has a translation.")
            continue
        rows += _judge(_embedded(pairs, say))
    return sorted(rows, key=lambda row: row.segment)


def _initiatives(train: Path, test: Path | None) -> Pairs:
    """Read the initiatives; those of a test part are judged, and looked for among all."""
    columns = ("name_uk", "description_uk", "name_en", "description_en")
    later = [] if test is None else read_table(test, _INITIATIVES, columns)
    is_known = test is None or (train / _INITIATIVES).is_file()
    records = read_table(train, _INITIATIVES, columns) if is_known else []
    known = 0 if test is None else len(records)
    return _pairs(records + later, known, ("uk", "en"), "name_{}", "description_{}")


def _goals(train: Path) -> Pairs:
    columns = ("short_ru", "title_ru", "short_en", "title_en")
    return _pairs(read_table(train, _GOALS, columns), 0, ("ru", "en"), "short_{}", "title_{}")


def _pairs(records: Sequence[dict[str, str]], known: int, languages: tuple[str, str], *names: str) -> Pairs:
    title, body = names
    sides = tuple(
        [Text(one[title.format(side)], one[body.format(side)], language=side) for one in records]
        for side in languages
    )
    whole = [
        at for at, texts in enumerate(zip(*sides, strict=True)) if all(one.title or one.body for one in texts)
    ]
    kept = tuple([side[at] for at in whole] for side in sides)
    return Pairs(languages, (kept[0], kept[1]), np.array(whole, np.int64) >= known)


def _embedded(pairs: Pairs, say: Progress) -> Pairs:
    one, other = pairs.texts
    texts = embedded("_".join(pairs.languages), one + other, say)
    return pairs._replace(texts=(texts[: len(one)], texts[len(one) :]))


def _judge(pairs: Pairs) -> list[Row]:
    means = _means(pairs)
    rankers: dict[str, Similar] = {
        "tf_idf": _by_letters,
        "plain_no_meanings": lambda asking, texts: _by(Texts(), asking, texts),
        "plain": lambda asking, texts: _by(_around(means), _bare(asking), _bare(texts)),
    }
    if is_installed():
        rankers["semantic_raw"] = _by_raw_vectors
    rankers[OURS] = lambda asking, texts: _by(_around(means), asking, texts)
    rows, own = [], np.flatnonzero(pairs.judged)
    for one, other in ((0, 1), (1, 0)):
        segment = f"{pairs.languages[one]}_{pairs.languages[other]}"
        for ranker, similar in rankers.items():
            found = recall_at_1(similar(pairs.texts[one], pairs.texts[other])[own], own)
            rows.append(judge_texts(ranker, segment, found, own, "recall_at_1"))
    return rows


def _means(pairs: Pairs) -> Means:
    texts = [text for side in pairs.texts for text in side]
    languages = [text.language for text in texts]
    known = dict(means_of(WORDS, meanings(texts), languages).known)
    vectors = [unpacked(text.vector) for text in texts]
    there = [at for at, vector in enumerate(vectors) if vector is not None]
    if there:
        some = np.array([vectors[at] for at in there])
        known |= means_of(SENTENCES, some, [languages[at] for at in there]).known
    return Means(known)


def _around(means: Means) -> Likeness:
    held = Likeness()
    held.use(means)
    return held


def _bare(texts: Sequence[Text]) -> list[Text]:
    return [text._replace(vector=None) for text in texts]


def _by(held: Texts, asking: Sequence[Text], texts: Sequence[Text]) -> Floats:
    held.extend(texts)
    held.merge()
    rows = np.arange(len(texts))
    asked = [(f"{text.title}\n{text.body}", text.language, text.vector) for text in asking]
    queries = [held.query(*one) if isinstance(held, Likeness) else held.query(one[0]) for one in asked]
    return np.array([held.similarities(query, rows) for query in queries])


def _by_raw_vectors(asking: Sequence[Text], texts: Sequence[Text]) -> Floats:
    sides = [np.array([unpacked(text.vector) for text in side], np.float32) for side in (asking, texts)]
    similar: Floats = scaled(sides[0]) @ scaled(sides[1]).T
    return similar


def _by_letters(asking: Sequence[Text], texts: Sequence[Text]) -> Floats:
    said, asked = ([f"{text.title}\n{text.body}" for text in side] for side in (texts, asking))
    vectors: Any = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit(said)
    similar: Floats = (vectors.transform(asked) @ vectors.transform(said).T).toarray()
    return similar
