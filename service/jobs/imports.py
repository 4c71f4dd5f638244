"""Jobs about imports: one brings its file in, some rows a part."""

from __future__ import annotations

import time
import uuid
from typing import Any

from models.imports import ImportStatus
from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.jobs.tools import Tools
from service.operations.imports import PAUSE_SECONDS, run_import_batch


def run_import(tools: Tools, payload: dict[str, Any]) -> bool:
    """Bring in the next rows of {import_id}, and pause; say whether more remain."""
    at = now()
    with unit_of_work(tools.sessions, at=at) as session:
        found = run_import_batch(session, WORKER, uuid.UUID(payload["import_id"]), at=at)
    if found.status is ImportStatus.DONE:
        return False
    time.sleep(PAUSE_SECONDS)
    return True
