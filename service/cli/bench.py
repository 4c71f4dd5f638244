"""`halfway bench`: how fast the service and its ranking are, as ratios of one run."""

from __future__ import annotations

import json
import tempfile
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from matching.bench import NIGHT_MINUTES, Measured, measure
from service.cli.benchmarks.databases import postgres_database, sqlite_database
from service.cli.benchmarks.memory import WORKERS, Memory, measure_memory
from service.cli.benchmarks.requests import Served, measure_requests

SIZES = (100_000, 1_000_000)
# A copy for each worker of more needs than this fits few machines.
_MOST_COPIED = 200_000


@click.command()
@click.option("--postgres", metavar="URL", help="A PostgreSQL to measure on too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.option(
    "--only", type=click.Choice(["requests", "ranking"]), help="Measure one part only; both otherwise."
)
@click.option(
    "--needs", "sizes", type=click.IntRange(1), multiple=True, default=SIZES, help="How many open needs."
)
@click.option("--volunteers", type=click.IntRange(1), default=200, help="How many of them are ranked for.")
def bench(
    *, postgres: str | None, as_json: bool, only: str | None, sizes: tuple[int, ...], volunteers: int
) -> None:
    """Measure requests through gunicorn beside a bare Flask view, and the ranking beside one pass in memory.

    On a shared machine believe the ratios, not the times.
    """
    requests = _requests(postgres) if only != "ranking" else []
    ranking: list[Measured] = []
    memory: list[Memory] = []
    for needs in sizes if only != "requests" else ():
        found, shared = _ranking(needs, volunteers)
        ranking.append(found)
        memory.append(shared)
    if as_json:
        told: dict[str, list[Any]] = {"requests": requests, "ranking": ranking, "memory": memory}
        click.echo(json.dumps({part: [asdict(one) for one in rows] for part, rows in told.items()}))
        return
    _show_requests(requests)
    if requests and not postgres:
        click.echo("PostgreSQL was not measured: name a server with --postgres.\n")
    _show_ranking(ranking)
    _show_memory(memory)


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


def _ranking(needs: int, volunteers: int) -> tuple[Measured, Memory]:
    click.echo(f"Ranking among {needs:,} needs ...", err=True)
    measured, index = measure(needs, volunteers, neighbours=True)
    click.echo(f"Memory of {WORKERS} workers ...", err=True)
    return measured, measure_memory(index, copied=needs <= _MOST_COPIED)


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
    if not found:
        return
    click.echo(
        "One volunteer against all open needs, with reasons: milliseconds, the thread's own where it says so"
    )
    click.echo("(own), and each volunteer's best of three times (best)\n")
    click.echo(
        f"{'needs':>9}{'median':>8}{'p99':>8}{'own':>8}{'own p99':>9}{'best':>7}{'p99':>7}{'pass':>7}"
        f"{'ratio':>7}{'brute':>8}{'ratio':>7}{'search':>8}{'put':>7}{'build s':>9}"
    )
    for one in found:
        click.echo(
            f"{one.needs:>9,}{one.median_ms:>8.2f}{one.p99_ms:>8.2f}{one.median_cpu_ms:>8.2f}"
            f"{one.p99_cpu_ms:>9.2f}{one.quickest_median_ms:>7.2f}{one.quickest_p99_ms:>7.2f}{one.pass_ms:>7.2f}{one.ratio:>7.1f}"
            f"{one.neighbours_ms or 0:>8.2f}{one.neighbours_ratio or 0:>7.2f}"
            f"{one.search_ms:>8.2f}{one.put_ms:>7.2f}{one.build_seconds:>9.1f}"
        )
    click.echo("")
    for one in found:
        click.echo(
            f"A night of a million volunteers at {one.needs:,} needs: {one.night_minutes:.1f} minutes "
            f"of one core (goal: {NIGHT_MINUTES}), by {one.night_people:,} of them in shards, without the "
            f"database: {one.night_ms:.2f} ms each, {one.mean_cpu_ms / one.night_ms:.1f} times as fast as "
            f"alone; best of three {one.night_quickest_ms:.2f} ms"
        )


def _show_memory(found: list[Memory]) -> None:
    for one in found:
        copied = "not measured" if one.copied_mb is None else f"{one.copied_mb:,.0f} MB"
        click.echo(
            f"{one.workers} workers at {one.needs:,} needs: {one.shared_mb:,.0f} MB together (PSS) over "
            f"{one.files_mb:,.0f} MB of shared files, each taken up in {one.start_seconds:.2f} s; "
            f"with a copy each: {copied}; without needs: {one.bare_mb:,.0f} MB"
        )
