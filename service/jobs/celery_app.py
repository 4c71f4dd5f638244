"""The Celery worker's side: `celery -A service.jobs.celery_app worker`, which is `halfway celery`.

A task is the number of a job. It claims that row as any worker does, and where there is nothing to claim
(done, begun by another, not due) it does nothing. So a message that comes twice does no harm.
"""

from __future__ import annotations

import logging
import mmap
import uuid
from typing import Any

from celery.signals import setup_logging, worker_process_shutdown, worker_shutting_down

from service.broker import TASK, make_celery
from service.config import read_settings
from service.db import now
from service.jobs.failures import name_failure
from service.jobs.runner import run_carried
from service.jobs.tools import Tools, open_tools
from service.queries.openings import renew_open_needs

log = logging.getLogger(__name__)
app = make_celery(read_settings())

# Made before the pool's processes are forked, which share it: a long job ends between two of its parts. Plain
# memory, for whoever is killed while holding the lock of an event would leave all others waiting for it.
_stopping = mmap.mmap(-1, 1)
_opened: list[Tools] = []


@app.task(name=TASK)
def run_job(job_id: str) -> None:
    """Run the job of this number, if it is there to be run."""
    try:
        tools = _tools()
        run_carried(tools, uuid.UUID(job_id), lambda: _stopping[0] == 1)
        renew_open_needs(tools.sessions.kw["bind"], at=now())
    except Exception as error:  # noqa: BLE001 the row stays as it is, and is handed over again
        log.error("job %s cannot be claimed or noted: %s", job_id, name_failure(error))  # noqa: TRY400 words may be personal


def _tools() -> Tools:
    """Open the database in the process that uses it: connections cannot be shared by forking."""
    if not _opened:
        _opened.append(open_tools(read_settings()))
    return _opened[0]


@setup_logging.connect
def _log_as_elsewhere(**_: Any) -> None:
    logging.basicConfig(
        level=read_settings().log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


@worker_shutting_down.connect
def _stop(**_: Any) -> None:
    _stopping[0] = 1


@worker_process_shutdown.connect
def _close(**_: Any) -> None:
    for tools in _opened:
        tools.sessions.kw["bind"].dispose()
