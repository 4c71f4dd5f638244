"""Reading organisations: verified ones by anyone, all others by those who write or verify them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from models import Organisation
from models.organisations import OrganisationStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.json_lists import holds_any
from service.queries.paging import Page, by_id, by_time, take_page

LONGEST_NAME = 300
IS_VERIFIED = Organisation.status == OrganisationStatus.VERIFIED


def fold_name(name: str) -> str:
    """Put a name into the form in which names are compared: case and spaces folded."""
    # Folding can make a text longer ("ß" becomes "ss"), and the column is no longer than the name's.
    return " ".join(name.casefold().split())[:LONGEST_NAME]


def written_by(actor: Actor) -> ColumnElement[bool]:
    """Say which organisations the actor writes for: a coordinator their own, a centre its own."""
    if actor.kind is ActorKind.WORKER:
        return true()
    if actor.kind is ActorKind.COORDINATOR:
        return Organisation.id.in_(actor.organisation_ids)
    if actor.kind in (ActorKind.STAFF, ActorKind.CENTRE) and actor.centre_id is not None:
        return Organisation.centre_id == actor.centre_id
    return false()


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say which organisations the actor may see: verified ones, and those of their own.

    A centre's token sees its centre's unverified ones by its scope only.
    """
    scopes = {"organisations:read", "organisations:write"}
    if actor.kind is ActorKind.CENTRE and not scopes & actor.scopes:
        return IS_VERIFIED
    return or_(IS_VERIFIED, written_by(actor))


def get_organisation(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Organisation:
    """Get an organisation that the actor may see."""
    found = session.scalar(select(Organisation).where(Organisation.id == organisation_id, visible_to(actor)))
    if found is None:
        raise NotFound
    return found


def read_organisation_now(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Organisation:
    """Read an organisation as it is at this moment, for the service itself."""
    return session.get_one(Organisation, organisation_id, populate_existing=True)


def get_organisation_to_write(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Organisation:
    """Get an organisation that the actor writes for, as it is; not locked."""
    found = session.scalar(select(Organisation).where(Organisation.id == organisation_id, written_by(actor)))
    if found is None:
        raise NotFound
    return found


def get_organisation_for_change(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Organisation:
    """Get an organisation that the actor writes for, locked against acceptances and other changes.

    The lock is exclusive, and leaves alone only those who merely point to the row (I-06).
    """
    found = session.scalar(
        select(Organisation)
        .where(Organisation.id == organisation_id, written_by(actor))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def find_organisation_by_external_id(
    session: Session, actor: Actor, centre_id: uuid.UUID, external_id: str
) -> Organisation | None:
    """Find the organisation that a centre's own systems know by that id."""
    return session.scalar(
        select(Organisation).where(
            Organisation.centre_id == centre_id, Organisation.external_id == external_id
        )
    )


def find_organisation_by_name(
    session: Session, actor: Actor, centre_id: uuid.UUID, name: str
) -> Organisation | None:
    """Find the centre's organisation of that name, the oldest where there are several."""
    return session.scalar(
        select(Organisation)
        .where(Organisation.centre_id == centre_id, Organisation.name_folded == fold_name(name))
        .order_by(Organisation.created_at, Organisation.id)
        .limit(1)
    )


def list_organisations(
    session: Session,
    actor: Actor,
    *,
    q: str | None = None,
    cause: Sequence[str] = (),
    status: Sequence[str] = (),
    updated_since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Organisation]:
    """List organisations, newest first; with `updated_since` in the order of change, for keeping in step."""
    statement = select(Organisation).where(visible_to(actor))
    if q:
        statement = statement.where(Organisation.name_folded.contains(fold_name(q), autoescape=True))
    if cause:
        statement = statement.where(holds_any(Organisation.causes, cause))
    if status:
        statement = statement.where(Organisation.status.in_(status))
    if updated_since is not None:
        statement = statement.where(Organisation.updated_at >= updated_since)
        keys = [by_time(Organisation.updated_at), by_id(Organisation.id)]
    else:
        keys = [by_time(Organisation.created_at, descending=True), by_id(Organisation.id)]
    return take_page(session, statement, keys, cursor, limit)


def describe_organisations(
    session: Session, actor: Actor, organisation_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Any]]:
    """Give of each organisation what is shown beside its needs: id, name and status, by id."""
    rows = session.execute(
        select(Organisation.id, Organisation.name, Organisation.status).where(
            Organisation.id.in_(organisation_ids)
        )
    )
    return {one.id: {"id": one.id, "name": one.name, "status": one.status} for one in rows}
