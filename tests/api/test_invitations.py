"""Invitations over HTTP: 202 for every valid way, and nothing beside it that tells one from another."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import select

from models import Invitation, Placement
from service.config import Settings
from service.jobs.mail import FolderSender
from service.jobs.registry import JOBS
from service.jobs.tools import Tools
from service.operations.proposals import accept_proposal
from tests.api.test_introductions import CANARY, TRACES
from tests.making import (
    actor_for,
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


@pytest.fixture
def organisation(session):
    return make_organisation(session)


@pytest.fixture
def coordinator(session, organisation):
    return make_coordinator(session, organisation)


@pytest.fixture
def need(session, organisation):
    return make_need(session, organisation, title="Paint boats")


def past_volunteer(session, organisation, **over):
    """Make a volunteer who held a place there and has withdrawn: (volunteer, headers, placement id)."""
    volunteer = make_volunteer(session, **over)
    proposal = make_proposal(session, volunteer, make_need(session, organisation))
    placement = accept_proposal(session, actor_for(session, volunteer), proposal.id, at=time_of(session))
    return volunteer, headers_for(session, volunteer), placement.id


def test_what_an_organisation_is_answered_tells_nothing_of_the_volunteer(
    client, session, sessions, organisation, coordinator, need, tmp_path
):
    people = {
        name: past_volunteer(session, organisation, **CANARY | {"email": f"canary-zq-{name}@example.org"})
        for name in ("free", "declined", "off")
    }
    session.commit()
    for _, headers, placement_id in people.values():
        proposal_id = session.get_one(Placement, placement_id).proposal_id
        done = client.post(f"/v1/proposals/{proposal_id}/withdraw", headers=headers, json={})
        assert done.status_code == 200
    _, declines, _ = people["declined"]
    chosen = client.post(f"/v1/needs/{need.id}/choose", headers=declines, json={}).json
    client.post(f"/v1/proposals/{chosen['id']}/decline", headers=declines, json={})
    volunteer, headers, _ = people["off"]
    path = f"/v1/volunteers/{volunteer.id}/invitation-settings"
    tag = client.get(path, headers=headers).headers["ETag"]
    assert client.patch(path, headers=headers, json={"welcome": False}).status_code == 428
    changed = client.patch(path, headers={**headers, "If-Match": tag}, json={"welcome": False})
    assert changed.json == {"welcome": False, "refused_organisation_ids": []}

    theirs, sent = headers_for(session, coordinator), f"/v1/needs/{need.id}/invitations"
    answers = [
        client.post(sent, headers=theirs, json={"placement_id": str(placement_id)})
        for _, _, placement_id in people.values()
    ]
    assert [one.status_code for one in answers] == [202] * 3
    alike = {re.sub(r"[0-9a-f-]{36}|[0-9TZ:.-]{20,}", "", one.text) for one in answers}
    sizes = {len(one.data) for one in answers}
    assert (len(alike), len(sizes)) == (1, 1)
    before = client.get(sent, headers=theirs).json
    tools = Tools(sessions, Settings(secret_key="k" * 40), FolderSender(tmp_path))
    for one in session.scalars(select(Invitation.id)).all():
        JOBS["invitations.deliver"](tools, {"invitation_id": str(one)})
    assert client.get(sent, headers=theirs).json == before
    pages = (sent, f"/v1/needs/{need.id}/placements", "/v1/notices", f"/v1/needs/{need.id}")
    told = "".join(client.get(one, headers=theirs).text for one in pages)
    for trace in (*TRACES, *(str(one.id) for one, _, _ in people.values())):
        assert trace not in told, trace
    reached = {
        name: [
            (one["need"]["name"], one["status"])
            for one in client.get(f"/v1/volunteers/{person.id}/invitations", headers=own).json["items"]
        ]
        for name, (person, own, _) in people.items()
    }
    assert reached == {
        "free": [("Paint boats", "proposed")],
        "declined": [("Paint boats", "declined")],
        "off": [],
    }
    person, own, _ = people["free"]
    (proposal,) = client.get(f"/v1/volunteers/{person.id}/proposals", headers=own).json["items"]
    assert (proposal["origin"], proposal["reasons"][0]["text"]) == (
        *("invitation", "this organisation invited you"),
    )


def test_a_share_code_is_made_listed_used_and_ended(client, session, organisation, coordinator, need):
    volunteer = make_volunteer(session)
    mine, theirs = headers_for(session, volunteer), headers_for(session, coordinator)
    path, sent = f"/v1/volunteers/{volunteer.id}/share-codes", f"/v1/needs/{need.id}/invitations"
    body = {"organisation_id": str(organisation.id), "expires_in_days": 7}
    made = client.post(path, headers=mine, json=body)
    assert (made.status_code, made.json["organisation"]["id"]) == (201, str(organisation.id))
    listed = client.get(path, headers=mine)
    assert made.json["share_code"] not in listed.text
    assert [one["id"] for one in listed.json["items"]] == [made.json["id"]]
    way = {"share_code": made.json["share_code"]}
    assert client.post(sent, headers=theirs, json=way).status_code == 202
    strange = make_organisation(session)
    their_need = make_need(session, strange)
    strangers = headers_for(session, make_coordinator(session, strange))
    answer = client.post(f"/v1/needs/{their_need.id}/invitations", headers=strangers, json=way)
    unknown = client.post(sent, headers=theirs, json={"share_code": "K7QM"})
    assert client.delete(f"/v1/share-codes/{made.json['id']}", headers=mine).status_code == 204
    ended = client.post(sent, headers=theirs, json=way)
    for one in (answer, unknown, ended):
        assert (one.status_code, one.json["errors"]) == (422, unknown.json["errors"])
    assert client.get(path, headers=mine).json["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "share_code"),
        ({"placement_id": str(uuid.UUID(int=1)), "share_code": "K7QM"}, "share_code"),
        ({"placement_id": "there"}, "placement_id"),
        ({"share_code": ""}, "share_code"),
        ({"share_code": "x" * 101}, "share_code"),
        ({"share_code": "K7QM", "email": "a@example.org"}, "email"),
    ],
    ids=["nothing", "both", "no id", "empty", "long", "an address"],
)
def test_what_cannot_be_taken_is_named(client, session, coordinator, need, body, field):
    answer = client.post(
        f"/v1/needs/{need.id}/invitations", headers=headers_for(session, coordinator), json=body
    )
    assert answer.status_code == 422
    assert field in [one["field"] for one in answer.json["errors"]] or body == {}


def test_others_are_not_found_or_may_not_knock(client, session, organisation, coordinator, need):
    volunteer, mine, placement_id = past_volunteer(session, organisation)
    session.commit()
    centre = make_centre(session)
    strange = headers_for(session, make_volunteer(session))
    stranger = headers_for(session, make_coordinator(session, make_organisation(session)))
    theirs, way = headers_for(session, coordinator), {"placement_id": str(placement_id)}
    sent, own = f"/v1/needs/{need.id}/invitations", f"/v1/volunteers/{volunteer.id}"
    foreign = {"placement_id": str(uuid.UUID(int=7))}
    assert client.post(sent, headers=theirs, json=foreign).status_code == 404
    for headers, status in (
        (stranger, 404),
        (mine, 403),
        (headers_for(session, make_staff(session, centre)), 403),
        (headers_for(session, centre), 403),
        ({}, 401),
    ):
        assert client.post(sent, headers=headers, json=way).status_code == status
        assert client.get(sent, headers=headers).status_code == status
    for headers, status in ((strange, 404), (theirs, 403), (headers_for(session, centre), 403), ({}, 401)):
        for path in ("invitations", "share-codes", "invitation-settings"):
            assert client.get(f"{own}/{path}", headers=headers).status_code == status, path
        assert client.post(f"{own}/share-codes", headers=headers, json={}).status_code == status
