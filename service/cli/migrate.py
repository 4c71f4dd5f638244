"""`halfway migrate`: brings the database to this version of the service."""

from __future__ import annotations

import logging

import click

from service import db
from service.config import read_settings


@click.command()
def migrate() -> None:
    """Bring the database to this version; run again, or after being killed, it does what is missing."""
    settings = read_settings()
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    db.migrate(settings.database_url)
    click.echo("The database is that of this version.")
