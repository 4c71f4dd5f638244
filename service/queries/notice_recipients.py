"""Whom a change concerns: confirmed people, each with what they want to be told, and by whose clocks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import Account, Centre, Coordinator, Need, NoticeSettings, Placement, ShiftPlace, Volunteer
from models.accounts import AccountKind
from models.notices import Wishes
from models.placements import LIVE
from service.access.actors import Actor
from service.errors import NotFound


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person who is told something."""

    account_id: uuid.UUID
    wishes: Wishes


def list_holders_of_need(session: Session, actor: Actor, need_id: uuid.UUID) -> list[Recipient]:
    """List those who hold a place of a need."""
    return _read(session, actor, _holders().where(Placement.need_id == need_id, Placement.status.in_(LIVE)))


def list_holders_at(session: Session, actor: Actor, organisation_id: uuid.UUID) -> list[Recipient]:
    """List those who hold a place of any need of an organisation."""
    held = _holders().join(Need, Need.id == Placement.need_id)
    return _read(
        session, actor, held.where(Need.organisation_id == organisation_id, Placement.status.in_(LIVE))
    )


def list_holders_of_placement(session: Session, actor: Actor, placement_id: uuid.UUID) -> list[Recipient]:
    """Give the one who holds, or held, a placement; nobody where they have no account."""
    return _read(session, actor, _holders().where(Placement.id == placement_id))


def list_holders_of_shift(session: Session, actor: Actor, shift_id: uuid.UUID) -> list[Recipient]:
    """List those who hold a place in a shift."""
    held = _holders().join(ShiftPlace, ShiftPlace.placement_id == Placement.id)
    return _read(session, actor, held.where(ShiftPlace.shift_id == shift_id, Placement.status.in_(LIVE)))


def list_volunteers_own(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> list[Recipient]:
    """Give the volunteer as a recipient; nobody where they have no account yet."""
    wanted = select(Volunteer.account_id).where(Volunteer.id == volunteer_id)
    return _read(session, actor, wanted)


def list_coordinators(session: Session, actor: Actor, organisation_id: uuid.UUID) -> list[Recipient]:
    """List those who write for an organisation."""
    wanted = select(Coordinator.account_id).where(Coordinator.organisation_id == organisation_id)
    return _read(session, actor, wanted)


def list_staff(session: Session, actor: Actor, centre_id: uuid.UUID) -> list[Recipient]:
    """List the staff of a centre."""
    wanted = select(Account.id).where(Account.kind == AccountKind.STAFF, Account.centre_id == centre_id)
    return _read(session, actor, wanted)


def get_wishes(session: Session, actor: Actor, account_id: uuid.UUID) -> Wishes:
    """Get what a person wants to be told; the caller has looked who asks."""
    row = session.execute(_people().where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFound
    return Wishes(row[1], row[2])


def find_notice_settings(
    session: Session, actor: Actor, account_id: uuid.UUID, *, lock: bool = False
) -> NoticeSettings | None:
    """Find what a person has chosen, if they have; the caller has looked who asks."""
    wanted = select(NoticeSettings).where(NoticeSettings.account_id == account_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalar(wanted)


def _holders() -> Select[Any]:
    return select(Volunteer.account_id).join(Placement, Placement.volunteer_id == Volunteer.id)


def _people() -> Select[Any]:
    # Whose account names no centre belongs to the only one there is, where there is one.
    only = select(func.min(Centre.timezone)).having(func.count() == 1).scalar_subquery()
    people: Any = select(Account.id, NoticeSettings, func.coalesce(Centre.timezone, only))
    people = people.outerjoin(NoticeSettings, NoticeSettings.account_id == Account.id)
    return cast(Select[Any], people.outerjoin(Centre, Centre.id == Account.centre_id))


def _read(session: Session, actor: Actor, account_ids: Select[Any]) -> list[Recipient]:
    """Read these people: who has not confirmed their address is told nothing, nor who did it themselves."""
    people = _people().where(Account.id.in_(account_ids), Account.confirmed_at.is_not(None))
    if actor.account_id is not None:
        people = people.where(Account.id != actor.account_id)
    rows: Sequence[Any] = session.execute(people.order_by(Account.id)).all()
    return [Recipient(row[0], Wishes(row[1], row[2])) for row in rows]
