"""A picture of simulated markets: what each policy changes against relevance, with its intervals."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from os import W_OK, access
from pathlib import Path

from matching.simulation.results import Result, Row

ENDINGS = (".svg", ".png", ".pdf")
_SIZE = (9.0, 3.7)
_COLOURS = {"popularity": "#999999", "smartsort": "#d98c21", "halfway": "#1f6f8b", "oracle": "#b9c6cb"}
#: What is drawn: a word for it, the change, and the ends of its interval.
_PANELS = (
    ("needs with a volunteer, change", "share_change", "low", "high"),
    ("acceptances, change", "acceptances_change", "acceptances_low", "acceptances_high"),
)


class CannotPlotError(Exception):
    """A picture was asked for that cannot be made: another ending, no such folder, or nothing that draws."""


def check(path: Path) -> None:
    """Say before the long work whether its picture can be drawn; raises `CannotPlotError`."""
    if path.suffix not in ENDINGS:
        raise CannotPlotError(f"{path.name}: a picture ends in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}.")
    if not (path.parent.is_dir() and access(path if path.exists() else path.parent, W_OK)):
        raise CannotPlotError(f"{path}: nothing can be written there.")
    if not find_spec("matplotlib"):  # an extra, wanted for pictures only
        raise CannotPlotError("Pictures need matplotlib: pip install 'halfway[plots]'.")


def plot(results: Sequence[Result], path: Path) -> None:
    """Draw bars for each world and policy into a file; raises `CannotPlotError` as `check`."""
    check(path)
    library, figures = import_module("matplotlib"), import_module("matplotlib.figure")
    figure = figures.Figure(figsize=_SIZE, layout="constrained")
    policies = [
        row.policy for row in results[0].rows if row.policy in _COLOURS and row.policy != "popularity"
    ]
    wide = 0.8 / len(policies)
    for axes, (title, change, low, high) in zip(figure.subplots(1, len(_PANELS)), _PANELS, strict=True):
        for number, policy in enumerate(policies):
            rows = [_row(result, policy) for result in results]
            middles = [100 * getattr(row, change) for row in rows]
            spans = [
                [middle - 100 * getattr(row, low) for middle, row in zip(middles, rows, strict=True)],
                [100 * getattr(row, high) - middle for middle, row in zip(middles, rows, strict=True)],
            ]
            places = [place + number * wide for place in range(len(results))]
            axes.bar(
                places, middles, wide, yerr=spans, color=_COLOURS[policy], label=policy, ecolor="#444444"
            )
        axes.axhline(0, color="black", linewidth=0.8)
        names = [result.world.replace("_", "\n") for result in results]
        axes.set_xticks([place + 0.4 - wide / 2 for place in range(len(results))], names, fontsize=8)
        axes.tick_params(axis="y", labelsize=8)
        axes.set_title(title, fontsize=10)
        axes.set_ylabel("% against relevance", fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
    marks, words = figure.axes[0].get_legend_handles_labels()
    title = "lines: 95 % of draws of seeds"
    figure.legend(
        marks,
        words,
        title=title,
        title_fontsize=8,
        loc="outside lower center",
        ncols=len(words),
        frameon=False,
        fontsize=8,
    )
    with library.rc_context({"svg.hashsalt": "halfway"}):  # the same numbers give the same file
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _row(result: Result, policy: str) -> Row:
    return next(row for row in result.rows if row.policy == policy)
