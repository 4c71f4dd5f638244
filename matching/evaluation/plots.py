"""A picture of a comparison: each segment's rankers, best first, with their intervals over persons."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from matching.evaluation.rankers import OURS
from matching.evaluation.report import Report, Row

ENDINGS = (".svg", ".png")
_OURS, _OTHERS = "#1f6f8b", "#8a8a8a"
#: Inches: the width of a segment's panel, the height of a ranker's line, and what stands above and below.
_PANEL, _LINE, _AROUND = 4.2, 0.34, 1.1
_WORDS = {"ndcg_at_10": "NDCG@10", "auc": "AUC", "accuracy": "accuracy", "recall_at_1": "Recall@1"}


class CannotDrawError(Exception):
    """A picture was asked for that cannot be made: another ending, or nothing that draws."""


def check(path: Path) -> None:
    """Say before the long work whether its picture can be drawn; raises CannotDrawError."""
    if path.suffix not in ENDINGS:
        raise CannotDrawError(f"{path.name}: a picture ends in {' or '.join(ENDINGS)}.")
    if not find_spec("matplotlib"):
        raise CannotDrawError("Pictures need matplotlib: pip install 'halfway[plots]'.")


def draw(report: Report, path: Path) -> None:
    """Draw the first number of each row with its interval into a file; raises CannotDrawError as `check`."""
    check(path)
    library, figures = import_module("matplotlib"), import_module("matplotlib.figure")
    segments = list(dict.fromkeys(row.segment for row in report.rows))
    most = max(sum(row.segment == segment for row in report.rows) for segment in segments)
    size = (_PANEL * len(segments), _LINE * most + _AROUND)
    figure = figures.Figure(figsize=size, layout="constrained")
    for axes, segment in zip(figure.subplots(1, len(segments), squeeze=False)[0], segments, strict=True):
        _panel(axes, segment, [row for row in report.rows if row.segment == segment])
    figure.suptitle(report.protocol, fontsize=11)
    with library.rc_context({"svg.hashsalt": "halfway"}):  # the same numbers give the same file
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)


def _panel(axes: Any, segment: str, rows: list[Row]) -> None:
    rows = sorted(rows, key=lambda row: _main(row)[1])
    for place, row in enumerate(rows):
        _, value = _main(row)
        low, high = (value if end is None else end for end in (row.low, row.high))
        colour = _OURS if row.ranker == OURS else _OTHERS
        axes.plot([low, high], [place, place], color=colour, linewidth=2, solid_capstyle="round")
        axes.plot([value], [place], "o", color=colour, markersize=5)
        axes.annotate(f"{value:.3f}", (value, place), (0, 5), textcoords="offset points", ha="center", size=7)
    axes.set_yticks(range(len(rows)), [row.ranker for row in rows], fontsize=8)
    axes.set_ylim(-0.6, len(rows) - 0.2)
    axes.tick_params(axis="x", labelsize=8)
    axes.set_title(f"{segment} (n {rows[0].n:,})", fontsize=9)
    axes.set_xlabel(f"{_main(rows[0])[0]}, 95 % of draws of persons", fontsize=8)
    axes.grid(axis="x", color="#e4e4e4", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _main(row: Row) -> tuple[str, float]:
    """Give the number that a row's interval is of, and its word."""
    found = ((word, getattr(row, name)) for name, word in _WORDS.items())
    return next((word, value) for word, value in found if value is not None)
