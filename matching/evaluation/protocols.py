"""The protocols by name: each compares rankers on one data set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matching.evaluation.coupon import rank_offers
from matching.evaluation.meetup import rank_choices, rank_new_needs, rank_replies
from matching.evaluation.report import SEED, Report, Row
from matching.evaluation.scistarter import rank_projects
from matching.evaluation.trials import Progress
from matching.evaluation.words import judge_words

#: Each takes the folder to learn from, the folder of the test part (None: part of the first is held back),
#: and somewhere to say how far it is.
PROTOCOLS: dict[str, Callable[[Path, Path | None, Progress], list[Row]]] = {
    "meetup": rank_choices,
    "meetup-new-needs": rank_new_needs,
    "meetup-answers": rank_replies,
    "coupon": rank_offers,
    "scistarter": rank_projects,
    "text": judge_words,
}


def evaluate(protocol: str, train: Path, test: Path | None, say: Progress) -> Report:
    """Run a protocol; raises NoSuchTableError where a table is missing, KeyError for an unknown name."""
    return Report(protocol, SEED, tuple(PROTOCOLS[protocol](train, test, say)))
