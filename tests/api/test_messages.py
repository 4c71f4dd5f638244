"""Messages over HTTP: both ways, by proposal, by placement and by conversation, and not a byte too much."""

from __future__ import annotations

import pytest

from models import Account
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
def volunteer(session):
    return make_volunteer(session, **CANARY)


@pytest.fixture
def proposal(session, volunteer, organisation):
    return make_proposal(session, volunteer, make_need(session, organisation))


def test_not_a_byte_of_the_volunteer_before_acceptance_or_after_the_end(
    client, session, coordinator, volunteer, proposal
):
    mine, theirs = headers_for(session, volunteer), headers_for(session, coordinator)
    by_proposal = f"/v1/proposals/{proposal.id}/messages"
    assert client.get(by_proposal, headers=mine).json == {"items": [], "next_cursor": None}
    sent = client.post(by_proposal, headers=mine, json={"text": "Is there a bus?\r\nOr a tram? 🚋"})
    assert sent.status_code == 201, sent.json
    assert (sent.json["side"], sent.json["text"]) == ("volunteer", "Is there a bus?\nOr a tram? 🚋")
    own = client.get("/v1/conversations", headers=mine).json["items"]
    assert [(one["proposal_id"], one["may_write"]) for one in own] == [(str(proposal.id), True)]
    conversation = f"/v1/conversations/{sent.json['conversation_id']}"
    placement = accept_proposal(session, actor_for(session, volunteer), proposal.id, at=time_of(session))
    session.commit()
    by_placement = f"/v1/placements/{placement.id}/messages"

    def told():
        pages = [by_placement, "/v1/conversations", conversation, f"{conversation}/messages", "/v1/notices"]
        return "".join(client.get(one, headers=theirs).text for one in pages)

    account = session.get_one(Account, volunteer.account_id)
    ids = [str(one) for one in (volunteer.id, proposal.id, account.id)]
    while_held = told()
    assert "Zephyrine" in while_held
    own_placements = f"/v1/volunteers/{volunteer.id}/placements"
    (held,) = client.get(own_placements, headers=mine).json["items"]
    assert held["contacts"] == [{"name": coordinator.name, "email": coordinator.email}]
    for trace in (*TRACES[1:], account.email, *ids):
        assert trace not in while_held, trace
    answer = client.post(by_placement, headers=theirs, json={"text": "Line 5."})
    assert answer.status_code == 201, answer.json
    read = client.post(f"{conversation}/read", headers=mine, json={})
    assert (read.status_code, read.json["unread"]) == (200, 0)
    listed = client.get(by_placement, headers=theirs).json["items"]
    assert [(one["text"][:15], one["read_at"] is None) for one in listed] == [
        *[("Is there a bus?", False), ("Line 5.", False)],
    ]

    assert client.post(f"/v1/proposals/{proposal.id}/withdraw", headers=mine, json={}).status_code == 200
    assert coordinator.email not in client.get(own_placements, headers=mine).text
    afterwards = told()
    for trace in (*TRACES, "tram", account.email, *ids):
        assert trace not in afterwards, trace
    assert "Line 5." in afterwards
    refused = client.post(by_placement, headers=theirs, json={"text": "Come back"})
    assert (refused.status_code, refused.json["code"]) == (409, "conversation_over")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"text": "a bell \u0007"}, "text"),
        ({"text": "an old line end \r"}, "text"),
        ({"text": "C1 \u0085"}, "text"),
        ({"text": 5}, "text"),
        ({"text": "?", "side": "organisation"}, "side"),
    ],
)
def test_what_cannot_be_taken_is_named(client, session, volunteer, proposal, body, field):
    answer = client.post(
        f"/v1/proposals/{proposal.id}/messages", headers=headers_for(session, volunteer), json=body
    )
    assert (answer.status_code, [one["field"] for one in answer.json["errors"]]) == (422, [field])


def test_others_find_nothing_and_those_without_a_side_may_not_knock(
    client, session, organisation, coordinator, volunteer, proposal
):
    mine = headers_for(session, volunteer)
    by_proposal = f"/v1/proposals/{proposal.id}/messages"
    conversation_id = client.post(by_proposal, headers=mine, json={"text": "?"}).json["conversation_id"]
    placement = accept_proposal(session, actor_for(session, volunteer), proposal.id, at=time_of(session))
    session.commit()
    by_placement, by_itself = (
        f"/v1/placements/{placement.id}/messages",
        f"/v1/conversations/{conversation_id}",
    )
    strange = headers_for(session, make_volunteer(session))
    stranger = headers_for(session, make_coordinator(session, make_organisation(session)))
    centre = make_centre(session)
    for headers, paths, status in (
        (strange, (by_proposal, f"{by_itself}/messages", by_itself), 404),
        (stranger, (by_placement, f"{by_itself}/messages", by_itself), 404),
        (mine, (by_placement,), 403),
        (headers_for(session, coordinator), (by_proposal,), 403),
        (headers_for(session, make_staff(session, centre)), (by_itself, by_placement, by_proposal), 403),
        (headers_for(session, centre), (by_itself, by_placement, by_proposal), 403),
        ({}, (by_itself, by_placement, by_proposal), 401),
    ):
        for path in paths:
            assert client.get(path, headers=headers).status_code == status, path
            if path.endswith("messages"):
                answer = client.post(path, headers=headers, json={"text": "x"})
                assert answer.status_code == status, path
    assert len(client.get(by_proposal, headers=mine).json["items"]) == 1


def test_a_message_sent_twice_under_one_key_is_there_once_and_lists_are_paged(
    client, session, volunteer, proposal
):
    mine, path = headers_for(session, volunteer), f"/v1/proposals/{proposal.id}/messages"
    for number in (1, 2, 3):
        for _ in range(2):
            headers = {**mine, "Idempotency-Key": f"key {number}"}
            assert client.post(path, headers=headers, json={"text": str(number)}).status_code == 201
    texts, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{path}?limit=2{cursor and '&cursor='}{cursor}", headers=mine).json
        texts += [one["text"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert texts == ["1", "2", "3"]
    conversation = client.get("/v1/conversations?unread=false", headers=mine)
    (found,) = conversation.json["items"]
    first = client.get(f"/v1/conversations/{found['id']}", headers=mine)
    again = client.get(
        f"/v1/conversations/{found['id']}", headers={**mine, "If-None-Match": first.headers["ETag"]}
    )
    assert (first.status_code, again.status_code) == (200, 304)
