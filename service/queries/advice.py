"""Advice on a need, for those who write it or help its organisation: what keeps it from finding people.

Numbers of volunteers are told for verified organisations only: whoever signs up and makes an organisation
of their own learns nothing about anybody. Those counted are the centre's own volunteers and those of no
centre; nothing of another centre's people is told, not even how many they are.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.advice import Advice, advise, advise_by
from matching.profiles import Opening
from models import Need, Organisation, Volunteer
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service.access.actors import Actor
from service.errors import NotFound
from service.queries.audience import open_audience
from service.queries.needs import PUBLISHED, written_by
from service.queries.opening_rows import as_opening

# These take some fifteen seconds; of more, the first who asks for advice waits.
MOST_READ_AT_START = 40_000


@dataclass(frozen=True, slots=True)
class NeedAdvised:
    """A need, and what is to be said about it."""

    need: Need
    advice: Advice


def get_advice(
    session: Session, actor: Actor, need_id: uuid.UUID, *, secret: str, at: datetime
) -> NeedAdvised:
    """Say what keeps a need, a draft too, from finding people; the secret is the service's own.

    Raises NotFound for a need that the actor does not write.
    """
    found = session.execute(
        select(Need, Organisation)
        .join(Organisation, Organisation.id == Need.organisation_id)
        .where(Need.id == need_id, written_by(actor))
    ).one_or_none()
    if found is None:
        raise NotFound
    need, organisation = found
    opening, is_draft = _opening(need, organisation), need.status is NeedStatus.DRAFT
    if organisation.status is not OrganisationStatus.VERIFIED:
        return NeedAdvised(need, advise(opening, at=at, is_draft=is_draft))
    latitude, longitude = organisation.latitude, organisation.longitude
    home = None if latitude is None or longitude is None else (latitude, longitude)
    with open_audience(session, actor, secret=_key(secret), at=at) as audience:
        people = audience.of_group(need.centre_id)
        return NeedAdvised(need, advise_by(audience, people, opening, at=at, is_draft=is_draft, home=home))


def read_volunteers(session: Session, actor: Actor, *, secret: str, at: datetime) -> None:
    """Read all volunteers for the advice to come, unless they are so many that a start would wait for it."""
    if session.scalars(select(func.count()).select_from(Volunteer)).one() <= MOST_READ_AT_START:
        with open_audience(session, actor, secret=_key(secret), at=at):
            pass


def _key(secret: str) -> bytes:
    """Make a key for this purpose alone of the service's secret."""
    return sha256(f"counts of volunteers\n{secret}".encode()).digest()


def _opening(need: Need, organisation: Organisation) -> Opening:
    return as_opening(
        need,
        organisation_name=organisation.name,
        organisation_verified=organisation.status is OrganisationStatus.VERIFIED,
        open=need.status in PUBLISHED,
    )
