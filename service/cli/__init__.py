"""The door for operators: `halfway NOUN VERB`, each command one call of an operation; no logic.

A command is imported when it is asked for, so that each starts quickly. Exit codes: 0 done, 1 refused
(why stands on stderr), 2 wrong usage.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from models.errors import NotPossible
from service.config import SettingWrong
from service.errors import CODES, Refusal

# name: (module:attribute, what it does); docs/commands.md is checked against this table.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("service.cli.demo:demo", "Fill a small made-up town and serve it."),
    "serve": ("service.cli.serve:serve", "Serve the pages and the API, and run jobs."),
    "worker": ("service.cli.worker:worker", "Run jobs, without serving."),
    "celery": ("service.cli.celery:celery", "Run jobs that a broker brings."),
    "jobs": ("service.cli.jobs:jobs", "Jobs: what waits, and what failed too often."),
    "nightly": ("service.cli.nightly:nightly", "Have the nightly work done now."),
    "migrate": ("service.cli.migrate:migrate", "Bring the database to this version."),
    "doctor": ("service.cli.doctor:doctor", "Look for what is wrong with this installation."),
    "centre": ("service.cli.centres:centre", "Volunteer centres."),
    "token": ("service.cli.tokens:token", "Tokens of centres' systems."),
    "organisation": ("service.cli.organisations:organisation", "Organisations."),
    "account": ("service.cli.accounts:account", "People who can sign in."),
    "import": ("service.cli.imports:import_", "Bring in a file of needs, organisations or volunteers."),
    "rank": ("service.cli.rank:rank", "The ranking: how good it is, and its life."),
    "simulate": ("service.cli.simulate:simulate_markets", "Compare policies for exposure in made-up towns."),
    "bench": ("service.cli.bench:bench", "Measure speed, as ratios of one run."),
}


class Commands(click.Group):
    """The group of all commands, which imports the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them all, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them with a line each, out of the table: help imports none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run one; a refusal becomes a sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except (Refusal, NotPossible, SettingWrong) as refusal:
            raise click.ClickException(put_into_words(refusal)) from None


def put_into_words(refusal: Refusal | NotPossible | SettingWrong) -> str:
    """Say why something was refused, naming the field where there is one."""
    if isinstance(refusal, SettingWrong):
        return str(refusal)
    if isinstance(refusal, Refusal) and refusal.errors:
        return "\n".join(f"{one.field}: {one.message}" for one in refusal.errors)
    detail = getattr(refusal, "detail", None)
    return detail or f"{CODES[refusal.code][1]}."


@click.group(cls=Commands)
@click.version_option(package_name="halfway")
def main() -> None:
    """Halfway brings volunteers and the needs of organisations together."""
