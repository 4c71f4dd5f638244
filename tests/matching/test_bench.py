"""The measuring itself: it runs, and its made-up world is the same every time."""

from __future__ import annotations

from matching.bench import measure
from matching.made_up import openings, people


def test_a_small_world_is_measured():
    found = measure(300, 20)

    assert found.needs == 300
    assert 0 < found.median_ms <= found.p99_ms
    assert found.ratio > 0
    assert found.eligible > 0


def test_a_seed_makes_one_world():
    assert list(openings(5, seed=2)) == list(openings(5, seed=2))
    assert list(people(5, seed=2)) == list(people(5, seed=2))
    assert list(openings(5, seed=2)) != list(openings(5, seed=3))
