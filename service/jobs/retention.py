"""The nightly steps that remove what has been kept long enough; each part is a transaction of its own."""

from __future__ import annotations

from datetime import datetime

from service.access.actors import WORKER
from service.db import unit_of_work
from service.jobs.tools import Tools
from service.operations.retention import purge_notices, purge_ranked_lists


def notices(tools: Tools, at: datetime) -> bool:
    """Remove some old notices; say whether more remain."""
    with unit_of_work(tools.sessions, at=at) as session:
        return purge_notices(session, WORKER, days=tools.settings.notices_kept_days, at=at)


def ranked_lists(tools: Tools, at: datetime) -> bool:
    """Remove some old lists; say whether more remain."""
    with unit_of_work(tools.sessions, at=at) as session:
        return purge_ranked_lists(session, WORKER, days=tools.settings.lists_kept_days, at=at)
