"""`halfway demo`: a small made-up town to look around in, and the service on top of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from service import db
from service.access.actors import ANYONE, WORKER
from service.access.secrets import secret_key
from service.cli.opening import open_sessions, sqlite_file
from service.cli.serve import start_serving
from service.config import Settings, read_settings
from service.db import unit_of_work
from service.errors import NotSignedIn
from service.operations.demo.passwords import demo_password
from service.operations.demo.people import SignIn, list_sign_ins
from service.operations.demo.town import fill_demo_town, is_demo_town, is_empty
from service.operations.signing_in import sign_in

NOT_OURS = (
    "This database holds something else than the demo town, and is left alone: set HALFWAY_DATABASE_URL."
)
NOT_A_FILE = "--fresh removes SQLite files only; make an empty database for this one yourself."
OTHER_KEY = "The demo's password was made with another secret key; `halfway demo --fresh` makes a new town."
LANGUAGES = {"en": "English", "uk": "Ukrainian", "ru": "Russian"}


@click.command()
@click.option("--fresh", is_flag=True, help="Throw the demo town away, and make it anew.")
@click.option("--no-serve", is_flag=True, help="Only fill it.")
def demo(*, fresh: bool, no_serve: bool) -> None:
    """Fill a small made-up town, if there is none yet, say whom to sign in as, and serve it."""
    settings = read_settings()
    if fresh:
        _remove(settings)
    db.migrate(settings.database_url)
    password = demo_password(secret_key(settings))
    with _one_work(settings) as session:
        _fill(session, password)
    address = _address(settings)
    click.echo(_introduce(address, password, list_sign_ins()))
    if not no_serve:
        # Links in mail lead to where the demo is, unless somebody said otherwise.
        if settings.public_url == Settings().public_url:
            os.environ["HALFWAY_PUBLIC_URL"] = address
        # Whoever looks around is not to be asked for a device first.
        os.environ.setdefault("HALFWAY_SECOND_FACTOR", "optional")
        click.echo("Ctrl-C stops it.\n")
        sys.stdout.flush()
        start_serving()


@contextmanager
def _one_work(settings: Settings) -> Iterator[Session]:
    with open_sessions(settings) as sessions, unit_of_work(sessions) as session:
        yield session


def _remove(settings: Settings) -> None:
    path = sqlite_file(settings)
    if path is None:
        raise click.ClickException(NOT_A_FILE)
    if not path.exists():
        return
    db.migrate(settings.database_url)
    with _one_work(settings) as session:
        if not is_empty(session, WORKER) and not is_demo_town(session, WORKER):
            raise click.ClickException(NOT_OURS)
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _fill(session: Session, password: str) -> None:
    """Fill the town, or see that the one that is there opens with this password."""
    if is_empty(session, WORKER):
        click.echo("Filling the demo town ...")
        town = fill_demo_town(session, WORKER, password, at=session.info["at"])
        click.echo(
            f"{town.organisations} organisations, {town.needs} needs, {town.volunteers} volunteers,"
            f" {town.placements} of whom have accepted something already."
        )
        return
    if not is_demo_town(session, WORKER):
        raise click.ClickException(NOT_OURS)
    try:
        sign_in(session, ANYONE, list_sign_ins()[0].email, password)
    except NotSignedIn:
        raise click.ClickException(OTHER_KEY) from None
    click.echo("The demo town is as you left it; `halfway demo --fresh` makes it anew.")


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _introduce(address: str, password: str, people: list[SignIn]) -> str:
    width = max(len(one.email) for one in people)
    lines = [
        f"  {one.kind:<12} {one.email:<{width}}  {LANGUAGES[one.language]:<10} {one.name}" for one in people
    ]
    words = (
        f"\nOpen {address} and sign in as one of these people:\n",
        *lines,
        f"\nThe password of each is {password}\n",
        "No second factor is demanded here, as it is of staff and coordinators elsewhere.\n",
    )
    return "\n".join(words)
