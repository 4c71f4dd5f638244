"""The people of the demo town: staff, coordinators, and volunteers with their own profiles."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Account, Centre, Organisation
from models.accounts import AccountKind
from service.access.actors import Actor
from service.access.passwords import hash_password
from service.operations.accounts import NewAccount
from service.operations.demo.material import DemoPerson, DemoVolunteer, read_centre, read_volunteers
from service.operations.opening import add_confirmed, open_account
from service.operations.volunteers import change_volunteer
from service.queries.tokens import make_actor

# As the material counts: has tried, can, could teach.
SKILL_LEVELS = {None: None, 1: "beginner", 2: "intermediate", 3: "expert"}


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody as whom one can look at the town."""

    kind: str
    name: str
    email: str
    language: str


def list_sign_ins() -> list[SignIn]:
    """List those who can sign in: volunteers first."""
    centre = read_centre()
    volunteers = [one for one in read_volunteers() if one.signs_in]
    groups = (("volunteer", volunteers), ("coordinator", centre.coordinators), ("staff", centre.staff))
    return [SignIn(kind, one.name, one.email, one.language) for kind, group in groups for one in group]


def add_staff(session: Session, actor: Actor, centre: Centre, password: str, *, at: datetime) -> Actor:
    """Add the centre's staff; the actor is one of them."""
    actors = [
        _actor_of(session, actor, _open(session, actor, one, AccountKind.STAFF, password, None, centre, at))
        for one in read_centre().staff
    ]
    return actors[0]


def add_coordinators(
    session: Session,
    actor: Actor,
    centre: Centre,
    organisations: Mapping[str, Organisation],
    password: str,
    *,
    at: datetime,
) -> dict[uuid.UUID, Actor]:
    """Add the coordinators, each with their post at an organisation; give the actors by it."""
    added = {}
    for one in read_centre().coordinators:
        post = organisations[one.organisation] if one.organisation else None
        account = _open(session, actor, one, AccountKind.COORDINATOR, password, post, centre, at)
        if post is not None:
            session.flush()
            added[post.id] = _actor_of(session, actor, account)
    return added


def _open(
    session: Session,
    actor: Actor,
    person: DemoPerson,
    kind: AccountKind,
    password: str,
    post: Organisation | None,
    centre: Centre,
    at: datetime,
) -> Account:
    new = NewAccount(person.email, password, person.name, kind, person.language, str(centre.id))
    return open_account(session, actor, new, organisation=post, at=at)


def add_volunteers(
    session: Session, actor: Actor, centre: Centre, password: str, *, at: datetime
) -> dict[str, Actor]:
    """Add the volunteers, who then fill in their profiles themselves and get proposals; actors by address.

    Only those as whom one signs in have a password: a hash takes its time.
    """
    return {one.email: _add_volunteer(session, actor, centre, one, password, at) for one in read_volunteers()}


def _add_volunteer(
    session: Session, actor: Actor, centre: Centre, one: DemoVolunteer, password: str, at: datetime
) -> Actor:
    new = NewAccount(one.email, password, one.name, AccountKind.VOLUNTEER, one.language)
    hashed = hash_password(password) if one.signs_in else None
    person = _actor_of(session, actor, add_confirmed(session, actor, new, hashed, centre, at=at))
    if person.volunteer_id is not None:
        change_volunteer(session, person, person.volunteer_id, _profile_fields(one), at=at)
    return person


def _actor_of(session: Session, actor: Actor, account: Account) -> Actor:
    person = make_actor(session, actor, account)
    if person is None:
        raise ValueError(account.id)
    return person


def _profile_fields(one: DemoVolunteer) -> dict[str, Any]:
    return {
        "interests": one.interests,
        "causes": list(one.causes),
        "skills": [{"code": skill.code, "level": SKILL_LEVELS[skill.level]} for skill in one.skills],
        "languages": [asdict(language) for language in one.languages],
        "availability": list(one.availability),
        "location": asdict(one.location),
        "radius_km": one.radius_km,
        "location_types": list(one.location_types),
        "birth_date": one.birth_date,
    }
