"""Reading imports: a centre its own, and the rows of each; keeping and finding rows while one runs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, false, insert, or_, select, true
from sqlalchemy.orm import Session

from models import Centre, Import, ImportRow
from models.imports import RowStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.paging import Page, by_id, by_number, by_time, take_page


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say which imports the actor may see: a centre its own, its staff and its systems alike."""
    if actor.kind is ActorKind.WORKER:
        return true()
    if actor.kind in (ActorKind.STAFF, ActorKind.CENTRE) and actor.centre_id is not None:
        return Import.centre_id == actor.centre_id
    return false()


def get_import(session: Session, actor: Actor, import_id: uuid.UUID) -> Import:
    """Get an import that the actor may see."""
    found = session.scalar(select(Import).where(Import.id == import_id, visible_to(actor)))
    if found is None:
        raise NotFound
    return found


def list_imports(
    session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 20
) -> Page[Import]:
    """List a centre's imports, newest first."""
    keys = [by_time(Import.created_at, descending=True), by_id(Import.id)]
    return take_page(session, select(Import).where(visible_to(actor)), keys, cursor, limit)


def list_import_rows(
    session: Session,
    actor: Actor,
    import_id: uuid.UUID,
    *,
    status: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[ImportRow]:
    """List the rows of an import that the actor may see, as they stand in the file."""
    statement = select(ImportRow).where(ImportRow.import_id == get_import(session, actor, import_id).id)
    if status is not None:
        statement = statement.where(ImportRow.status == RowStatus(status))
    # Within its import a row's number is never the same twice.
    return take_page(session, statement, [by_number(ImportRow.number)], cursor, limit)


def list_issues(
    session: Session, actor: Actor, import_id: uuid.UUID
) -> Iterator[tuple[int, RowStatus, list[dict[str, Any]]]]:
    """Go through all rows of an import that there is something to say of: number, status, issues."""
    rows = session.execute(
        select(ImportRow.number, ImportRow.status, ImportRow.issues)
        .where(ImportRow.import_id == get_import(session, actor, import_id).id)
        .order_by(ImportRow.number)
        .execution_options(yield_per=1000)
    )
    return ((row.number, row.status, row.issues) for row in rows if row.issues)


def get_import_to_run(session: Session, actor: Actor, import_id: uuid.UUID) -> tuple[Import, Centre]:
    """Get an import and its centre, both locked: the imports of one centre run one part at a time.

    So no row is taken twice, and two files that name the same new organisation add it once.
    """
    centre = session.scalar(
        select(Centre)
        .where(Centre.id == get_import(session, actor, import_id).centre_id)
        .with_for_update(key_share=True)
    )
    found = session.scalar(
        select(Import)
        .where(Import.id == import_id, visible_to(actor))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None or centre is None:
        raise NotFound
    return found, centre


def list_waiting_rows(
    session: Session, actor: Actor, import_id: uuid.UUID, *, limit: int
) -> Sequence[ImportRow]:
    """List the next rows of an import that have not been looked at; the caller holds its lock."""
    return session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.status == RowStatus.WAITING)
        .order_by(ImportRow.number)
        .limit(limit)
    ).all()


def list_earlier_rows(
    session: Session, actor: Actor, import_id: uuid.UUID, keys: Iterable[str], looks: Iterable[str]
) -> Sequence[ImportRow]:
    """List the rows already looked at that were the first with one of these ids or looks."""
    return session.scalars(
        select(ImportRow)
        .where(
            ImportRow.import_id == import_id,
            or_(ImportRow.key.in_(list(keys)), ImportRow.look.in_(list(looks))),
        )
        .order_by(ImportRow.number)
    ).all()


def add_import_rows(
    session: Session, actor: Actor, import_id: uuid.UUID, rows: Sequence[dict[str, Any]]
) -> None:
    """Keep rows as found, all waiting: each {number, raw, issues}."""
    fixed = {"import_id": import_id, "status": RowStatus.WAITING}
    session.execute(insert(ImportRow), [{**fixed, **row} for row in rows])
