"""`halfway jobs`: what waits, what is dead and why, and what a person does about it."""

from __future__ import annotations

import uuid

import click

from models import Job
from models.jobs import JobStatus
from service.access.actors import WORKER
from service.cli.opening import one_work
from service.operations.jobs import drop_job, retry_job
from service.queries.jobs import list_jobs

MOST_LISTED = 1000


@click.group()
def jobs() -> None:
    """Jobs: what waits, what runs, and what failed too often."""


@jobs.command("list")
@click.option("--dead", is_flag=True, help="Only those that failed too often and wait for a person.")
def list_(*, dead: bool) -> None:
    """List the jobs that are not done, longest due first: number, status, kind, due, tries, last failure."""
    open_ones = (JobStatus.DEAD,) if dead else (JobStatus.WAITING, JobStatus.RUNNING, JobStatus.DEAD)
    with one_work() as session:
        found = list_jobs(session, WORKER, *open_ones, limit=MOST_LISTED)
    for job in found:
        click.echo(_line(job))
    if len(found) == MOST_LISTED:
        click.echo(f"… only the first {MOST_LISTED} are listed.", err=True)


@jobs.command()
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True, type=click.UUID)
def retry(job_ids: tuple[uuid.UUID, ...]) -> None:
    """Try dead jobs again, at once: all that are named, or none where one is not dead."""
    with one_work() as session:
        found = [retry_job(session, WORKER, one, at=session.info["at"]) for one in job_ids]
    for job in found:
        click.echo(f"{job.id} {job.kind} is tried again.")


@jobs.command()
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True, type=click.UUID)
def drop(job_ids: tuple[uuid.UUID, ...]) -> None:
    """Let dead jobs be, for good: all that are named, or none where one is not dead."""
    with one_work() as session:
        found = [drop_job(session, WORKER, one, at=session.info["at"]) for one in job_ids]
    for job in found:
        click.echo(f"{job.id} {job.kind} is dropped.")


def _line(job: Job) -> str:
    due = f"due {job.due_at:%Y-%m-%dT%H:%M:%SZ}"
    words = (job.id, job.status, job.kind, due, f"tries {job.attempts}", job.last_error or "")
    return "  ".join(map(str, words)).rstrip()
