"""The pages on which the two write to each other."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import Account, Conversation, Volunteer
from service.operations.proposals import accept_proposal
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
    time_of,
)


@pytest.fixture
def organisation(session):
    return make_organisation(session, name="Riverside")


@pytest.fixture
def proposal(session, organisation):
    volunteer = make_volunteer(session, name="Zephyrine Quillfeather")
    return make_proposal(session, volunteer, make_need(session, organisation))


@pytest.fixture
def volunteer(session, visit, proposal):
    return visit(session.get_one(Account, session.get_one(Volunteer, proposal.volunteer_id).account_id))


@pytest.fixture
def coordinator(session, visit, organisation):
    return visit(make_coordinator(session, organisation))


def test_they_write_to_and_fro_and_reading_changes_nothing(session, volunteer, coordinator, proposal):
    start = f"/proposals/{proposal.id}/messages"
    assert start in volunteer.get(f"/proposals/{proposal.id}/introductions").text
    sent = volunteer.send(start, start, {"text": "Is there a <b>bus</b>?"})
    path = f"/messages/{session.scalars(select(Conversation.id)).one()}"
    assert (sent.status_code, sent.headers["Location"]) == (303, path)
    assert path in coordinator.get("/messages").text
    for _ in range(3):
        page = coordinator.get(path).text
    assert "Is there a &lt;b&gt;bus&lt;/b&gt;?" in page
    for trace in ("Zephyrine", "Quillfeather", str(proposal.id)):
        assert trace not in page
    assert "· read" not in volunteer.get(path).text
    assert coordinator.send(path, f"{path}/read").status_code == 303
    assert "· read" in volunteer.get(path).text
    coordinator.send(path, path, {"text": "Line 5."})
    assert "Line 5." in volunteer.get(start).text
    assert "1 new" in volunteer.get("/messages").text


def test_who_accepted_is_written_to_by_name_from_the_need(session, volunteer, coordinator, proposal):
    actor = actor_for(session, session.get_one(Volunteer, proposal.volunteer_id))
    placement = accept_proposal(session, actor, proposal.id, at=time_of(session))
    session.commit()
    path = f"/placements/{placement.id}/messages"
    assert path in coordinator.get(f"/needs/{proposal.need_id}/placements").text
    page = coordinator.get(path).text
    assert "Zephyrine" in page
    assert "Quillfeather" not in page
    assert coordinator.send(path, path, {"text": "Welcome"}).status_code == 303
    assert "Welcome" in volunteer.get(f"/proposals/{proposal.id}/messages").text


@pytest.mark.parametrize("text", ["", "a bell \x07", "x" * 2001], ids=len)
def test_what_cannot_be_sent_is_refused_beside_its_field(volunteer, proposal, text):
    path = f"/proposals/{proposal.id}/messages"
    answer = volunteer.send(path, path, {"text": text})
    assert answer.status_code == 422
    assert 'id="error-text"' in answer.text


def test_where_nothing_can_be_written_there_is_no_field(session, volunteer, proposal):
    session.get_one(type(proposal), proposal.id).expire(time_of(session))
    session.commit()
    page = volunteer.get(f"/proposals/{proposal.id}/messages").text
    assert "<textarea" not in page
    assert "Nothing more can be written here." in page
