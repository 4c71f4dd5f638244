"""Fills the demo town through the ordinary operations: its centre, organisations, needs and people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import Centre, Organisation
from models.organisations import OrganisationStatus
from service.access.actors import Actor
from service.operations.centres import add_centre
from service.operations.demo.acts import let_volunteers_accept, let_volunteers_wait
from service.operations.demo.ends import accept_ongoing, let_placements_go_on
from service.operations.demo.material import (
    DemoNeed,
    DemoOrganisation,
    read_centre,
    read_needs,
    read_organisations,
    read_volunteers,
)
from service.operations.demo.people import add_coordinators, add_staff, add_volunteers
from service.operations.demo.shifts import add_demo_shifts
from service.operations.demo.talk import let_them_talk
from service.operations.needs import cancel_need, publish_need, save_need
from service.operations.organisations import save_organisation, verify_organisation
from service.queries.centres import count_centres, find_centre

SEED = 2026


@dataclass(frozen=True, slots=True)
class Filled:
    """How many of each the town has now."""

    organisations: int
    needs: int
    volunteers: int
    placements: int


def is_empty(session: Session, actor: Actor) -> bool:
    """Say whether the database holds nothing yet that the town could get in the way of."""
    return count_centres(session, actor) == 0


def is_demo_town(session: Session, actor: Actor) -> bool:
    """Say whether the database holds the town, and no other centre."""
    material = read_centre()
    return (
        count_centres(session, actor) == 1
        and find_centre(session, actor, material.names[material.language]) is not None
    )


def fill_demo_town(
    session: Session, actor: Actor, password: str, *, at: datetime, seed: int = SEED
) -> Filled:
    """Fill an empty database with the town: whoever can sign in does so with that one password.

    All in one transaction: there is the whole town, or nothing of it. The seed chooses who has accepted.
    """
    material = read_centre()
    centre = add_centre(
        session,
        actor,
        material.names[material.language],
        timezone=material.timezone,
        language=material.language,
        at=at,
    )
    staff = add_staff(session, actor, centre, password, at=at)
    organisations = _add_organisations(session, actor, staff, centre, at)
    needs = _add_needs(session, actor, centre, organisations, at)
    _suspend(session, staff, organisations, at)
    coordinators = add_coordinators(session, actor, centre, organisations, password, at=at)
    volunteers = add_volunteers(session, actor, centre, password, at=at)
    signs_in = {one.email for one in read_volunteers() if one.signs_in}
    others = [one for email, one in volunteers.items() if email not in signs_in]
    coordinated = {organisations[one.organisation].id for one in material.coordinators if one.organisation}
    placements = let_volunteers_accept(session, others, coordinated, at=at, seed=seed)
    let_volunteers_wait(session, actor, others, coordinated, at=at)
    known = [one for email, one in volunteers.items() if email in signs_in]
    let_them_talk(session, coordinators, known, others, timezone=centre.timezone, at=at)
    placements += sum(accept_ongoing(session, one, coordinated, at=at) for one in known)
    let_placements_go_on(session, actor, [*known, *others], at=at)
    return Filled(len(organisations), needs, len(volunteers), placements)


def _add_organisations(
    session: Session, actor: Actor, staff: Actor, centre: Centre, at: datetime
) -> dict[str, Organisation]:
    """Add all; those that are to be suspended were verified once, too."""
    added = {}
    for one in read_organisations():
        organisation, _ = save_organisation(
            session, actor, centre, _organisation_fields(one), external_id=one.key, at=at
        )
        added[one.key] = organisation
        if one.status != OrganisationStatus.UNVERIFIED:
            status, note = OrganisationStatus.VERIFIED, "visited by the centre"
            verify_organisation(session, staff, organisation.id, status, note, at=at)
    return added


def _suspend(session: Session, staff: Actor, organisations: Mapping[str, Organisation], at: datetime) -> None:
    for one in read_organisations():
        if one.status == OrganisationStatus.SUSPENDED:
            organisation, note = organisations[one.key], one.status_note or ""
            verify_organisation(session, staff, organisation.id, OrganisationStatus.SUSPENDED, note, at=at)


def _add_needs(
    session: Session, actor: Actor, centre: Centre, organisations: Mapping[str, Organisation], at: datetime
) -> int:
    needs = read_needs()
    for one in needs:
        fields = _need_fields(one, centre.timezone, at)
        organisation = organisations[one.organisation]
        need, _ = save_need(session, actor, organisation, fields, external_id=one.key, at=at)
        add_demo_shifts(session, actor, need, one.key, at=at)
        if one.status != "draft":
            publish_need(session, actor, need.id, at=at)
        if one.status == "cancelled":
            cancel_need(session, actor, need.id, at=at)
    return len(needs)


def _organisation_fields(one: DemoOrganisation) -> dict[str, Any]:
    return {
        "name": one.name,
        "description": one.description,
        "mission": one.mission,
        "language": one.language,
        "causes": list(one.causes),
        "website": one.website,
        "location": asdict(one.location),
    }


def _need_fields(one: DemoNeed, timezone: str, at: datetime) -> dict[str, Any]:
    starts_at = one.starts_at(at.date(), timezone)
    plain = (
        *("title", "description", "language", "location_type", "places", "commitment_hours_per_week"),
        *("minimum_age", "maximum_age"),
    )
    several = ("causes", "requirements", "rewards", "accessibility", "availability")
    return {
        **{name: getattr(one, name) for name in plain},
        **{name: list(getattr(one, name)) for name in several},
        "skills": [skill.code for skill in one.skills],
        "languages": [language.code for language in one.languages],
        "location": asdict(one.location) if one.location else None,
        "timezone": timezone,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=one.hours) if starts_at and one.hours else None,
    }
