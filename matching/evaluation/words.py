"""The text protocol: own translations found, and needs and organisations put where people put them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from matching.arrays import Bools, Floats
from matching.evaluation.rankers import OURS
from matching.evaluation.report import Row, judge_texts
from matching.evaluation.tables import Record, read_table, read_tables
from matching.evaluation.trials import Progress
from matching.metrics import recall_at_1
from matching.text import Texts
from matching.vectors import Text

#: Part of a hundred, by a hash of the id, where there is no test part.
_HELD_BACK = 30
_PENALTIES = {"svc": (0.1, 0.3, 1.0), "logistic": (1.0, 10.0, 100.0)}
#: What is said, and where people put it.
Labelled = list[tuple[str, str, str]]


def judge_words(train: Path, test: Path | None, say: Progress) -> list[Row]:
    """`text`: Recall@1 of initiatives' own translations; accuracy of NYC categories and ICNP/TSO sections."""
    rows = _translations(train, test)
    for segment, read in {"nyc_category": _needs, "icnptso_section": _organisations}.items():
        texts, held = _parts(read, train, test)
        for ranker, model in {"tf_idf_logistic": _words_only(), OURS: _words_and_letters()}.items():
            say(f"{segment}: {ranker} ...")
            right = _put(model, texts, held)
            names = np.array([name for name, _, _ in texts])[held]
            rows.append(judge_texts(ranker, segment, right, names, "accuracy"))
    return rows


def _parts(read: Callable[[Path], Labelled], train: Path, test: Path | None) -> tuple[Labelled, Bools]:
    """Give all texts, marked where they are held back: the test part, or some by a hash."""
    texts = read(train)
    if test is None:
        hashes = [hashlib.sha256(f"held back:{name}".encode()).hexdigest()[:8] for name, _, _ in texts]
        return texts, np.array([int(one, 16) % 100 < _HELD_BACK for one in hashes])
    later = read(test)
    return texts + later, np.arange(len(texts) + len(later)) >= len(texts)


def _put(model: GridSearchCV, texts: Labelled, held: Bools) -> Floats:
    """Learn from what is not held back, with settings chosen inside it; 1 where the rest is put right."""
    said = np.array([text for _, text, _ in texts], object)
    where = np.array([label for _, _, label in texts])
    model.fit(said[~held], where[~held])
    return np.asarray(model.predict(said[held]) == where[held], np.float64)


def _words_only() -> GridSearchCV:
    vectors = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    return _chosen(
        make_pipeline(vectors, LogisticRegression(max_iter=500)), "logisticregression__C", "logistic"
    )


def _words_and_letters() -> GridSearchCV:
    vectors = make_union(
        TfidfVectorizer(
            sublinear_tf=True, stop_words="english", ngram_range=(1, 2), min_df=2, strip_accents="unicode"
        ),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=3, max_features=150_000
        ),
    )
    return _chosen(make_pipeline(vectors, LinearSVC()), "linearsvc__C", "svc")


def _chosen(pipeline: Pipeline, name: str, kind: str) -> GridSearchCV:
    return GridSearchCV(pipeline, {name: _PENALTIES[kind]}, cv=3)


def _needs(place: Path) -> Labelled:
    records = read_table(place, "needs_nyc_service/opportunities.csv")
    return [
        (one["opportunity_id"], f"{one['title']}. {one['title']}. {one['summary']}", one["category_desc"])
        for one in records
        if one["category_desc"]
    ]


def _organisations(place: Path) -> Labelled:
    records: dict[str, Record] = {}
    for name in ("top2000", "sample"):
        records |= {one["org_id"]: one for one in read_table(place, f"orgs_uk_charities/{name}.csv")}
    return [
        (one["org_id"], f"{one['name']}. {one['activities']} {one['objects']}", one["ICNPTSO"][0])
        for one in records.values()
        if one["ICNPTSO"]
    ]


def _translations(train: Path, test: Path | None) -> list[Row]:
    """Look for each judged initiative's own translation among all initiatives of that language."""
    table = "needs_ukraine_parallel/initiatives_uk_en.csv"
    records = read_tables([train] if test is None else [train, test], table)
    judged = len(records) if test is None else len(read_table(test, table))
    said = {
        language: [f"{one[f'name_{language}']}\n{one[f'description_{language}']}".strip() for one in records]
        for language in ("uk", "en")
    }
    whole = [number for number in range(len(records)) if said["uk"][number] and said["en"][number]]
    asking = np.array([at for at, number in enumerate(whole) if number >= len(records) - judged])
    rows = []
    for one, other in (("uk", "en"), ("en", "uk")):
        queries, texts = ([said[language][number] for number in whole] for language in (one, other))
        for ranker, similar in {"tf_idf_letters": _by_letters, OURS: _by_own_vectors}.items():
            found = recall_at_1(similar(queries, texts)[asking], asking)
            rows.append(judge_texts(ranker, f"{one}_{other}", found, asking, "recall_at_1"))
    return rows


def _by_letters(queries: list[str], texts: list[str]) -> Floats:
    vectors: Any = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit(texts)
    similar: Floats = (vectors.transform(queries) @ vectors.transform(texts).T).toarray()
    return similar


def _by_own_vectors(queries: list[str], texts: list[str]) -> Floats:
    held = Texts()
    parts = [text.partition("\n") for text in texts]
    held.extend([Text(title, body) for title, _, body in parts])
    held.merge()
    rows = np.arange(len(texts))
    return np.array([held.similarities(held.query(query), rows) for query in queries])
