"""`halfway organisation`: verifying those whom somebody has looked at."""

from __future__ import annotations

import click

from models.organisations import OrganisationStatus
from service.access.actors import WORKER
from service.cli.opening import one_work
from service.cli.reading import the_organisation
from service.operations.organisations import verify_organisation

NOTE = "verified by command"


@click.group()
def organisation() -> None:
    """Organisations."""


@organisation.command()
@click.argument("names_or_ids", metavar="NAME_OR_ID...", nargs=-1, required=True)
@click.option("--centre", help="The centre of those that are named; the only one if not named.")
def verify(names_or_ids: tuple[str, ...], centre: str | None) -> None:
    """Verify organisations: all that are named, or none where one is not found."""
    with one_work() as session:
        found = [the_organisation(session, one, centre) for one in names_or_ids]
        for one in found:
            status = OrganisationStatus.VERIFIED
            verify_organisation(session, WORKER, one.id, status, NOTE, at=session.info["at"])
    for one in found:
        click.echo(f"{one.name} is verified.")
