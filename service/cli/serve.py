"""`halfway serve`: this process becomes gunicorn, in the foreground."""

from __future__ import annotations

import click

from service.cli.opening import open_sessions
from service.cli.worker import become
from service.config import read_settings


@click.command()
def serve() -> None:
    """Serve on HALFWAY_HOST and HALFWAY_PORT until stopped, and run jobs (HALFWAY_EMBEDDED_JOBS)."""
    with open_sessions(read_settings()):
        pass  # it is there, and migrated
    start_serving()


def start_serving() -> None:
    """Become gunicorn; SIGTERM stops it, its web workers and its job workers."""
    become("gunicorn", "-c", "python:service.serving", "wsgi:app")
