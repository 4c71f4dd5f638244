"""Imports: a file's rows are kept as found, then brought in part by part, each part one transaction."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models import Import, ImportRow
from models.imports import ImportKind, ImportStatus
from service.access.actors import Actor, ActorKind
from service.errors import N_, FieldError, Invalid, NotAllowed
from service.operations.events import record_event
from service.operations.import_rows import Batch, Outcome, save_row
from service.operations.jobs import order_job
from service.queries.imports import (
    add_import_rows,
    get_import_to_run,
    list_earlier_rows,
    list_waiting_rows,
)
from service.schemas.import_issues import find_issue, keep_issue
from service.schemas.imports.building import build_mapping
from service.schemas.imports.mapping import MappedRow, Mapping
from service.schemas.imports.reading import FileReading, read_file
from service.schemas.imports.repeats import Seen, look_of
from service.schemas.imports.rows import RawRow
from service.schemas.imports.shifting import shift_fields

ROWS_OF_PART = 200
# Between two parts a door lets others write: on SQLite, one who waits looks only ten times a second
# whether it is their turn.
PAUSE_SECONDS = 0.12
KEPT_AT_ONCE = 500
REPEATED = {"repeated_row", "repeated_external_id"}


@dataclass(frozen=True, slots=True)
class NewImport:
    """A file and what it means; `rows` and `sha256` are what its sender says of it, to be checked."""

    kind: ImportKind
    source: Path | bytes
    filename: str
    mapping: Mapping
    verify: bool = False
    publish: bool = False
    shift_weeks: int = 0
    rows: int | None = None
    sha256: str | None = None


def start_import(
    session: Session,
    actor: Actor,
    centre_id: uuid.UUID,
    new: NewImport,
    *,
    at: datetime,
    due_at: datetime | None = None,
) -> Import:
    """Keep the rows of a file as found, and order the job that brings them in, `due_at` or at once.

    Raises Invalid where the file as a whole cannot be taken or is not what its sender says. A centre's
    system never verifies.
    """
    if not actor.of_centre(centre_id) or (new.verify and actor.kind is ActorKind.CENTRE):
        raise NotAllowed
    reading = read_file(new.source, new.filename)
    notices = (*reading.notices, *new.mapping.check_columns(reading.columns))
    made = Import(
        id=uuid.uuid4(),
        centre_id=centre_id,
        kind=new.kind,
        filename=new.filename,
        sha256=_check_digest(new),
        mapping=new.mapping.plain,
        options={"verify": new.verify, "publish": new.publish, "shift_weeks": new.shift_weeks},
        notices=[keep_issue(one) for one in notices],
        status=ImportStatus.WAITING,
        **dict.fromkeys(("read", "added", "updated", "unchanged", "refused"), 0),
    )
    session.add(made)
    _record(session, actor, made, "started", None, at)
    session.flush()
    made.read = _keep_rows(session, actor, made.id, reading)
    if new.rows is not None and new.rows != made.read:
        raise Invalid(FieldError("rows", "mismatch", N_("The file has another number of rows.")))
    job = order_job(session, actor, "imports.run", {"import_id": str(made.id)}, at=at)
    job.due_at = due_at or at
    session.flush()
    return made


def run_import_batch(session: Session, actor: Actor, import_id: uuid.UUID, *, at: datetime) -> Import:
    """Bring in the next rows, each in a savepoint of its own; run again when done, it changes nothing."""
    found, centre = get_import_to_run(session, actor, import_id)
    if found.status is ImportStatus.DONE:
        return found
    if found.status is ImportStatus.WAITING:
        found.status = ImportStatus.RUNNING
        _record(session, actor, found, "begun", ImportStatus.WAITING, at)
    rows = list_waiting_rows(session, actor, found.id, limit=ROWS_OF_PART)
    batch = Batch(centre, found.kind, found.options["verify"], found.options["publish"])
    mapped = _map(session, actor, found, build_mapping(found.mapping), rows)
    # Noted after the last of them is saved, so that the notes are written in one go.
    outcomes = [save_row(session, actor, batch, row, at=at) for row, _ in mapped]
    for row, (seen, look), outcome in zip(rows, mapped, outcomes, strict=True):
        _note(row, seen, look, outcome)
    for status, count in Counter(one.status.value for one in outcomes).items():
        setattr(found, status, getattr(found, status) + count)
    if len(rows) < ROWS_OF_PART:
        found.status, found.finished_at = ImportStatus.DONE, at
        _record(session, actor, found, "finished", ImportStatus.RUNNING, at)
    session.flush()
    return found


def _check_digest(new: NewImport) -> str:
    source = new.source
    found = hashlib.sha256(source if isinstance(source, bytes) else source.read_bytes()).hexdigest()
    if new.sha256 is not None and new.sha256.strip().lower() != found:
        raise Invalid(FieldError("sha256", "mismatch", N_("The file that came is another one.")))
    return found


def _keep_rows(session: Session, actor: Actor, import_id: uuid.UUID, reading: FileReading) -> int:
    rows, count = iter(reading), 0
    while kept := [_as_found(row) for row in islice(rows, KEPT_AT_ONCE)]:
        add_import_rows(session, actor, import_id, kept)
        count += len(kept)
    return count


def _as_found(row: RawRow) -> dict[str, Any]:
    issues = [keep_issue(one) for one in row.issues]
    return {"number": row.number, "raw": dict(row.cells), "issues": issues}


def _found(row: ImportRow) -> RawRow:
    return RawRow(row.number, row.raw, None, tuple(find_issue(one) for one in row.issues))


def _map(
    session: Session, actor: Actor, found: Import, mapping: Mapping, rows: Sequence[ImportRow]
) -> list[tuple[MappedRow, str | None]]:
    """Map rows as `map_rows` would, and give the look of each; earlier ones are read again where repeated."""
    fresh = [mapping.apply(_found(row)) for row in rows]
    looks = [look_of(mapping, row) for row in fresh]
    seen = Seen(mapping)
    keys = {row.external_id for row in fresh if row.external_id and not row.refused}
    for earlier in list_earlier_rows(session, actor, found.id, keys, filter(None, looks)):
        seen.compare(mapping.apply(_without_findings(earlier)))
    compared = [seen.compare(row) for row in fresh]
    for row in compared:
        shift_fields(row.fields, found.options["shift_weeks"])
    return list(zip(compared, looks, strict=True))


def _without_findings(row: ImportRow) -> RawRow:
    # What was found in a row that was taken is no matter of its content.
    return RawRow(row.number, row.raw)


def _note(row: ImportRow, seen: MappedRow, look: str | None, outcome: Outcome) -> None:
    codes = {one.code for one in seen.issues}
    mapped = seen.external_id is not None and not seen.refused
    row.key = seen.external_id if mapped and not codes & REPEATED else None
    row.look = look if row.key is not None and "looks_repeated" not in codes else None
    row.status, row.subject_id, row.issues = outcome.status, outcome.subject_id, outcome.issues


def _record(
    session: Session, actor: Actor, row: Import, step: str, before: ImportStatus | None, at: datetime
) -> None:
    record_event(
        session, actor, f"import.{step}", row.id, at=at,
        centre_id=row.centre_id, from_state=before, to_state=row.status, kind=row.kind.value,
    )  # fmt: skip
