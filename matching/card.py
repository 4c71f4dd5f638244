"""The model card: what a ranking has learnt, from what, how well, and what it cannot; in Markdown."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from matching.judging import NDCG_LEEWAY, Judged
from matching.training import (
    ANSWERED_FOR_TREES,
    HELD_BACK,
    LISTS_FOR_TREES,
    NEVER_LEARNT,
    Trained,
    weights_beside,
)


def write_card(trained: Trained, *, against: str, at: datetime) -> str:
    """Write the card of a model that was compared with the version named."""
    parts = (_data(trained, at), _measured(trained, against), _places(trained), _features(trained), _LIMITS)
    return "\n".join([f"# Ranking {trained.model.version}\n", *parts])


def _data(trained: Trained, at: datetime) -> str:
    trees = "With" if trained.trees else "Without"
    return f"""Learnt at {at:%Y-%m-%d %H:%M} UTC from {trained.lists:,} lists that volunteers of this service
saw, {trained.answered:,} of them with a yes. {trees} trees, which need {LISTS_FOR_TREES:,} lists and of these
{ANSWERED_FOR_TREES:,} with a yes. A conditional logit with the option to take nothing and an effect for each
place, held to the rules with a pull of {trained.pull:g}. The last {HELD_BACK:.0%} of the lists were held back
to measure it; then it learnt from all.
"""


def _measured(trained: Trained, against: str) -> str:
    lines = [
        "## On the lists held back\n",
        f"| lists | n | with a yes | log-loss | of {against} | NDCG@10 | of {against} |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, ours in trained.judged.items():
        theirs = trained.against[name]
        numbers = (ours.log_loss, theirs.log_loss, ours.ndcg, theirs.ndcg)
        shown = " | ".join(_number(one) for one in numbers)
        lines.append(f"| {name} | {ours.lists} | {ours.answered} | {shown} |")
    return "\n".join([*lines, _MEASURES.format(leeway=NDCG_LEEWAY)])


_MEASURES = """
Log-loss (lower is better) is of what was done with a list, nothing included, each place with its effect.
NDCG@10 (higher is better) is of the lists with a yes, ranked without the effects of places. A model is worse
if its log-loss is higher, or its NDCG@10 lower by more than {leeway}.
"""


def _places(trained: Trained) -> str:
    effects = trained.model.positions
    if not len(effects):
        return "## Effects of places\n\nNone are known.\n"
    told = ", ".join(f"{place}: {effect:+.2f}" for place, effect in enumerate(effects, start=1))
    return f"""## Effects of places

Added to the log-odds of what stood there, the first place as 0; never part of a ranking.

{told}
"""


def _features(trained: Trained) -> str:
    model = trained.model
    lines = [
        "## Features\n",
        f"Log-odds from a feature's 0 to its 1; base {model.base:+.2f}.\n",
        "| feature | weight | in the rules | table, least to most |",
        "| --- | --- | --- | --- |",
    ]
    for name, weight, rules, table in weights_beside(model):
        spread = f"{table.min():+.2f} to {table.max():+.2f}" if table.any() else ""
        fixed = " (kept)" if name in NEVER_LEARNT else ""
        lines.append(f"| {name} | {weight:.2f}{fixed} | {rules:.2f} | {spread} |")
    pairs = sorted(model.lookups.pairs.items(), key=lambda pair: -float(np.ptp(pair[1])))
    if pairs:
        lines.append("\nPairs of features with a table, and how far it reaches:\n")
        lines += [
            f"* {model.names[a]} with {model.names[b]}: {table.min():+.2f} to {table.max():+.2f}"
            for (a, b), table in pairs
        ]
    return "\n".join([*lines, ""])


_LIMITS = """## Limits

* It knows what volunteers of this service said yes to, not what became of it.
* A list counts as seen where there is a sign of its volunteer while it stood; not all of these were read.
* A decline teaches nothing here: it counts as not taken, and for that volunteer's own lists only.
* Needs of a kind that was never shown are judged by the rules' weights as far as they were moved by others.
* The held-back lists were put in order by the ranking that was in use, which favours it a little.
"""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def numbers_of(judged: dict[str, Judged]) -> dict[str, dict[str, float | int | None]]:
    """Give measures as plain numbers, for a manifest."""
    return {
        name: {"lists": one.lists, "answered": one.answered, "log_loss": one.log_loss, "ndcg_at_10": one.ndcg}
        for name, one in judged.items()
    }
