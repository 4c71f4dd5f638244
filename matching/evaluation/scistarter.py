"""The SciStarter protocol: one join of each person is left out, and looked for among all other projects."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy import sparse

from matching.arrays import Floats
from matching.evaluation.filtering import implicit
from matching.evaluation.lists import Histories, Lists, joined
from matching.evaluation.own import ours
from matching.evaluation.rankers import Ranker, boosted_trees, by_column, by_rule, logistic, others
from matching.evaluation.report import Row, judge_lists
from matching.evaluation.scistarter_features import Counts, Offered, Projects, left_out
from matching.evaluation.tables import read_table
from matching.evaluation.trials import Progress, Trial, mean_ndcg
from matching.words import fold

FOLDER = "choices_scistarter"
#: The platform joins these to others by itself: they would give the answer away.
LEFT_OUT = frozenset({"92", "2813"})
#: Parts of a hundred, by a hash of the person.
_FOR_SETTINGS = 25
_PARTS = 10
#: Without a test part, everyone is judged in one of so many parts.
_JUDGED_IN = 5
#: Shorter words of a project's name say nothing.
_SHORTEST = 4
#: How much a project's popularity counts beside EASE.
_POPULARITY = 0.05
#: Where ours begins: popularity among those who join many, and what goes with their joins (a naive Bayes
#: classifier, its evidence damped because joins are not independent).
_PULL = 100.0
_PRIOR = {"popular_with_many": 1.0, "lift_30": 0.6}
Joins = dict[str, tuple[str, ...]]


def rank_projects(train: Path, test: Path | None, say: Progress) -> list[Row]:
    """`scistarter`: HR@5 and NDCG@10 of the join left out, for persons who joined more than one.

    Without a test part each person is judged once: in five parts, learning from the other four.
    """
    joins = _joins(train)
    tested = [_joins(test)] if test else _in_parts(joins)
    ids = sorted({one for part in (joins, *tested) for of in part.values() for one in of}, key=int)
    projects = read_projects(train, ids)
    trials = []
    for number, part in enumerate(tested, start=1):
        say(f"Counting which projects go together, part {number} of {len(tested)} ...")
        trials.append(_trial({one: of for one, of in joins.items() if one not in part}, part, projects))
    left = joined([trial.judged for trial in trials])
    return [
        row
        for ranker in _rankers(left.names)
        for row in judge_lists(
            ranker.name, left, np.concatenate([trial.scores(ranker, say) for trial in trials]), ("all",)
        )
    ]


def _in_parts(joins: Joins) -> list[Joins]:
    return [
        {one: of for one, of in joins.items() if _part(one, "test") % _JUDGED_IN == part}
        for part in range(_JUDGED_IN)
    ]


def _trial(known: Joins, tested: Joins, projects: Projects) -> Trial:
    learnt, left = _learnt(known, projects), judged(known, tested, projects)
    tried = np.array([_part(str(one), "settings") < _FOR_SETTINGS for one in learnt.persons])
    return Trial(learnt, tried, left, mean_ndcg)


def _rankers(names: tuple[str, ...]) -> list[Ranker]:
    prior = [_PRIOR.get(name, 0.0) for name in names]
    learning = [logistic((1.0, 10.0)), boosted_trees(), *others(in_lists=True), *implicit()]
    ease = by_rule("ease", {"ease": 1.0, "popularity": _POPULARITY})
    rules = [by_column("popularity"), by_column("cosine"), ease, by_column("lift_30")]
    return [*rules, *learning, ours([[{"l2": _PULL, "prior": prior}]])]


def _part(name: str, purpose: str) -> int:
    return int(hashlib.sha256(f"{purpose}:{name}".encode()).hexdigest()[:8], 16) % 100


def _joins(place: Path) -> Joins:
    found: dict[str, dict[str, None]] = {}
    for one in read_table(place, f"{FOLDER}/joins.csv"):
        if one["project"] not in LEFT_OUT:
            found.setdefault(one["user"], {})[one["project"]] = None
    return {user: tuple(projects) for user, projects in found.items()}


def read_projects(place: Path, ids: Iterable[str]) -> Projects:
    """Read what is known of some projects."""
    ids = tuple(ids)
    said = {one["project"]: one for one in read_table(place, f"{FOLDER}/projects_data.csv")}
    name = {one["project"]: one["name"] for one in read_table(place, f"{FOLDER}/projects_names.csv")}
    topics = [set(ast.literal_eval(said.get(one, {}).get("topics") or "[]")) for one in ids]
    words = [{word for word in fold(name.get(one, "")).split() if len(word) >= _SHORTEST} for one in ids]
    where = {"Outdoors": 1.0, "Indoors": 0.0}
    places = [said[one]["project_takes_place"] if one in said else None for one in ids]
    return Projects(
        ids,
        _alike(topics, np.nan),
        (_alike(words, 0.0) > 0).astype(float),
        np.array([np.nan if place is None else where.get(place, 0.5) for place in places]),
    )


def _alike(sets: list[set[str]], unknown: float) -> Floats:
    """Shared part of any two sets (Jaccard); `unknown` where one is empty."""
    return np.array(
        [[len(a & b) / len(a | b) if a and b else unknown for b in sets] for a in sets], np.float64
    )


def _marks(joins: Joins, projects: Projects) -> Floats:
    number = {one: column for column, one in enumerate(projects.ids)}
    marks = np.zeros((len(joins), len(number)))
    for row, of in enumerate(joins.values()):
        marks[row, [number[one] for one in of]] = 1
    return marks


def _learnt(known: Joins, projects: Projects) -> Lists:
    """Leave out each join of each known person; only persons of other parts are counted for them."""
    marks = _marks(known, projects)
    parts = np.array([_part(person, "counts") % _PARTS for person in known])
    lists = []
    for part in range(_PARTS):
        counts = Counts.of(marks[parts != part])
        ease = counts.ease()
        for person, row in zip(np.array(list(known))[parts == part], marks[parts == part], strict=True):
            offered = Offered(projects, counts, ease, row > 0)
            lists += [(str(person), offered, int(one)) for one in np.flatnonzero(row) if row.sum() > 1]
    return _lists(lists)


def judged(known: Joins, tested: Joins, projects: Projects) -> Lists:
    """Leave out one join of each tested person: that with the smallest hash; the known are counted."""
    counts = Counts.of(_marks(known, projects))
    ease = counts.ease()
    lists = []
    for (person, of), row in zip(tested.items(), _marks(tested, projects), strict=True):
        if len(of) > 1:
            hashes = {hashlib.sha256(f"{person}{one}".encode()).hexdigest(): one for one in of}
            offered = Offered(projects, counts, ease, row > 0)
            lists.append((person, offered, projects.ids.index(hashes[min(hashes)])))
    return _lists(lists)


def _lists(found: list[tuple[str, Offered, int]]) -> Lists:
    made = [(*left_out(offered, one), one) for _, offered, one in found]
    before = np.array([offered.joined & (np.arange(len(offered.joined)) != one) for _, offered, one in found])
    histories = Histories(
        sparse.csr_matrix(before.astype(np.float64)), np.concatenate([offers for _, offers, _, _ in made])
    )
    return Lists(
        made[0][2],
        np.concatenate([features for features, _, _, _ in made]),
        np.concatenate([offers == one for _, offers, _, one in made]),
        np.concatenate([[0], np.cumsum([len(offers) for _, offers, _, _ in made])]),
        np.array([person for person, _, _ in found]),
        {"all": np.ones(len(found), bool)},
        histories,
    )
