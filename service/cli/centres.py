"""`halfway centre`: volunteer centres."""

from __future__ import annotations

import click

from service.access.actors import WORKER
from service.cli.opening import one_work
from service.cli.reading import read
from service.config import read_settings
from service.operations.centres import add_centre
from service.schemas.centres import CentreNew


@click.group()
def centre() -> None:
    """Volunteer centres."""


@centre.command()
@click.argument("name")
@click.option("--timezone", help="Its IANA time zone; HALFWAY_TIMEZONE if not named.")
@click.option("--language", help="The language of its work: en, uk or ru.")
def add(name: str, timezone: str | None, language: str | None) -> None:
    """Add a centre; its id stands alone on the last line."""
    timezone = timezone or read_settings().timezone
    fields = read(CentreNew, name=name, timezone=timezone, language=language)
    with one_work() as session:
        added = add_centre(session, WORKER, at=session.info["at"], **fields)
    click.echo(f"{added.name} has been added.")
    click.echo(added.id)
