"""A few rows of each kind in every state, who asks, and requests that name those rows."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

import schemathesis
from schemathesis.transport.serialization import Binary
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Account,
    Conversation,
    Hours,
    Introduction,
    IntroductionSlot,
    Organisation,
    Placement,
    Proposal,
    Token,
    Volunteer,
    VolunteerRecord,
)
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service.operations.hours import confirm_hours, correct_hours, enter_hours
from service.operations.introductions import ask_introduction, offer_slot, reply_to_introduction
from service.operations.invitations import send_invitation
from service.operations.messages import write_message_about_proposal
from service.operations.proposals import accept_proposal, decline_proposal
from service.operations.records import issue_record
from service.operations.share_codes import make_share_code
from service.schemas.import_runs import MOST_ROWS
from tests.files.messy import MESSY
from tests.making import (
    actor_for,
    headers_for,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_shifts,
    make_staff,
    make_token,
    make_volunteer,
    time_of,
)
from tests.operations.bringing import bring

CALLERS = ("anyone", "volunteer", "coordinator", "staff", "centre")
FILES = {
    "needs": b"external_id,title,description,organisation\n1,Sort clothes,By size,Green Corner\n",
    "organisations": b"external_id,name\n1,Green Corner\n",
    "volunteers": b"external_id,name\n1,Olena\n",
}
PASSWORD = "four quiet green bicycles"


@dataclass
class World:
    """The headers of whoever asks, and ids that are there, by the name under which requests name them."""

    headers: dict[str, str]
    ids: dict[str, list[str]]

    def put_into(self, case: schemathesis.Case) -> None:
        """Let most requests name what is there, and pass what they could hardly pass by chance.

        What was drawn to be wrong stays wrong: only values that the document allows are replaced.
        """
        self._name_rows(case.path_parameters)
        self._name_rows(case.body)
        parts = (case.headers, case.query, case.body)
        headers, query, body = (one if isinstance(one, dict) else {} for one in parts)
        if "If-Match" in headers and len(headers["If-Match"]) % 4:
            headers["If-Match"] = "*"
        if isinstance(query.get("cursor"), str) and len(query["cursor"]) < 1000:
            del query["cursor"]
        if (
            isinstance(password := body.get("password"), str)
            and 0 < len(password.strip()) <= len(password) < 257
        ):
            body["password"] = PASSWORD
        if _is_moment(until := body.get("until")) and len(until) % 4:
            body["until"] = (datetime.now(UTC) + timedelta(days=7)).isoformat()
        if isinstance(mapping := body.get("mapping"), str) and mapping.strip():
            body["mapping"] = f"halfway_{body.get('kind')}"
        # Every other file stays as drawn: archives, pictures, torn text.
        if isinstance(file := body.get("file"), Binary) and len(file.data) % 2:
            body["file"] = Binary(FILES.get(str(body.get("kind")), b""))
            if re.fullmatch("[0-9A-Fa-f]{64}", str(body.get("sha256"))):
                del body["sha256"]
            if isinstance(rows := body.get("rows"), int) and 0 <= rows <= MOST_ROWS:
                body["rows"] = 1

    def _name_rows(self, drawn: Any) -> None:
        for name in drawn.keys() & self.ids.keys() if isinstance(drawn, dict) else ():
            try:
                number = uuid.UUID(drawn[name]).int
            except (ValueError, AttributeError, TypeError):
                continue
            if number % 5:
                drawn[name] = self.ids[name][number % len(self.ids[name])]


def _is_moment(drawn: Any) -> TypeGuard[str]:
    """Whether it is a moment as the document wants one; a number or a word is there to be refused."""
    try:
        return isinstance(drawn, str) and datetime.fromisoformat(drawn).tzinfo is not None
    except ValueError:
        return False


def make_world(session: Session, caller: str) -> World:
    """Make the rows, and the headers of one of `CALLERS`."""
    time_of(session)
    centre = make_centre(session)
    organisations = [
        make_organisation(session, centre),
        make_organisation(session, centre, status=OrganisationStatus.UNVERIFIED),
        make_organisation(session),
    ]
    needs = [make_need(session, organisations[0], language=one) for one in ("en", "uk", "ru") * 5]
    volunteer, other = make_volunteer(session, centre), make_volunteer(session, centre)
    proposals = [make_proposal(session, volunteer, need) for need in needs]
    _answer(session, volunteer, proposals)
    proposals += [make_proposal(session, other, need) for need in needs[:3]]
    needs += [make_need(session, one, status=state) for one in organisations for state in NeedStatus]
    tomorrow = time_of(session) + timedelta(days=1)
    shifts = [make_shifts(session, one, tomorrow, places=9)[0] for one in (needs[13], needs[15], needs[16])]
    people = {
        "volunteer": volunteer,
        "coordinator": make_coordinator(session, *organisations[:2]),
        "staff": make_staff(session, centre),
        "centre": centre,
    }
    slots, introductions = _introduce(session, organisations[0], people["coordinator"], volunteer, proposals)
    imported = bring(session, centre, MESSY, mapping="nyc", publish=True)
    for person in people.values():
        make_token(session, person)
    rows: dict[str, Iterable[Any]] = {
        "organisation": organisations,
        "need": needs,
        "volunteer": [volunteer, volunteer, other],
        "proposal": proposals,
        "placement": session.scalars(select(Placement)),
        "import": [imported],
        "introduction": introductions,
        "slot": slots,
        "shift": shifts,
        "share_code": _invite(session, people["coordinator"], volunteer, needs[12].id),
        "conversation": _write(session, volunteer, proposals),
        "hours": _give(session, people["coordinator"], volunteer),
        "record": session.scalars(select(VolunteerRecord)),
        "token": session.scalars(select(Token)),
    }
    ids = {f"{name}_id": [str(one.id) for one in found] for name, found in rows.items()}
    # The token that is used is none of those that may be ended.
    return World(headers_for(session, people[caller]) if caller in people else {}, ids)


def _introduce(
    session: Session,
    organisation: Organisation,
    coordinator: Account,
    volunteer: Volunteer,
    proposals: list[Proposal],
) -> tuple[list[IntroductionSlot], list[Introduction]]:
    at, day = time_of(session), timedelta(days=1)
    times = {"starts_at": at + day, "ends_at": at + 2 * day, "timezone": "Europe/Kyiv"}
    by, asking = actor_for(session, coordinator), actor_for(session, volunteer)
    slots = [
        offer_slot(session, by, organisation.id, {"kind": kind, "places": 3, **times}, at=at)
        for kind in ("visit", "call", "visit")
    ]
    wanted: list[dict[str, Any]] = [{"kind": "question", "text": "Is there a bus?"}] * 6
    wanted += [{"kind": one.kind.value, "slot_id": one.id} for one in slots]
    asked = [ask_introduction(session, asking, proposals[5].id, one, at=at) for one in wanted]
    reply_to_introduction(session, by, asked[0].id, "Line 5.", at=at)
    return slots, asked


def _invite(session: Session, coordinator: Account, volunteer: Volunteer, need_id: uuid.UUID) -> list[Any]:
    by, at = actor_for(session, volunteer), time_of(session)
    made = [make_share_code(session, by, volunteer.id, at=at) for _ in range(3)]
    way = {"share_code": made[0][1]}
    send_invitation(session, actor_for(session, coordinator), need_id, way, at=at)
    return [one for one, _ in made]


def _write(session: Session, volunteer: Volunteer, proposals: list[Proposal]) -> Iterable[Conversation]:
    by, at = actor_for(session, volunteer), time_of(session)
    for one in (*proposals[:2], *proposals[5:9]):
        write_message_about_proposal(session, by, one.id, "When do we begin?", at=at)
    return session.scalars(select(Conversation)).all()


def _give(session: Session, coordinator: Account, volunteer: Volunteer) -> list[Hours]:
    """Give hours to a placement that goes on: some wait, one is confirmed, one corrected; and a record."""
    by, giving, at = actor_for(session, coordinator), actor_for(session, volunteer), time_of(session)
    placement = session.scalars(select(Placement).order_by(Placement.created_at).limit(1)).one()
    fields = {"date": at.date() - timedelta(days=1), "minutes": 5}
    hours = [enter_hours(session, giving, placement.id, fields, at=at) for _ in range(8)]
    confirm_hours(session, by, hours[0].id, at=at)
    correct_hours(session, by, hours[1].id, 3, "We closed early.", at=at)
    for _ in range(3):
        issue_record(session, giving, secret="k" * 40, at=at)
    return hours


def _answer(session: Session, volunteer: Volunteer, proposals: list[Proposal]) -> None:
    actor, at = actor_for(session, volunteer), time_of(session)
    accept_proposal(session, actor, proposals[0].id, message="I can bring a friend.", at=at)
    accept_proposal(session, actor, proposals[1].id, at=at)
    decline_proposal(session, actor, proposals[2].id, at=at)
