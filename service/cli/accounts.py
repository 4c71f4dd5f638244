"""`halfway account`: people whom the operator knows."""

from __future__ import annotations

import sys
from typing import Any

import click

from models.accounts import TOKEN_DAYS, AccountKind
from service.access.actors import WORKER
from service.cli.opening import one_work
from service.cli.reading import read, the_organisation
from service.operations.accounts import NewAccount
from service.operations.opening import open_account
from service.operations.second_factors import remove_second_factor
from service.operations.tokens import issue_own_token
from service.queries.accounts import find_account_by_email
from service.queries.second_factors import find_second_factor
from service.queries.tokens import make_actor
from service.schemas.accounts import AccountOpened

NO_FACTOR = "There is no such account, or it has no second factor."


@click.group()
def account() -> None:
    """People who can sign in."""


@account.command()
@click.argument("email")
@click.option(
    "--kind", required=True, type=click.Choice([str(one) for one in AccountKind]), help="Who they are."
)
@click.option("--name", required=True, help="Their name.")
@click.option("--centre", help="Their centre's name or id; the only one if not named.")
@click.option("--organisation", help="The name or id of the organisation that a coordinator writes for.")
@click.option("--language", help="The language they read: en, uk or ru.")
def add(organisation: str | None, **given: Any) -> None:
    """Add a confirmed account; the password is read from standard input.

    The last line is an API token of the account's own.
    """
    fields = read(AccountOpened, password=_ask_password(), **given)
    new = NewAccount(**{**fields, "kind": AccountKind(fields["kind"])})
    with one_work() as session:
        at = session.info["at"]
        post = the_organisation(session, organisation, new.centre) if organisation else None
        added = open_account(session, WORKER, new, organisation=post, at=at)
        actor = make_actor(session, WORKER, added) or WORKER
        issued = issue_own_token(session, actor, added, label="first", days=TOKEN_DAYS, at=at)
    click.echo(f"{added.email} can sign in. A token of their own until {issued.token.expires_at:%Y-%m-%d}:")
    click.echo(issued.text)


@account.command("remove-second-factor")
@click.argument("email")
def remove_second_factor_(email: str) -> None:
    """Take a person's second factor away, when device and recovery codes are lost.

    Be sure that it is them: whoever knows their password can sign in then. A letter tells them.
    """
    with one_work() as session:
        found = find_account_by_email(session, WORKER, email)
        if found is None or find_second_factor(session, WORKER, found.id) is None:
            raise click.ClickException(NO_FACTOR)
        remove_second_factor(session, WORKER, found, at=session.info["at"])
    click.echo(f"{found.email} signs in with the password alone now, and is signed out everywhere.")


def _ask_password() -> str:
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return password
    return sys.stdin.readline().rstrip("\r\n")
