"""Pictures of comparisons: each ranker, its number and its interval; ours is told apart."""

from __future__ import annotations

import re

import pytest

from matching.evaluation.plots import CannotDrawError, check, draw
from matching.evaluation.report import Report, Row

pytest.importorskip("matplotlib")
ROWS = (
    Row("popularity", "warm", 1200, 300, 0.5, 0.56, ndcg_at_10=0.531),
    Row("halfway", "warm", 1200, 300, 0.81, 0.85, ndcg_at_10=0.833, mrr=0.7),
    Row("halfway", "cold", 90, 40, 0.7, 0.8, ndcg_at_10=0.752),
)


def test_each_row_is_drawn_with_its_number_and_the_same_twice(tmp_path):
    for name in ("one.svg", "other.svg"):
        draw(Report("meetup", 1, ROWS), tmp_path / name)
    picture = (tmp_path / "one.svg").read_text(encoding="utf-8")
    written = set(re.findall("<!-- (.*) -->", picture))

    assert {"popularity", "halfway", "0.531", "0.833", "0.752", "warm (n 1,200)", "cold (n 90)"} <= written
    assert picture.count("#1f6f8b") > picture.count("#8a8a8a") > 0
    assert picture == (tmp_path / "other.svg").read_text(encoding="utf-8")


def test_png_too_and_nothing_else(tmp_path):
    draw(Report("coupon", 1, (Row("halfway", "all", 9, 3, 0.7, 0.9, auc=0.8),)), tmp_path / "a.png")

    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(CannotDrawError, match="svg"):
        check(tmp_path / "a.pdf")
