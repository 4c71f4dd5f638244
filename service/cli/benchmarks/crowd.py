"""A crowd for measuring: volunteers with tokens, each with one need before them that has room for all."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import Account, Need, Proposal, Volunteer
from models.accounts import AccountKind
from models.organisations import OrganisationStatus
from models.proposals import ProposalOrigin, ProposalStatus
from service.access.actors import WORKER
from service.operations.accounts import make_profile
from service.operations.centres import add_centre
from service.operations.needs import publish_need, save_need
from service.operations.organisations import save_organisation, verify_organisation
from service.operations.tokens import issue_own_token

NEEDS, PLACES, LISTED = 40, 100, 60
HERE = {"latitude": 48.1, "longitude": 27.9, "place": "Brodava"}


@dataclass(frozen=True, slots=True)
class Crowd:
    """One volunteer with a full list, and as many as are to accept: (proposal, token) each."""

    listed: tuple[uuid.UUID, str]
    accepting: list[tuple[uuid.UUID, str]]


def gather_crowd(session: Session, people: int, *, at: datetime) -> Crowd:
    """Make the needs and the people; who is to accept meets the others at every need alike."""
    centre = add_centre(session, WORKER, "Bench", timezone="UTC", language="en", at=at)
    told = {"name": "Bench", "description": "Room for everybody.", "location": HERE, "causes": ["Community"]}
    organisation, _ = save_organisation(session, WORKER, centre, told, external_id=None, at=at)
    verify_organisation(session, WORKER, organisation.id, OrganisationStatus.VERIFIED, "bench", at=at)
    needs = []
    for number in range(NEEDS + LISTED):
        fields = {
            "title": f"Sort donated clothes, table {number}",
            "description": "We sort what people bring: coats, shoes, blankets. " * 6,
            "causes": ["Community", "OlderPeople"],
            "location_type": "onsite",
            "location": HERE,
            "places": PLACES,
            "availability": ["MondayMorning", "TuesdayEvening"],
        }
        need, _ = save_need(session, WORKER, organisation, fields, external_id=None, at=at)
        publish_need(session, WORKER, need.id, at=at)
        needs.append(need)
    listed, token = _add_person(session, at)
    return Crowd((listed.id, token), [_put_before(session, needs[one % NEEDS], at) for one in range(people)])


def _add_person(session: Session, at: datetime) -> tuple[Volunteer, str]:
    number = uuid.uuid4().hex[:12]
    account = Account(
        id=uuid.uuid4(),
        email=f"{number}@example.org",
        email_folded=f"{number}@example.org",
        name="Crowd",
        kind=AccountKind.VOLUNTEER,
        language="en",
        confirmed_at=at,
    )
    volunteer = make_profile(account)
    volunteer.causes, volunteer.interests = ["Community", "OlderPeople"], "older people, clothes, neighbours"
    volunteer.latitude, volunteer.longitude = HERE["latitude"], HERE["longitude"]  # type: ignore[assignment]
    session.add_all((account, volunteer))
    issued = issue_own_token(session, WORKER, account, label="", days=1, at=at)
    issued.token.last_used_on = at.date()
    session.flush()
    return volunteer, issued.text


def _put_before(session: Session, need: Need, at: datetime) -> tuple[uuid.UUID, str]:
    volunteer, token = _add_person(session, at)
    proposal = Proposal(
        id=uuid.uuid4(),
        volunteer_id=volunteer.id,
        need_id=need.id,
        status=ProposalStatus.PROPOSED,
        origin=ProposalOrigin.RANKING,
        score=0.5,
        reasons=[],
        model="bench",
    )
    session.add(proposal)
    return proposal.id, token
