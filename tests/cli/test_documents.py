"""docs/commands.md names every command and every option, and none that there is not."""

import re
from pathlib import Path

import click

from service.cli import main

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "commands.md"


def commands(group, words="halfway"):
    """Walk through a group: every command with its whole name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{words} {name}")
        else:
            yield f"{words} {name}", command


def options_of(command):
    shown = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    return {name for one in shown for name in one.opts if name.startswith("--")} - {"--help"}


def test_every_command_and_option_is_documented_and_nothing_else():
    parts = re.split(r"^### `(.*)`$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    documented = {
        name: set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) - {"--help"}
        for name, text in sections.items()
    }
    assert documented == {name: options_of(command) for name, command in commands(main)}
