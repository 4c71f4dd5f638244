"""`halfway worker`: this process becomes a worker that runs jobs until stopped."""

from __future__ import annotations

import os
import sys

import click

from service.cli.opening import open_sessions
from service.config import read_settings


@click.command()
def worker() -> None:
    """Run jobs (mail, imports, proposals) until stopped by SIGTERM or Ctrl-C."""
    with open_sessions(read_settings()):
        pass  # it is there, and migrated
    become("service.jobs")


def become(*module: str) -> None:
    """Turn this process into another program of this Python: same number, same signals, same terminal."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", *module])  # noqa: S606 no shell, and our own words
