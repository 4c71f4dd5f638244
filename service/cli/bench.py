"""`halfway bench`: how fast the service and its ranking are, as ratios of one run."""

from __future__ import annotations

import json
import tempfile
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path

import click

from matching.bench import Measured, measure
from service.cli.benchmarks.databases import postgres_database, sqlite_database
from service.cli.benchmarks.requests import Served, measure_requests

SIZES = (10_000, 100_000)


@click.command()
@click.option("--postgres", metavar="URL", help="A PostgreSQL to measure on too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.option(
    "--only", type=click.Choice(["requests", "ranking"]), help="Measure one part only; both otherwise."
)
def bench(*, postgres: str | None, as_json: bool, only: str | None) -> None:
    """Measure requests through gunicorn beside a bare Flask view, and the ranking beside one pass in memory.

    On a shared machine believe the ratios, not the times.
    """
    requests = _requests(postgres) if only != "ranking" else []
    ranking = [_ranking(needs) for needs in SIZES] if only != "requests" else []
    if as_json:
        found = {"requests": [asdict(one) for one in requests], "ranking": [asdict(one) for one in ranking]}
        click.echo(json.dumps(found))
        return
    _show_requests(requests)
    if requests and not postgres:
        click.echo("PostgreSQL was not measured: name a server with --postgres.\n")
    _show_ranking(ranking)


def _requests(postgres: str | None) -> list[Served]:
    found = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        kinds: dict[str, AbstractContextManager[str]] = {"SQLite": sqlite_database(folder)}
        if postgres:
            kinds["PostgreSQL"] = postgres_database(postgres)
        for name, opened in kinds.items():
            click.echo(f"Requests on {name} ...", err=True)
            with opened as url:
                found += measure_requests(name, url, folder)
    return found


def _ranking(needs: int) -> Measured:
    click.echo(f"Ranking among {needs:,} needs ...", err=True)
    return measure(needs)


def _show_requests(found: list[Served]) -> None:
    if found:
        click.echo("Requests through gunicorn: median of the rounds, and share of a bare Flask view\n")
        click.echo(f"{'database':<12}{'request':<16}{'per second':>11}{'share':>8}   lowest … highest")
    for one in found:
        click.echo(
            f"{one.database:<12}{one.request:<16}{one.per_second:>11.0f}{one.share:>8.3f}"
            f"   {one.lowest_share:.3f} … {one.highest_share:.3f}"
        )
    click.echo("")


def _show_ranking(found: list[Measured]) -> None:
    if found:
        click.echo("One volunteer against all open needs, with reasons (milliseconds)\n")
        click.echo(
            f"{'needs':>9}{'median':>9}{'p99':>9}{'one pass':>10}{'ratio':>8}{'search':>9}{'build s':>9}"
        )
    for one in found:
        click.echo(
            f"{one.needs:>9,}{one.median_ms:>9.2f}{one.p99_ms:>9.2f}{one.pass_ms:>9.2f}{one.ratio:>9.1f}"
            f"{one.search_ms:>9.2f}{one.build_seconds:>9.1f}"
        )
