"""What a run found: a row for each ranker and segment, with intervals over persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from matching.arrays import Array, Floats
from matching.evaluation.lists import Lists
from matching.metrics import (
    auc,
    auc_by_group,
    bootstrap_auc,
    bootstrap_interval,
    ece,
    hit_rate_at_k,
    mrr,
    ndcg_at_k,
)

SEED = 20260302


@dataclass(frozen=True, slots=True)
class Row:
    """One ranker in one segment; None where a protocol does not ask for a number.

    `n` lists, answers or texts of so many `persons`; `low` and `high` are the interval of the first number
    that is there (95 % of the draws of persons).
    """

    ranker: str
    segment: str
    n: int
    persons: int
    low: float | None = None
    high: float | None = None
    ndcg_at_10: float | None = None
    hr_at_5: float | None = None
    hr_at_10: float | None = None
    mrr: float | None = None
    auc: float | None = None
    ece: float | None = None
    log_loss: float | None = None
    accuracy: float | None = None
    recall_at_1: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All rows of a run, with the protocol and the seed of everything drawn."""

    protocol: str
    seed: int
    rows: tuple[Row, ...]


def judge_lists(ranker: str, lists: Lists, scores: Floats, segments: tuple[str, ...]) -> list[Row]:
    """Judge lists of each of which one offer was chosen."""
    runs = [lists.rows(number) for number in range(len(lists))]
    placed = [(int(np.flatnonzero(lists.chosen[run])[0]), scores[run]) for run in runs]
    values = {
        "ndcg_at_10": np.array([ndcg_at_k(lists.chosen[run], scores[run], 10) for run in runs]),
        "hr_at_5": np.array([hit_rate_at_k(chosen, some, 5) for chosen, some in placed]),
        "hr_at_10": np.array([hit_rate_at_k(chosen, some, 10) for chosen, some in placed]),
        "mrr": np.array([mrr(chosen, some) for chosen, some in placed]),
    }
    marks = {name: lists.segments[name] for name in segments if lists.segments[name].any()}
    return [
        _means(ranker, name, {metric: each[mark] for metric, each in values.items()}, lists.persons[mark])
        for name, mark in marks.items()
    ]


def _means(ranker: str, segment: str, values: dict[str, Floats], persons: Array) -> Row:
    main = next(iter(values))
    interval = bootstrap_interval(values[main], persons, seed=SEED)
    means = {name: float(each.mean()) for name, each in values.items()}
    return Row(ranker, segment, len(persons), len(np.unique(persons)), interval.low, interval.high, **means)


def judge_answers(
    ranker: str, answers: Lists, scores: Floats, segment: str, *, log_odds: bool, by_person: bool
) -> Row:
    """Judge answers, yes or no, each a list of its own: the AUC of all, or the mean of each person's.

    Where the scores are log-odds, calibration and log-loss too.
    """
    mark = answers.segments[segment]
    yes, some, persons = answers.chosen[mark], scores[mark], answers.persons[mark]
    each = auc_by_group(yes, some, persons)
    interval = (
        bootstrap_interval(each, np.unique(persons), seed=SEED)
        if by_person
        else bootstrap_auc(yes, some, persons, seed=SEED)
    )
    chances = 1 / (1 + np.exp(-np.clip(some, -30, 30)))
    return Row(
        ranker,
        segment,
        len(yes),
        len(each),
        interval.low,
        interval.high,
        auc=float(np.nanmean(each)) if by_person else auc(yes, some),
        ece=ece(yes, chances) if log_odds else None,
        log_loss=float(-np.log(np.where(yes, chances, 1 - chances)).mean()) if log_odds else None,
    )


def judge_texts(
    ranker: str, segment: str, right: Floats, texts: Array, metric: Literal["accuracy", "recall_at_1"]
) -> Row:
    """Judge texts, each found or put right (1) or not (0); `texts` says which of them are one text."""
    interval = bootstrap_interval(right, texts, seed=SEED)
    found = {metric: float(right.mean())}
    return Row(ranker, segment, len(right), len(np.unique(texts)), interval.low, interval.high, **found)
