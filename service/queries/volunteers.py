"""Reading volunteers: each their own profile, and a centre those of its own."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Session

from models import Account, Volunteer
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.paging import Page, by_id, by_time, take_page


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say whose profiles the actor may see: a volunteer their own, a centre its own volunteers'."""
    if actor.kind is ActorKind.VOLUNTEER and actor.volunteer_id is not None:
        return Volunteer.id == actor.volunteer_id
    if actor.kind in (ActorKind.STAFF, ActorKind.CENTRE) and actor.centre_id is not None:
        return Volunteer.centre_id == actor.centre_id
    return false()


def get_volunteer(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> Volunteer:
    """Get a profile that the actor may see."""
    found = session.scalar(select(Volunteer).where(Volunteer.id == volunteer_id, visible_to(actor)))
    if found is None:
        raise NotFound
    return found


def find_volunteer_id_of(session: Session, actor: Actor, account_id: uuid.UUID) -> uuid.UUID | None:
    """Find the volunteer whose account it is; the caller has looked who asks."""
    return session.scalar(select(Volunteer.id).where(Volunteer.account_id == account_id))


def get_volunteer_for_change(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> Volunteer:
    """Get a profile that the actor may see, locked as it is now."""
    found: Volunteer | None = session.scalar(
        select(Volunteer)
        .where(Volunteer.id == volunteer_id, visible_to(actor))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def find_volunteer_by_external_id(
    session: Session, actor: Actor, centre_id: uuid.UUID, external_id: str
) -> Volunteer | None:
    """Find the volunteer that a centre's own systems know by that id, locked as it is now."""
    found: Volunteer | None = session.scalar(
        select(Volunteer)
        .where(Volunteer.centre_id == centre_id, Volunteer.external_id == external_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def find_taken_over_at(session: Session, actor: Actor, volunteer: Volunteer) -> datetime | None:
    """Say when the person took the profile over; None while it is still the centre's to keep."""
    if volunteer.account_id is None:
        return None
    return session.scalar(select(Account.confirmed_at).where(Account.id == volunteer.account_id))


def list_volunteers(
    session: Session,
    actor: Actor,
    *,
    updated_since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[Volunteer]:
    """List a centre's own volunteers, first come first; with `updated_since` those changed from then on."""
    if actor.kind not in (ActorKind.STAFF, ActorKind.CENTRE):
        raise NotFound
    statement = select(Volunteer).where(visible_to(actor))
    if updated_since is not None:
        statement = statement.where(Volunteer.updated_at >= updated_since)
    # By a time that never changes: a row that is changed meanwhile comes neither twice nor never.
    return take_page(session, statement, [by_time(Volunteer.created_at), by_id(Volunteer.id)], cursor, limit)
