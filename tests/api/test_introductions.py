"""Introductions over HTTP: both sides of a thread, and not a byte of the volunteer on the other one."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from models import Account
from service.config import Settings
from service.jobs.mail import FolderSender
from service.jobs.registry import JOBS
from service.jobs.tools import Tools
from tests.making import (
    headers_for,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
    time_of,
)

# Nothing of these may reach an organisation before an acceptance (I-10).
CANARY = {
    "name": "Zephyrine Quillfeather",
    "email": "canary-zq@example.org",
    "interests": "collects brass astrolabes",
    "place": "Upper Canaryfold",
    "birth_date": date(1987, 6, 5),
}
TRACES = ("Zephyrine", "Quillfeather", "canary-zq", "astrolabes", "Canaryfold", "1987")


@pytest.fixture
def organisation(session):
    return make_organisation(session)


@pytest.fixture
def coordinator(session, organisation):
    return make_coordinator(session, organisation)


@pytest.fixture
def volunteer(session):
    return make_volunteer(session, **CANARY)


@pytest.fixture
def proposal(session, volunteer, organisation):
    return make_proposal(session, volunteer, make_need(session, organisation))


def slot_body(session, **over):
    at = time_of(session)
    times = {"starts_at": at + timedelta(days=1), "ends_at": at + timedelta(days=1, hours=1)}
    body = {"kind": "visit", "timezone": "Europe/Kyiv", "place": "The white door", **times, **over}
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in body.items()}


def test_a_question_is_asked_listed_and_answered_and_the_volunteer_sees_it(
    client, session, organisation, coordinator, volunteer, proposal
):
    mine, theirs = headers_for(session, volunteer), headers_for(session, coordinator)
    path = f"/v1/proposals/{proposal.id}/introductions"

    asked = client.post(path, headers=mine, json={"kind": "question", "text": "Is there a bus?"})
    assert asked.status_code == 201, asked.json
    assert (asked.json["status"], asked.json["proposal_id"]) == ("asked", str(proposal.id))

    waiting = client.get(
        f"/v1/organisations/{organisation.id}/introductions?status=asked", headers=theirs
    ).json["items"]
    assert [(one["id"], one["text"], one["proposal_id"]) for one in waiting] == [
        (asked.json["id"], "Is there a bus?", None)
    ]
    reply = client.post(
        f"/v1/introductions/{asked.json['id']}/reply", headers=theirs, json={"text": "Line 5."}
    )
    assert (reply.status_code, reply.json["status"]) == (200, "answered")
    again = client.post(f"/v1/introductions/{asked.json['id']}/reply", headers=theirs, json={"text": "6"})
    assert (again.status_code, again.json["code"]) == (409, "introduction_over")
    thread = client.get(path, headers=mine).json["items"]
    assert [(one["text"], one["reply"]) for one in thread] == [("Is there a bus?", "Line 5.")]


def test_a_visit_is_offered_taken_and_taken_back(
    client, session, organisation, coordinator, volunteer, proposal
):
    mine, theirs = headers_for(session, volunteer), headers_for(session, coordinator)
    slots = f"/v1/organisations/{organisation.id}/introduction-slots"

    offered = client.post(slots, headers=theirs, json=slot_body(session))
    assert offered.status_code == 201, offered.json
    booked = client.post(
        f"/v1/proposals/{proposal.id}/introductions",
        headers=mine,
        json={"kind": "visit", "slot_id": offered.json["id"]},
    )
    assert (booked.status_code, booked.json["slot"]["place"]) == (201, "The white door")
    assert [one["full"] for one in client.get(slots).json["items"]] == [True]
    cancelled = client.post(f"/v1/introduction-slots/{offered.json['id']}/cancel", headers=theirs)
    assert cancelled.json["cancelled_at"] is not None
    assert client.get(slots).json["items"] == []
    thread = client.get(f"/v1/proposals/{proposal.id}/introductions", headers=mine).json["items"]
    assert (thread[0]["status"], thread[0]["cancelled_by"]) == ("cancelled", "organisation")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "letter"}, "kind"),
        ({"kind": "question"}, "text"),
        ({"kind": "question", "text": "x" * 2001}, "text"),
        ({"kind": "visit"}, "slot_id"),
        ({"kind": "visit", "slot_id": "soon"}, "slot_id"),
        ({"kind": "question", "text": "?", "volunteer_id": "x"}, "volunteer_id"),
    ],
)
def test_what_is_wrong_is_named(client, session, volunteer, proposal, body, field):
    answer = client.post(
        f"/v1/proposals/{proposal.id}/introductions", headers=headers_for(session, volunteer), json=body
    )
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == [field]


def test_others_find_nothing(client, session, organisation, volunteer, proposal):
    mine = headers_for(session, volunteer)
    path = f"/v1/proposals/{proposal.id}/introductions"
    asked = client.post(path, headers=mine, json={"kind": "question", "text": "?"}).json
    strange = headers_for(session, make_coordinator(session, make_organisation(session)))
    other = headers_for(session, make_volunteer(session))
    staff = headers_for(session, make_staff(session, make_centre(session)))

    assert client.get(path, headers=other).status_code == 404
    assert (
        client.get(f"/v1/organisations/{organisation.id}/introductions", headers=strange).status_code == 404
    )
    assert client.get(f"/v1/organisations/{organisation.id}/introductions", headers=staff).status_code == 403
    for headers, code in ((strange, 404), (mine, 403), (staff, 403)):
        answer = client.post(f"/v1/introductions/{asked['id']}/reply", headers=headers, json={"text": "x"})
        assert answer.status_code == code
    assert client.post(f"/v1/introductions/{asked['id']}/cancel", headers=other).status_code == 404


def test_not_a_byte_of_the_volunteer_reaches_the_organisation(
    client, session, sessions, organisation, coordinator, volunteer, proposal, tmp_path
):
    mine, theirs = headers_for(session, volunteer), headers_for(session, coordinator)
    path = f"/v1/proposals/{proposal.id}/introductions"
    slot = client.post(
        f"/v1/organisations/{organisation.id}/introduction-slots", headers=theirs, json=slot_body(session)
    ).json
    question = client.post(path, headers=mine, json={"kind": "question", "text": "A bus?"}).json
    client.post(path, headers=mine, json={"kind": "visit", "slot_id": slot["id"]})
    payload = {"introduction_id": question["id"], "days": 1}
    tools = Tools(sessions, Settings(secret_key="k" * 40), FolderSender(tmp_path))
    JOBS["introductions.remind"](tools, payload)
    session.expire_all()

    told = [
        client.get(address, headers=theirs).text
        for address in (
            f"/v1/organisations/{organisation.id}/introductions",
            f"/v1/organisations/{organisation.id}/introduction-slots",
            f"/v1/needs/{proposal.need_id}/placements",
            f"/v1/organisations/{organisation.id}/answer-time",
        )
    ]
    told.append(notices := client.get("/v1/notices", headers=theirs).text)
    assert {"question_asked", "question_waits", "introduction_booked"} <= set(
        re.findall(r'"kind": ?"([a-z_]+)"', notices)
    )
    JOBS["notices.mail"](tools, {"account_id": str(coordinator.id)})
    sent = [one.read_text(encoding="utf-8") for one in tmp_path.glob("*.eml")]
    told += sent
    told.append(
        client.post(f"/v1/introductions/{question['id']}/reply", headers=theirs, json={"text": "5"}).text
    )
    account = session.get_one(Account, volunteer.account_id)
    ids = [str(one) for one in (volunteer.id, proposal.id, account.id)]

    assert len(sent) == 1
    assert "waited 1 day" in sent[0]
    assert "A bus?" in told[0]
    for trace in (*TRACES, account.email, *ids):
        assert not [text for text in told if trace in text], trace
