"""`halfway nightly`: the nightly work, now."""

from __future__ import annotations

import click

from service.access.actors import WORKER
from service.cli.opening import one_work
from service.config import read_settings
from service.operations.nights import order_night_again


@click.command()
def nightly() -> None:
    """Have a worker do the nightly work now, without waiting for HALFWAY_NIGHTLY_AT."""
    with one_work() as session:
        order_night_again(session, WORKER, timezone=read_settings().timezone, at=session.info["at"])
    click.echo("The nightly work is ordered; a worker begins it at once.")
