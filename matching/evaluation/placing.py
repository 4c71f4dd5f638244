"""Ways to put a text where people would put it, from texts and, where there are any, their vectors."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from matching.arrays import Array, Bools, Floats
from matching.means import scaled

_SVC, _LOGISTIC = (0.1, 0.3, 1.0), (1.0, 10.0, 100.0)
_NEIGHBOURS, _PARTS, _TWO = 9, 3, 2
#: From so many texts on, runs of letters that only one of them has are left out.
_FEW_TEXTS = 50
#: Texts and the rows of their vectors, labels, and which of them are judged; gives the judged ones' labels.
Placing = Callable[[Array, Array, Array, Bools], Array]


def by_words(said: Array, _vectors: Array, labels: Array, judged: Bools) -> Array:
    """The common baseline: TF-IDF of words and a logistic regression."""
    known = labels[~judged]
    vectors = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    model = make_pipeline(vectors, _chosen(LogisticRegression(max_iter=500), "C", _LOGISTIC, known))
    placed: Array = model.fit(said[~judged], known).predict(said[judged])
    return placed


def by_words_and_letters(said: Array, _vectors: Array, labels: Array, judged: Bools) -> Array:
    """Words, pairs of words and runs of letters, and a linear support vector machine."""
    known = labels[~judged]
    placed: Array = _words_and_letters(known).fit(said[~judged], known).predict(said[judged])
    return placed


def by_vectors(_said: Array, vectors: Array, labels: Array, judged: Bools) -> Array:
    """Vectors as they came, and a logistic regression."""
    known = labels[~judged]
    model = _chosen(LogisticRegression(max_iter=1000), "C", _LOGISTIC, known)
    long = scaled(vectors.astype(np.float32))
    placed: Array = model.fit(long[~judged], known).predict(long[judged])
    return placed


def by_all(said: Array, vectors: Array, labels: Array, judged: Bools) -> Array:
    """Add up three opinions of equal weight: words and letters, nearest neighbours, linear discriminants."""
    long = scaled(vectors.astype(np.float32))
    around = scaled(long - long[~judged].mean(axis=0))
    classes = np.unique(labels[~judged])
    neighbours = KNeighborsClassifier(
        min(_NEIGHBOURS, np.count_nonzero(~judged)), metric="cosine", weights=_by_likeness
    )
    opinions: list[tuple[Any, Array]] = [(_words_and_letters(labels[~judged]), said), (neighbours, around)]
    if np.unique(labels[~judged], return_counts=True)[1].min() >= _TWO:  # one text has no spread
        opinions.append((LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"), around))
    scores = [_opinion(model, x, labels, judged, classes) for model, x in opinions]
    placed: Array = classes[np.sum(scores, axis=0).argmax(axis=1)]
    return placed


def _by_likeness(distances: Array) -> Floats:
    likeness: Floats = np.maximum(1 - distances, 1e-6) ** 2
    return likeness


def _opinion(model: Any, x: Array, labels: Array, judged: Bools, classes: Array) -> Floats:
    """Learn, and score each class, as deviations of one size in all opinions."""
    model.fit(x[~judged], labels[~judged])
    asked = x[judged]
    has_scores = hasattr(model, "decision_function")
    found = np.asarray(model.decision_function(asked) if has_scores else model.predict_proba(asked))
    if found.ndim == 1:  # two classes have one number between them
        found = np.column_stack([-found, found])
    scores = np.full((len(asked), len(classes)), found.min() if found.size else 0.0)
    scores[:, np.searchsorted(classes, model.classes_)] = found
    deviations = scores - scores.mean(axis=1, keepdims=True)
    size = deviations.std(axis=1).mean() if len(asked) else 1.0
    opinion: Floats = deviations / (size or 1.0)
    return opinion


def _words_and_letters(known: Array) -> Any:
    """Make vectors of words and letters once, for all settings tried: what they count is no label."""
    seen = 2 if len(known) >= _FEW_TEXTS else 1
    vectors = make_union(
        TfidfVectorizer(sublinear_tf=True, stop_words="english", ngram_range=(1, 2), strip_accents="unicode"),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=seen, max_features=200_000
        ),
    )
    return make_pipeline(vectors, _chosen(LinearSVC(), "C", _SVC, known))


def _chosen(model: LinearSVC | LogisticRegression, name: str, values: Sequence[float], known: Array) -> Any:
    """Choose a setting by parts of what is known; the middle one where that is too little to be parted.

    Each part must leave two classes to learn from.
    """
    counts = np.sort(np.unique(known, return_counts=True)[1])
    if counts[-1] < _PARTS or counts[-2] < _TWO:
        return model.set_params(**{name: values[len(values) // 2]})
    parts = StratifiedKFold(_PARTS, shuffle=True, random_state=0)
    with warnings.catch_warnings():  # a class of one or two texts is in as many parts, which is well
        warnings.filterwarnings("ignore", "The least populated class")
        cut = list(parts.split(known, known))
    return GridSearchCV(model, {name: list(values)}, cv=cut)
