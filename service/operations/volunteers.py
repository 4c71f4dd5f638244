"""Profiles: brought by a centre, changed by the person, and never against the person's own words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Centre, Volunteer
from models.vocabularies import slots_mask
from service.access.actors import Actor, ActorKind
from service.errors import N_, FieldError, Invalid, NotAllowed, Refusal
from service.operations.accounts import RADIUS_KM
from service.operations.changes import Saved, set_columns, without_repeats
from service.operations.events import record_event
from service.operations.jobs import order_job
from service.operations.proposal_orders import order_proposals
from service.operations.proposing import propose_for
from service.operations.text_orders import order_embedding
from service.queries.texts import forget_interest_vector
from service.queries.volunteers import (
    find_taken_over_at,
    find_volunteer_by_external_id,
    get_volunteer_for_change,
)
from service.schemas.locations import keep_location

Fields = Mapping[str, Any]


def add_volunteer(session: Session, actor: Actor, fields: Fields, *, at: datetime) -> Volunteer:
    """Bring a volunteer as a centre's system does; they are invited to take over their account.

    `fields` are those of VolunteerNew. Refused with `external_id_taken` where the id is in use.
    """
    centre, external_id = session.get_one(Centre, actor.centre_id), fields.get("external_id")
    if external_id and find_volunteer_by_external_id(session, actor, centre.id, external_id):
        raise Refusal("external_id_taken")
    return _add(session, actor, centre, fields, external_id, at)


def save_volunteer(
    session: Session,
    actor: Actor,
    centre: Centre,
    fields: Fields,
    *,
    external_id: str | None,
    at: datetime,
) -> tuple[Volunteer, Saved]:
    """Add a volunteer, or bring the one whom the centre knows by that id up to date.

    What the person has written themselves stays, and so does everything that they have decided;
    the address stays once an account goes with it. Without an id it is always a new volunteer.
    """
    known = find_volunteer_by_external_id(session, actor, centre.id, external_id) if external_id else None
    if known is None:
        return _add(session, actor, centre, fields, external_id, at), "added"
    kept = {*known.own_edits, *(["email"] if known.account_id else [])}
    free = {name: value for name, value in fields.items() if name not in kept}
    if not _write(session, actor, known, free, at):
        return known, "unchanged"
    order_proposals(session, actor, known.id, at=at)
    return known, "updated"


def change_volunteer(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, fields: Fields, *, at: datetime
) -> Volunteer:
    """Change a profile: the person their own, and find proposals that fit it at once.

    A centre changes that of a volunteer who has not taken over yet, and nothing that they wrote.
    """
    volunteer = get_volunteer_for_change(session, actor, volunteer_id)
    own = actor.kind is ActorKind.VOLUNTEER
    if own:
        volunteer.keep_as_own(list(fields))
    else:
        _must_be_the_centres(session, actor, volunteer, fields)
    _write(session, actor, volunteer, fields, at)
    session.flush()
    if own:
        propose_for(session, actor, volunteer.id, at=at)
    else:
        order_proposals(session, actor, volunteer.id, at=at)
    return volunteer


def _must_be_the_centres(session: Session, actor: Actor, volunteer: Volunteer, fields: Fields) -> None:
    if actor.kind is not ActorKind.CENTRE or find_taken_over_at(session, actor, volunteer):
        raise NotAllowed
    own = sorted(set(fields) & set(volunteer.own_edits))
    if own:
        message = N_("The volunteer has written this themselves.")
        raise Invalid(*(FieldError(name, "own_edit", message) for name in own))


def _add(
    session: Session, actor: Actor, centre: Centre, fields: Fields, external_id: str | None, at: datetime
) -> Volunteer:
    _must_be_born(fields, at)
    volunteer = Volunteer(
        id=uuid.uuid4(),
        centre_id=centre.id,
        external_id=external_id,
        own_edits=[],
        **{
            "language": centre.language,
            "interests": "",
            "causes": [],
            "skills": [],
            "languages": [],
            "slots": 0,
            "radius_km": RADIUS_KM,
            "location_types": ["onsite", "hybrid", "remote"],
            **_columns(fields),
        },
    )
    session.add(volunteer)
    session.flush()
    record_event(session, actor, "volunteer.added", volunteer.id, at=at, centre_id=centre.id)
    _invite(session, actor, volunteer, at)
    if volunteer.interests:
        order_embedding(session, actor, at=at)
    order_proposals(session, actor, volunteer.id, at=at)
    return volunteer


def _write(session: Session, actor: Actor, volunteer: Volunteer, fields: Fields, at: datetime) -> bool:
    """Write what differs; say whether anything did."""
    _must_be_born(fields, at)
    changed = set_columns(volunteer, _columns(fields))
    if changed:
        record_event(session, actor, "volunteer.changed", volunteer.id, at=at, centre_id=volunteer.centre_id)
    if "interests" in changed:
        # What the former words meant is as personal as they were, and goes with them.
        forget_interest_vector(session, actor, volunteer.id)
        order_embedding(session, actor, at=at)
    if "email" in changed:
        _invite(session, actor, volunteer, at)
    return bool(changed)


def _invite(session: Session, actor: Actor, volunteer: Volunteer, at: datetime) -> None:
    if volunteer.email:
        order_job(session, actor, "accounts.mail_take_over", {"volunteer_id": str(volunteer.id)}, at=at)


def _must_be_born(fields: Fields, at: datetime) -> None:
    if fields.get("birth_date") and fields["birth_date"] > at.date():
        raise Invalid(FieldError("birth_date", "in_future", N_("This date is still to come.")))


_PLAIN = ("name", "email", "language", "interests", "radius_km", "birth_date")


def _columns(fields: Fields) -> dict[str, Any]:
    """Turn the fields of the schemas into those of the row; what stands twice in a list counts once."""
    columns = {name: fields[name] for name in _PLAIN if name in fields}
    for name in {"causes", "location_types"} & fields.keys():
        columns[name] = without_repeats(fields[name])
    for name in {"skills", "languages"} & fields.keys():
        columns[name] = _levels(fields[name])
    if "availability" in fields:
        columns["slots"] = slots_mask(fields["availability"])
    if "location" in fields:
        columns |= keep_location(fields["location"])
    return columns


def _levels(had: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return list({one["code"]: {"code": one["code"], "level": one.get("level")} for one in had}.values())
