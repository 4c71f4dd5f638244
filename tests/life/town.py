"""The small town in which a life is lived: the same rows on either database, and who acts there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import Account, Centre, Token
from models.organisations import OrganisationStatus
from service.access.actors import WORKER, Actor, ActorKind
from tests.making import (
    actor_for,
    headers_for,
    make_account,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_staff,
    make_volunteer,
)

BEGINNING = datetime(2027, 3, 1, 10, tzinfo=UTC)
# No word of these stands anywhere else: where one is seen, its volunteer is.
CANARIES = ("Zyrianna", "Quillon", "Vexanda", "Jorunya")
# The last one is sixteen.
MINOR = len(CANARIES) - 1
# While a placement is one of these, the two sides see each other.
LIVE = ("held", "confirmed")
# These use their place: what is over makes no room for somebody else.
USES_PLACE = (*LIVE, "completed", "no_show")
FAR = {"latitude": 50.45, "longitude": 30.52, "place": "Kyiv"}


@dataclass
class Town:
    """Who acts, and what there is at the beginning; ids are the same on either database."""

    volunteers: list[Actor] = field(default_factory=list)
    # Of each organisation its coordinator.
    coordinators: dict[uuid.UUID, Actor] = field(default_factory=dict)
    staff: Actor = WORKER
    system: Actor = WORKER
    stranger: Actor = WORKER
    # By actor: how they ask over HTTP.
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    def everyone(self) -> dict[str, Actor]:
        """Name everyone who can ask for something."""
        volunteers = {f"volunteer{number}": one for number, one in enumerate(self.volunteers)}
        coordinators = {f"coordinator{number}": one for number, one in enumerate(self.coordinators.values())}
        rest = {"staff": self.staff, "system": self.system, "stranger": self.stranger}
        return {**volunteers, **coordinators, **rest}

    def others(self, actor: Actor) -> list[Actor]:
        """List whoever is not this one, and what is nobody."""
        operator = Actor(ActorKind.OPERATOR, account_id=uuid.UUID(int=1))
        return [*(one for one in self.everyone().values() if one != actor), operator, WORKER]


def found_town(session: Session) -> Town:
    """Make two organisations with five needs, four volunteers, and those who help them."""
    town = Town()
    centre = make_centre(session, name="Harbour Centre")
    elsewhere = make_centre(session, name="Hill Centre")
    owners: dict[str, Account | Centre] = {}
    organisations = []
    for number, status in enumerate((OrganisationStatus.VERIFIED, OrganisationStatus.UNVERIFIED)):
        name = f"Organisation {number}"
        organisation = make_organisation(session, centre, name=name, status=status)
        coordinator = make_coordinator(
            session, organisation, email=f"coordinator{number}@example.org", name="Coordinator"
        )
        town.coordinators[organisation.id] = actor_for(session, coordinator)
        owners[f"coordinator{number}"] = coordinator
        organisations.append(organisation)
    first, second = organisations
    make_need(session, first, title="One place", places=1)
    make_need(session, first, title="Two places", places=2)
    make_need(session, first, title="For adults", places=1, minimum_age=18)
    make_need(session, first, title="Far off", places=2, **FAR)
    make_need(session, second, title="Of the unverified", places=1)
    for number, name in enumerate(CANARIES):
        mail = f"{name.casefold()}@canary.example"
        account = make_account(session, email=mail, name=f"{name} Canary", centre_id=centre.id)
        over = {"birth_date": date(2011, 1, 1) if number == MINOR else date(1990, 1, 1)}
        volunteer = make_volunteer(
            session, centre, account_id=account.id, name=f"{name} Canary", email=mail, **over
        )
        town.volunteers.append(actor_for(session, volunteer))
        owners[f"volunteer{number}"] = account
    staff = make_staff(session, centre, email="staff@example.org", name="Staff")
    other = make_account(session, email="stranger@example.org", name="Stranger", centre_id=elsewhere.id)
    stranger = make_volunteer(
        session, elsewhere, account_id=other.id, email="stranger@example.org", name="Stranger", **FAR
    )
    town.staff, town.system = actor_for(session, staff), actor_for(session, centre)
    town.stranger = actor_for(session, stranger)
    owners |= {"staff": staff, "system": centre, "stranger": other}
    town.headers = {name: headers_for(session, owner) for name, owner in owners.items()}
    # A life lasts longer than the tests' tokens.
    session.execute(update(Token).values(expires_at=BEGINNING + timedelta(days=10_000)))
    return town
