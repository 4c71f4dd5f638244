"""Rows for the tests: each with sensible values, any of which a keyword overrides; all are flushed.

Needs have no dates unless a test gives some, so that they are never over. `headers_for` and `actor_for`
take whoever asks: an Account, a Volunteer (with its account), or a Centre (its system, with scopes).
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from models import Account, Centre, Coordinator, Need, Organisation, Place, Proposal, Shift, Token, Volunteer
from models.accounts import AccountKind, TokenKind
from models.needs import LocationType, NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import ProposalOrigin, ProposalStatus
from service.access.actors import ANYONE, WORKER, Actor, ActorKind
from service.access.policy import SCOPES
from service.access.second_factors import SecondFactorRule
from service.access.secrets import make_token as make_token_text
from service.operations.shifts import add_shifts
from service.queries.tokens import make_actor

# What tokens are given by where second factors are not what a test is about.
NO_FACTORS = SecondFactorRule("k" * 40, demanded=False)
# Vinnytsia, where the made-up rows live.
HERE: dict[str, Any] = {"latitude": 49.2331, "longitude": 28.4682, "place": "Vinnytsia"}
Row = TypeVar("Row")
_numbers = itertools.count(1)


def _keep(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def time_of(session: Session) -> datetime:
    """Say what time it is in this session."""
    at: datetime = session.info.setdefault("at", datetime.now(UTC))
    return at


def make_centre(session: Session, **over: Any) -> Centre:
    """Make a centre with a name of its own."""
    values = {"name": f"Centre {next(_numbers)}", "timezone": "Europe/Kyiv", "language": "en"}
    return _keep(session, Centre(id=uuid.uuid4(), **{**values, **over}))


def make_account(session: Session, kind: str = "volunteer", **over: Any) -> Account:
    """Make a confirmed account without a password; `make_token` opens it all the same."""
    email = over.get("email") or f"person{next(_numbers)}@example.org"
    values = {
        "email": email,
        "email_folded": email.casefold(),
        "name": "Oksana",
        "kind": AccountKind(kind),
        "language": "en",
        "confirmed_at": time_of(session),
    }
    return _keep(session, Account(id=uuid.uuid4(), **{**values, **over}))


def make_staff(session: Session, centre: Centre, **over: Any) -> Account:
    """Make an account of the centre's staff."""
    return make_account(session, "staff", **{"centre_id": centre.id, **over})


def make_coordinator(session: Session, *organisations: Organisation, **over: Any) -> Account:
    """Make an account that may write for these organisations."""
    account = make_account(session, "coordinator", **over)
    for one in organisations:
        post = Coordinator(account_id=account.id, organisation_id=one.id, created_at=time_of(session))
        _keep(session, post)
    return account


def make_organisation(session: Session, centre: Centre | None = None, **over: Any) -> Organisation:
    """Make a verified organisation, and a centre for it where none is given."""
    name = over.get("name") or f"Organisation {next(_numbers)}"
    values = {
        "centre_id": (centre or make_centre(session)).id,
        "name": name,
        "name_folded": name.casefold(),
        "description": "Helps its neighbours.",
        "causes": ["Community"],
        "registrations": [],
        "language": "en",
        "status": OrganisationStatus.VERIFIED,
        **HERE,
    }
    return _keep(session, Organisation(id=uuid.uuid4(), **{**values, **over}))


def make_need(session: Session, organisation: Organisation | None = None, **over: Any) -> Need:
    """Make an open need with its place rows, and an organisation for it where none is given."""
    organisation = organisation or make_organisation(session)
    values = {
        "organisation_id": organisation.id,
        "centre_id": organisation.centre_id,
        "status": NeedStatus.OPEN,
        "title": "Sort donated clothes",
        "description": "We sort what people bring us.",
        "language": "en",
        **{one: [] for one in ("skills", "languages", "requirements", "rewards", "accessibility")},
        "causes": ["Community"],
        "location_type": LocationType.ONSITE,
        "timezone": "Europe/Kyiv",
        "slots": 0,
        "places": 3,
        "published_at": time_of(session),
        **HERE,
    }
    need = _keep(session, Need(id=uuid.uuid4(), **{**values, **over}))
    session.add_all(Place(need_id=need.id, number=one + 1) for one in range(need.places))
    session.flush()
    return need


