"""`halfway token`: tokens of centres' own systems."""

from __future__ import annotations

import click

from models.accounts import MOST_TOKEN_DAYS, TOKEN_DAYS
from service.access.actors import WORKER
from service.access.policy import SCOPES
from service.cli.opening import one_work
from service.cli.reading import the_centre
from service.operations.tokens import issue_centre_token

SCOPE = click.Choice(SCOPES)


@click.group()
def token() -> None:
    """Tokens of centres' systems."""


@token.command()
@click.option("--centre", help="The centre's name or id; the only one if not named.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=SCOPE, help="What it may do; repeatable."
)
@click.argument("more_scopes", metavar="[SCOPE]...", nargs=-1, type=SCOPE)
@click.option("--label", default="", help="What it is for.")
@click.option(
    "--days", type=click.IntRange(1, MOST_TOKEN_DAYS), default=TOKEN_DAYS, show_default=True, help="Its life."
)
def issue(
    centre: str | None, scopes: tuple[str, ...], more_scopes: tuple[str, ...], label: str, days: int
) -> None:
    """Issue a token; it stands alone on the last line, and is never shown again."""
    with one_work() as session:
        owner = the_centre(session, centre)
        issued = issue_centre_token(
            session, WORKER, owner, [*scopes, *more_scopes], label=label, days=days, at=session.info["at"]
        )
    click.echo(f"A token of {owner.name} until {issued.token.expires_at:%Y-%m-%d}:")
    click.echo(issued.text)
