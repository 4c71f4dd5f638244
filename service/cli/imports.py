"""`halfway import`: brings in a file in the foreground, by the API's own operations, and says how it went."""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from models import Import
from models.imports import ImportKind, ImportStatus
from service.access.actors import WORKER
from service.cli.import_report import as_json, as_words, gather
from service.cli.opening import open_sessions
from service.cli.reading import the_centre
from service.config import read_settings
from service.db import Sessions, now, unit_of_work
from service.operations.imports import PAUSE_SECONDS, NewImport, run_import_batch, start_import
from service.schemas.import_runs import clean_name
from service.schemas.imports.catalogue import list_mappings, load_mapping
from service.schemas.imports.mapping import Mapping

# A worker goes on with what this command leaves undone when it is killed.
WORKER_AFTER = timedelta(minutes=1)
MOST_WEEKS = 5220
BUSY = "The database was busy for too long. A worker brings in the rest; or run this again."


def _list_mappings(ctx: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 click's own call
    if not asked:
        return
    for one in list_mappings():
        click.echo(f"{one.name:<24} {one.kind:<14} {one.title}")
    ctx.exit()


@click.command("import")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_mappings,
    help="List the mappings that come with the service.",
)
@click.argument("kind", type=click.Choice([one.value for one in ImportKind]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--centre", help="The centre's name or id; the only one if not named.")
@click.option("--mapping", required=True, help="The name of a shipped mapping, or a .toml or .json file.")
@click.option("--verify", is_flag=True, help="Verify the file's organisations: you have checked them.")
@click.option("--publish", is_flag=True, help="Publish the file's needs: you have checked them.")
@click.option(
    "--shift-weeks",
    type=click.IntRange(-MOST_WEEKS, MOST_WEEKS),
    default=0,
    help="Move all dates by so many weeks, to try an old file as if it were this year's.",
)
@click.option("--json", "as_object", is_flag=True, help="Say how it went as one JSON object.")
def import_(
    kind: str, file: Path, centre: str | None, mapping: str, *, as_object: bool, **options: Any
) -> None:
    """Bring in FILE (CSV, JSON Lines or XLSX), whose rows are needs, organisations or volunteers.

    Running it again changes nothing. Refused rows are told with their reasons, and the others are in.
    """
    chosen = _choose_mapping(mapping, kind)
    new = NewImport(ImportKind(kind), file, clean_name(file.name), chosen, **options)
    with open_sessions(read_settings()) as sessions:
        at = now()
        with unit_of_work(sessions, at=at) as session:
            owner = the_centre(session, centre)
            started = start_import(session, WORKER, owner.id, new, at=at, due_at=at + WORKER_AFTER)
        try:
            done = _run(sessions, started.id, started.read)
        except OperationalError:
            raise click.ClickException(BUSY) from None
        with unit_of_work(sessions, readonly=True) as session:
            report = gather(session, WORKER, done)
    click.echo(json.dumps(as_json(report), ensure_ascii=False) if as_object else as_words(report, owner.name))


def _choose_mapping(said: str, kind: str) -> Mapping:
    path = Path(said)
    is_file = os.sep in said or path.suffix.lower() in (".toml", ".json")
    return load_mapping(path if is_file else said, kind)


def _run(sessions: Sessions, import_id: uuid.UUID, rows: int) -> Import:
    """Bring in part after part, each in its own transaction, with a bar on a terminal."""
    with _progress(rows) as show:
        while True:
            at = now()
            with unit_of_work(sessions, at=at) as session:
                found = run_import_batch(session, WORKER, import_id, at=at)
            show(found.added + found.updated + found.unchanged + found.refused)
            if found.status is ImportStatus.DONE:
                return found
            time.sleep(PAUSE_SECONDS)


@contextmanager
def _progress(rows: int) -> Iterator[Callable[[int], None]]:
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=rows, label="Bringing in", file=sys.stderr, show_pos=True) as bar:
        yield lambda done: bar.update(done - bar.pos)
