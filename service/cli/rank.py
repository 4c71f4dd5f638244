"""`halfway rank …`: the ranking, measured on choices that people made elsewhere, and learnt from our own."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

import click

from matching.evaluation.plots import CannotDrawError, check, draw
from matching.evaluation.protocols import PROTOCOLS, evaluate
from matching.evaluation.report import Report, Row
from matching.evaluation.tables import NoSuchTableError
from service.cli.rank_models import show, train, use

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_PICTURE = click.Path(dir_okay=False, writable=True, path_type=Path)
_NOT_NUMBERS = ("ranker", "segment", "n", "persons")


@click.group()
def rank() -> None:
    """The ranking: how good it is, and its life."""


for command in (train, use, show):
    rank.add_command(command)


@rank.command("evaluate")
@click.option("--protocol", type=click.Choice(list(PROTOCOLS)), required=True, help="What is measured.")
@click.option("--train", type=_FOLDER, required=True, metavar="DIR", help="Data sets to learn from.")
@click.option("--test", type=_FOLDER, metavar="DIR", help="Their later part, scored once.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.option("--plot", type=_PICTURE, metavar="FILE", help="Draw the table, too: FILE.svg or FILE.png.")
def evaluate_ranking(
    protocol: str, train: Path, test: Path | None, *, as_json: bool, plot: Path | None
) -> None:
    """Compare rankers on real choices: ours is named halfway.

    Without --test a part of --train is held back, by time or by person.
    """
    try:
        if plot:
            check(plot)
        report = evaluate(protocol, train, test, lambda word: click.echo(word, err=True))
        if plot:
            draw(report, plot)
    except (NoSuchTableError, CannotDrawError) as missing:
        raise click.ClickException(str(missing)) from None
    if as_json:
        click.echo(json.dumps(asdict(report)))
        return
    _show(report)


def _show(report: Report) -> None:
    numbers = [one.name for one in fields(Row) if one.name not in _NOT_NUMBERS]
    asked = [name for name in numbers if any(getattr(row, name) is not None for row in report.rows)]
    click.echo(f"{report.protocol}, seed {report.seed}\n")
    click.echo(
        f"{'segment':<16}{'ranker':<24}{'n':>6}{'persons':>9}" + "".join(f"{one:>12}" for one in asked)
    )
    for row in sorted(report.rows, key=lambda row: row.segment):
        values = [getattr(row, name) for name in asked]
        shown = "".join(f"{'' if value is None else format(value, '.3f'):>12}" for value in values)
        click.echo(f"{row.segment:<16}{row.ranker:<24}{row.n:>6}{row.persons:>9}{shown}")
