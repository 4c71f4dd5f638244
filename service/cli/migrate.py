"""`halfway migrate`: brings the database to this version of the service."""

from __future__ import annotations

import click

from service import db
from service.cli.opening import start_logging
from service.config import read_settings


@click.command()
def migrate() -> None:
    """Bring the database to this version; run again, or after being killed, it does what is missing."""
    settings = read_settings()
    start_logging(settings)
    db.migrate(settings.database_url)
    click.echo("The database is that of this version.")