def make_shifts(
    session: Session, need: Need, *starts: datetime, hours: float = 3, places: int = 1
) -> list[Shift]:
    """Give a need a shift at each of these times, all of one length and as many places."""
    made: list[Shift] = []
    for one in starts:
        fields = {"starts_at": one, "ends_at": one + timedelta(hours=hours), "places": places}
        made += add_shifts(session, WORKER, need.id, fields, at=time_of(session)).shifts
    session.flush()
    return made


def make_volunteer(session: Session, centre: Centre | None = None, **over: Any) -> Volunteer:
    """Make a volunteer with an account; `account_id=None` makes one that a centre has brought."""
    if "account_id" not in over:
        account = make_account(session, centre_id=centre.id if centre else None)
        over = {**over, "account_id": account.id}
    values = {
        "centre_id": centre.id if centre else None,
        "name": "Oksana",
        "email": f"volunteer{next(_numbers)}@example.org",
        "language": "en",
        "interests": "",
        "causes": ["Community"],
        "skills": [],
        "languages": [{"code": "en", "level": None}],
        "slots": 2**21 - 1,
        "radius_km": 20.0,
        "location_types": ["onsite", "hybrid", "remote"],
        "own_edits": [],
        **HERE,
    }
    return _keep(session, Volunteer(id=uuid.uuid4(), **{**values, **over}))


def make_proposal(session: Session, volunteer: Volunteer, need: Need, **over: Any) -> Proposal:
    """Put a need before a volunteer."""
    values = {
        "volunteer_id": volunteer.id,
        "need_id": need.id,
        "status": ProposalStatus.PROPOSED,
        "origin": ProposalOrigin.RANKING,
        "score": 0.5,
        "reasons": [],
        "model": "rules-3",
    }
    return _keep(session, Proposal(id=uuid.uuid4(), **{**values, **over}))


def make_token(session: Session, owner: Account | Volunteer | Centre, scopes: Iterable[str] = SCOPES) -> str:
    """Make a live token of a person, or of a centre with these scopes; give its text."""
    of_centre = isinstance(owner, Centre)
    account = None if of_centre else _account_of(session, owner)
    kind = account.kind.value if account else "centre"
    new, at = make_token_text(kind), time_of(session)
    token = Token(
        kind=TokenKind(kind),
        short_id=new.short_id,
        secret_hash=new.secret_hash,
        account_id=account.id if account else None,
        centre_id=owner.id if of_centre else None,
        label="",
        scopes=sorted(scopes) if of_centre else [],
        created_at=at,
        expires_at=at + timedelta(days=1),
        # Noted already, so that no request of a test writes only to say that it was used.
        last_used_on=at.date(),
    )
    _keep(session, token)
    return new.text


def headers_for(
    session: Session, owner: Account | Volunteer | Centre, scopes: Iterable[str] = SCOPES
) -> dict[str, str]:
    """Give the headers with which that owner asks."""
    return {"Authorization": f"Bearer {make_token(session, owner, scopes)}"}


def actor_for(session: Session, owner: Account | Volunteer | Centre) -> Actor:
    """Give the actor that the door would make of that owner."""
    if isinstance(owner, Centre):
        return Actor(ActorKind.CENTRE, centre_id=owner.id, scopes=frozenset(SCOPES))
    actor = make_actor(session, ANYONE, _account_of(session, owner))
    assert actor is not None
    return actor


def _account_of(session: Session, owner: Account | Volunteer | Centre) -> Account:
    if isinstance(owner, Account):
        return owner
    assert isinstance(owner, Volunteer)
    return session.get_one(Account, owner.account_id)
