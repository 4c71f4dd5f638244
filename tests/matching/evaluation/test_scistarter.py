"""The SciStarter protocol: which join is left out, and that no one is counted for themselves."""

from __future__ import annotations

import hashlib
import random

import numpy as np
import pytest

from matching.evaluation.scistarter import judged, rank_projects, read_projects
from matching.evaluation.scistarter_features import Counts, Offered, left_out
from tests.matching.evaluation.meetup_files import write

PROJECTS = ["11", "12", "13", "14", "15", "16", "17", "18", "92", "2813"]


def write_scistarter(place, persons=120, seed=3, name="u"):
    chance = random.Random(seed)
    joins = []
    for number in range(persons):
        kind = number % 2
        own = chance.sample(PROJECTS[:8][kind::2], 2) + chance.sample(PROJECTS, 1)
        joins += [{"user": f"{name}{number}", "project": one} for one in own]
    about = [
        {"project": one, "topics": "['birds']", "project_takes_place": "Outdoors"} for one in PROJECTS[:6]
    ]
    folder = place / "choices_scistarter"
    write(folder / "joins.csv", joins)
    write(folder / "projects_data.csv", about)
    write(folder / "projects_names.csv", [{"project": one, "name": f"Count {one} birds"} for one in PROJECTS])
    return place


def test_one_join_hidden_is_looked_for_among_all_not_joined(tmp_path):
    projects = read_projects(write_scistarter(tmp_path), PROJECTS[:8])
    joined = np.array([1, 1, 0, 0, 1, 0, 0, 0], bool)
    counts = Counts.of(np.array([joined, ~joined], float))

    features, offers, names = left_out(Offered(projects, counts, counts.ease(), joined), 4)

    assert offers.tolist() == [2, 3, 4, 5, 6, 7]
    assert features.shape == (6, len(names))


def test_ease_solves_its_own_regression():
    """Each project is regressed on all others with a ridge: the slow way, one by one."""
    joined = (np.random.default_rng(1).random((60, 5)) < 0.4).astype(float)
    many = joined[joined.sum(axis=1) > 1]
    slow = np.zeros((5, 5))
    for one in range(5):
        rest = [other for other in range(5) if other != one]
        ridge = many[:, rest].T @ many[:, rest] + 20 * np.eye(4)
        slow[rest, one] = np.linalg.solve(ridge, many[:, rest].T @ many[:, one])

    assert Counts.of(joined).ease() == pytest.approx(slow)


def test_all_rankers_find_what_goes_together_and_the_test_part_is_new_persons(tmp_path):
    train = write_scistarter(tmp_path / "a")
    test = write_scistarter(tmp_path / "b", persons=30, seed=4, name="v")

    rows = {row.ranker: row for row in rank_projects(train, test, lambda _: None)}

    assert {row.persons for row in rows.values()} <= {30}
    assert rows["halfway"].hr_at_5 > 0.75
    assert rows["halfway"].ndcg_at_10 > rows["popularity"].ndcg_at_10
    assert rows["halfway"].low < rows["halfway"].ndcg_at_10 < rows["halfway"].high


def test_the_join_left_out_is_that_with_the_smallest_hash(tmp_path):
    projects = read_projects(write_scistarter(tmp_path), PROJECTS[:8])
    known, tested = {"u1": ("11", "12"), "u2": ("12", "13")}, {"u3": ("11", "13", "15"), "u4": ("11",)}
    smallest = min(tested["u3"], key=lambda one: hashlib.sha256(f"u3{one}".encode()).hexdigest())

    lists = judged(known, tested, projects)
    left = [one for one in PROJECTS[:8] if one == smallest or one not in tested["u3"]]

    assert lists.persons.tolist() == ["u3"]
    assert [one for one, chosen in zip(left, lists.chosen, strict=True) if chosen] == [smallest]
