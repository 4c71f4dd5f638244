"""`halfway celery`: this process becomes a Celery worker, which runs the jobs that the broker brings."""

from __future__ import annotations

import click

from service.cli.opening import open_sessions
from service.cli.worker import become
from service.config import SettingWrong, read_settings


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def celery(options: tuple[str, ...]) -> None:
    """Run jobs that come through HALFWAY_BROKER_URL; OPTIONS are those of `celery worker`.

    Such as --concurrency 4; without it there is one process for each core.
    """
    settings = read_settings()
    if not settings.broker_url:
        raise SettingWrong("HALFWAY_BROKER_URL names no broker: `halfway worker` runs jobs without one")
    with open_sessions(settings):
        pass  # it is there, and migrated
    quiet = ("--without-gossip", "--without-mingle")
    become("celery", "-A", "service.jobs.celery_app", "worker", *quiet, *options)
