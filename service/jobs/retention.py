"""The nightly steps that remove what has been kept long enough; each part is a transaction of its own."""

from __future__ import annotations

from datetime import datetime

from service.access.actors import WORKER
from service.db import unit_of_work
from service.jobs.tools import Tools
from service.operations.retention import (
    purge_done_jobs,
    purge_notices,
    purge_ranked_lists,
    purge_remembered_answers,
)


def notices(tools: Tools, at: datetime) -> bool:
    """Remove some old notices; say whether more remain."""
    with unit_of_work(tools.sessions, at=at) as session:
        return purge_notices(session, WORKER, days=tools.settings.notices_kept_days, at=at)


def ranked_lists(tools: Tools, at: datetime) -> bool:
    """Remove some old lists; say whether more remain."""
    with unit_of_work(tools.sessions, at=at) as session:
        return purge_ranked_lists(session, WORKER, days=tools.settings.lists_kept_days, at=at)


def done_jobs(tools: Tools, at: datetime) -> bool:
    """Remove some orders that are done; say whether more remain."""
    with unit_of_work(tools.sessions, at=at) as session:
        return purge_done_jobs(session, WORKER, days=tools.settings.jobs_kept_days, at=at)


def remembered_answers(tools: Tools, at: datetime) -> bool:
    """Forget some answers that were remembered for their keys; say whether more remain."""
    with unit_of_work(tools.sessions, at=at) as session:
        return purge_remembered_answers(session, WORKER, at=at)
