"""The measuring itself: it runs, and its made-up world is the same every time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching import bench
from matching.bench import made_up_index, measure
from matching.made_up import AT, openings, people
from matching.ranking import rank


def test_a_small_world_is_measured():
    found, index = measure(300, 20, neighbours=True)

    assert found.needs == 300
    assert len(index) == 400, "the puts that were measured are in it"
    assert found.neighbours_ms > 0
    assert 0 < found.median_ms <= found.p99_ms
    assert found.ratio > 0
    assert found.eligible > 0
    assert found.night_people >= 200
    assert found.night_minutes == pytest.approx(found.night_ms * 1_000_000 / 60_000)
    assert 0 < found.night_quickest_ms <= found.night_ms


def test_more_needs_than_are_made_up_are_the_same_ones_again_and_ranked_as_any(monkeypatch):
    monkeypatch.setattr(bench, "MOST_DIFFERENT", 50)
    index = made_up_index(200)
    person = next(people(1, seed=3))
    matches = rank(replace(person, radius_km=20_000.0), index, at=AT)

    assert len(set(index.need_ids())) == len(index) == 200
    assert index.is_arranged
    assert len(index.eligible_rows(person, at=AT)) == 4 * len(made_up_index(50).eligible_rows(person, at=AT))
    assert matches[0].utility == matches[2].utility, "each is there four times"


def test_a_seed_makes_one_world():
    assert list(openings(5, seed=2)) == list(openings(5, seed=2))
    assert list(people(5, seed=2)) == list(people(5, seed=2))
    assert list(openings(5, seed=2)) != list(openings(5, seed=3))
