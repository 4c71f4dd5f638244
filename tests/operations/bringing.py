"""Bringing files in, as tests do it: made of rows, run to their end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Centre, Import, ImportRow
from models.imports import ImportKind, ImportStatus
from service.access.actors import WORKER, Actor
from service.operations.imports import NewImport, run_import_batch, start_import
from service.schemas.imports.catalogue import load_mapping
from tests.schemas.imports.files import json_lines_file

NEED: dict[str, Any] = {
    "title": "Plant trees",
    "description": "Bring boots.",
    "organisation": {"name": "Green Corner"},
    "location": {"latitude": 49.2331, "longitude": 28.4682},
}


def file_of(rows: Iterable[dict[str, Any]]) -> bytes:
    """Write JSON Lines in our own field names."""
    return json_lines_file(rows)


def start(
    session: Session,
    centre: Centre,
    source: bytes | Path,
    kind: str = "needs",
    mapping: str = "halfway",
    actor: Actor = WORKER,
    at: datetime | None = None,
    **over: Any,
) -> Import:
    """Start an import, by an operator's command where nobody else is named."""
    new = NewImport(ImportKind(kind), source, "file", load_mapping(mapping, kind), **over)
    return start_import(session, actor, centre.id, new, at=at or session.info["at"])


def finish(session: Session, started: Import, at: datetime | None = None) -> Import:
    """Run an import to its end, at that time."""
    session.info["at"] = at or session.info["at"]
    for _ in range(1 + started.read // 100):
        done = run_import_batch(session, WORKER, started.id, at=session.info["at"])
        if done.status is ImportStatus.DONE:
            return done
    raise AssertionError("it never ends")


def bring(session: Session, centre: Centre, source: bytes | Path, *args: Any, **over: Any) -> Import:
    """Start an import and run it to its end."""
    started = start(session, centre, source, *args, **over)
    return finish(session, started, over.get("at"))


def counts(done: Import) -> tuple[int, int, int, int, int]:
    """Give (read, added, updated, unchanged, refused)."""
    return done.read, done.added, done.updated, done.unchanged, done.refused


def rows_of(session: Session, done: Import) -> list[ImportRow]:
    """List its rows, as they stand in the file."""
    wanted = select(ImportRow).where(ImportRow.import_id == done.id).order_by(ImportRow.number)
    return list(session.scalars(wanted))


def codes_of(session: Session, done: Import) -> dict[int, list[tuple[str, str]]]:
    """Give what was found in each row: {number: [(field, code)]}, rows without anything left out."""
    found = {
        row.number: [(one["field"], one["code"]) for one in row.issues] for row in rows_of(session, done)
    }
    return {number: issues for number, issues in found.items() if issues}


def snapshot(session: Session, *models: Any) -> dict[str, list[str]]:
    """Give everything that is kept of these, to see that nothing changed."""
    session.flush()
    session.expire_all()
    return {
        model.__name__: sorted(
            repr({column.key: getattr(row, column.key) for column in model.__table__.columns})
            for row in session.scalars(select(model))
        )
        for model in models
    }
