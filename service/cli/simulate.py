"""`halfway simulate`: policies for exposure, compared in made-up towns on the same chances."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import isnan
from pathlib import Path

import click

from matching.simulation.plots import CannotPlotError, check, plot
from matching.simulation.policies import DECAY, SPREAD, policies_with
from matching.simulation.results import Result, simulate
from matching.simulation.worlds import JUDGED, WORLDS

#: The numbers on the screen; --json has all of them.
_SHOWN = (
    ("acceptances", "acceptances", ".0f"),
    ("change", "acceptances_change", "+.1%"),
    ("share ≥ 1", "share_with_one", ".3f"),
    ("change", "share_change", "+.1%"),
    ("low", "low", "+.1%"),
    ("high", "high", "+.1%"),
    ("gap", "gap_closed", "+.0%"),
    ("filled", "fill_rate", ".3f"),
    ("gini", "gini_organisations", ".3f"),
    ("utility", "utility", ".3f"),
    ("change", "utility_change", "+.3f"),
    ("nDCG@10", "ndcg_at_10", ".3f"),
    ("never", "never_shown", ".3f"),
    ("72 h", "shown_in_72h", ".3f"),
    ("dead", "dead_slots", ".3f"),
)
_WIDE = 12


@click.command()
@click.option(
    "--world", "worlds", type=click.Choice([*WORLDS, "all"]), multiple=True, default=["ordinary"],
    show_default=True, help="A market; several may be named, all means the six judged ones.",
)  # fmt: skip
@click.option(
    "--seeds", type=click.IntRange(1, 1000), default=5, show_default=True, metavar="N",
    help="How many towns are drawn of each market.",
)  # fmt: skip
@click.option(
    "--first-seed", type=click.IntRange(0), default=0, show_default=True, metavar="N",
    help="The seed of the first of them.",
)  # fmt: skip
@click.option(
    "--spread", type=click.FloatRange(0, 1), default=SPREAD, show_default=True, metavar="DIAL",
    help="How far ours goes, from 0 to 1.",
)  # fmt: skip
@click.option(
    "--decay", type=click.FloatRange(0, 1, min_open=True), default=DECAY, show_default=True, metavar="RHO",
    help="SmartSort's factor for each acceptance of the last week; the smaller, the further it goes.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each market, on a line each.")
@click.option(
    "--plot", "picture", type=click.Path(dir_okay=False, writable=True, path_type=Path), metavar="FILE",
    help="Draw the changes into a file: .svg, .png or .pdf.",
)  # fmt: skip
def simulate_markets(
    worlds: tuple[str, ...],
    seeds: int,
    first_seed: int,
    spread: float,
    decay: float,
    *,
    as_json: bool,
    picture: Path | None,
) -> None:
    """Let volunteers meet several policies in made-up towns, all on the same chances.

    Rows are relevance only, popularity, SmartSort, ours (halfway), and ours if everybody's tastes were known
    (oracle). Changes are against relevance.
    """
    for option, value in (("--spread", spread), ("--decay", decay)):
        if isnan(value):  # which no range refuses
            raise click.BadParameter("is not a number.", param_hint=option)
    if picture is not None:
        try:
            check(picture)
        except CannotPlotError as reason:
            raise click.BadParameter(str(reason), param_hint="--plot") from None
    names = list(dict.fromkeys(one for name in worlds for one in (JUDGED if name == "all" else (name,))))
    drawn = range(first_seed, first_seed + seeds)
    policies = policies_with(spread, decay)
    results = []
    for name in names:
        results.append(simulate(WORLDS[name], drawn, lambda word: click.echo(word, err=True), policies))
        if as_json:
            click.echo(json.dumps(asdict(results[-1])))
        else:
            _show(results[-1])
    if picture is not None:
        plot(results, picture)


def _show(result: Result) -> None:
    world = WORLDS[result.world]
    click.echo(f"{world.name}: {world.says}; {len(result.seeds)} seeds from {result.seeds[0]} on\n")
    click.echo(f"{'':<{_WIDE}}" + "".join(f"{head:>{_WIDE}}" for head, _, _ in _SHOWN))
    for row in result.rows:
        numbers = "".join(f"{format(getattr(row, name), form):>{_WIDE}}" for _, name, form in _SHOWN)
        click.echo(f"{row.policy:<{_WIDE}}{numbers}")
    click.echo("")
