"""Reading needs: open ones of verified organisations by anyone, all of their own by those who write them.

Whoever reads needs for others than their writers starts from `is_public`, which asks the organisation's
row each time: the needs of one that is suspended are gone from everywhere at once (I-20).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, update
from sqlalchemy.orm import Session

from models import Need, Organisation
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service.access.actors import Actor, ActorKind
from service.errors import NotFound
from service.queries.organisations import describe_organisations

PUBLISHED = (NeedStatus.OPEN, NeedStatus.FULL)


@dataclass(frozen=True, slots=True)
class NeedSeen:
    """A need with what is shown beside it: its organisation's id, name and status."""

    need: Need
    organisation: dict[str, Any]


def is_public(at: datetime) -> ColumnElement[bool]:
    """Say which needs anyone may see: open or full, of a verified organisation, their publish date come."""
    return and_(
        Need.status.in_(PUBLISHED),
        _is_of_verified(),
        or_(Need.publish_at.is_(None), Need.publish_at <= at),
    )


def _is_of_verified() -> ColumnElement[bool]:
    # Looked up for each need by its key: neither database can be led, by statistics that are missing
    # or old, to begin with the organisations and sort all their needs.
    status = select(Organisation.status).where(Organisation.id == Need.organisation_id)
    return status.correlate(Need).scalar_subquery() == OrganisationStatus.VERIFIED


def is_not_over(at: datetime) -> ColumnElement[bool]:
    """Say in SQL what `Need.is_over` says of one: neither its dates nor its own expiry have passed."""
    last = func.coalesce(Need.ends_at, Need.starts_at)
    own = or_(last.is_(None), last > at, Need.rrule.is_not(None))
    return and_(
        or_(Need.expires_at.is_(None), Need.expires_at > at),
        or_(and_(Need.shift_count == 0, own), and_(Need.shift_count > 0, Need.shifts_until > at)),
    )


def written_by(actor: Actor) -> ColumnElement[bool]:
    """Say which needs the actor writes: a coordinator their organisations', a centre its own."""
    if actor.kind is ActorKind.WORKER:
        return true()
    if actor.kind is ActorKind.COORDINATOR:
        return Need.organisation_id.in_(actor.organisation_ids)
    if actor.kind in (ActorKind.STAFF, ActorKind.CENTRE) and actor.centre_id is not None:
        return Need.centre_id == actor.centre_id
    return false()


def read_in_full_by(actor: Actor) -> ColumnElement[bool]:
    """Say of which needs the actor sees the drafts too; a centre's token by its scope only."""
    if actor.kind is ActorKind.CENTRE and not {"needs:read", "needs:write"} & actor.scopes:
        return false()
    return written_by(actor)


def visible_to(actor: Actor, at: datetime) -> ColumnElement[bool]:
    """Say which needs the actor may see at all."""
    return or_(is_public(at), read_in_full_by(actor))


def get_need(session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime) -> NeedSeen:
    """Get a need that the actor may see."""
    need = session.scalar(select(Need).where(Need.id == need_id, visible_to(actor, at)))
    if need is None:
        raise NotFound
    return see_need(session, actor, need)


def get_need_for_change(session: Session, actor: Actor, need_id: uuid.UUID) -> Need:
    """Get a need that the actor writes, locked as it is now."""
    need: Need | None = session.scalar(_locked(select(Need).where(Need.id == need_id, written_by(actor))))
    if need is None:
        raise NotFound
    return need


def get_need_to_write(session: Session, actor: Actor, need_id: uuid.UUID) -> Need:
    """Get a need that the actor writes, to look at."""
    need = session.scalar(select(Need).where(Need.id == need_id, written_by(actor)))
    if need is None:
        raise NotFound
    return need


def find_need_by_external_id(
    session: Session, actor: Actor, centre_id: uuid.UUID, external_id: str
) -> Need | None:
    """Find the need that a centre's own systems know by that id, locked as it is now."""
    wanted = select(Need).where(Need.centre_id == centre_id, Need.external_id == external_id)
    found: Need | None = session.scalar(_locked(wanted))
    return found


def _locked(statement: Select[Any]) -> Select[Any]:
    return statement.with_for_update().execution_options(populate_existing=True)


def see_need(session: Session, actor: Actor, need: Need) -> NeedSeen:
    """Put a need together with what is shown of its organisation."""
    return see_needs(session, actor, [need])[0]


def see_needs(session: Session, actor: Actor, needs: Sequence[Need]) -> list[NeedSeen]:
    """Put needs together with what is shown of their organisations, which are asked for once."""
    known = describe_organisations(session, actor, list({one.organisation_id for one in needs}))
    return [NeedSeen(one, known[one.organisation_id]) for one in needs]


def list_published_need_ids(
    session: Session, actor: Actor, organisation_id: uuid.UUID
) -> Sequence[uuid.UUID]:
    """List the ids of an organisation's open and full needs, whatever the organisation's own status."""
    return session.scalars(
        select(Need.id)
        .where(Need.organisation_id == organisation_id, Need.status.in_(PUBLISHED))
        .order_by(Need.id)
    ).all()


def touch_needs_of(session: Session, actor: Actor, organisation_id: uuid.UUID, *, at: datetime) -> None:
    """Note that an organisation's needs have come or gone with it, for those who ask what changed since.

    Their versions stay: nothing that their coordinators may be editing has changed.
    """
    session.execute(
        update(Need)
        .where(Need.organisation_id == organisation_id)
        .values(updated_at=at)
        .execution_options(synchronize_session=False)
    )
