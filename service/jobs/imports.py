"""Jobs about imports: one brings its file in, some rows a part."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.imports import ImportStatus
from service.access.actors import Actor
from service.operations.imports import run_import_batch


def run_import(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> bool:
    """Bring in the next rows of {import_id}; say whether more remain."""
    found = run_import_batch(session, actor, uuid.UUID(payload["import_id"]), at=at)
    return found.status is not ImportStatus.DONE
