"""The pages on which the two get to know each other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Account, Introduction, IntroductionSlot, Volunteer
from models.introductions import IntroductionStatus
from tests.making import (
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
    time_of,
)

QUESTIONS = "/organisation/questions"


@pytest.fixture
def organisation(session):
    return make_organisation(session)


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


def test_a_question_goes_there_and_its_answer_back(session, volunteer, coordinator, proposal):
    path = f"/proposals/{proposal.id}/introductions"
    assert path in volunteer.get("/proposals").text

    asked = volunteer.send(path, path, {"kind": "question", "text": "Is there a <b>bus</b>?"})

    assert asked.status_code == 303
    page = coordinator.get(QUESTIONS).text
    assert "Is there a &lt;b&gt;bus&lt;/b&gt;?" in page
    assert "Zephyrine" not in page
    assert "Quillfeather" not in page
    assert str(proposal.id) not in page
    question = session.scalars(select(Introduction)).one()
    coordinator.send(QUESTIONS, f"{QUESTIONS}/{question.id}/reply", {"text": "Line 5."})
    assert "Line 5." in volunteer.get(path).text
    assert "Nobody waits." in coordinator.get(QUESTIONS).text


def test_an_empty_question_is_refused_beside_its_field(session, volunteer, proposal):
    path = f"/proposals/{proposal.id}/introductions"
    answer = volunteer.send(path, path, {"kind": "question", "text": ""})

    assert answer.status_code == 422
    assert 'id="error-text"' in answer.text
    assert session.scalars(select(Introduction)).all() == []


def test_a_time_is_offered_in_the_centres_zone_taken_and_cancelled(session, volunteer, coordinator, proposal):
    day = (time_of(session) + timedelta(days=3)).date()
    form = {"kind": "visit", "starts_at": f"{day}T10:00", "minutes": "120", "place": "The white door"}
    assert coordinator.send(QUESTIONS, "/organisation/slots", form).status_code == 303
    slot = session.scalars(select(IntroductionSlot)).one()
    assert slot.ends_at - slot.starts_at == timedelta(hours=2)
    assert slot.starts_at.hour in (7, 8), "ten in Kyiv"

    path = f"/proposals/{proposal.id}/introductions"
    assert "The white door" in volunteer.get(path).text
    volunteer.client.post(
        path,
        data={"csrf_token": volunteer.token(path), "kind": "visit", "slot_id": str(slot.id)},
        headers=volunteer.headers,
    )
    booked = session.scalars(select(Introduction)).one()
    assert booked.status is IntroductionStatus.BOOKED
    assert booked.label in coordinator.get(QUESTIONS).text
    volunteer.send(path, f"{path}/{booked.id}/cancel")
    session.expire_all()
    left = session.scalars(select(Introduction.status)).all()
    assert left == [IntroductionStatus.CANCELLED]


@pytest.mark.parametrize("when", ["", "soon", "2020-01-01T10:00"])
def test_a_time_that_cannot_be_is_refused(session, coordinator, when):
    answer = coordinator.send(QUESTIONS, "/organisation/slots", {"kind": "call", "starts_at": when})

    assert answer.status_code == 422
    assert 'id="error-starts_at"' in answer.text
    assert session.scalars(select(IntroductionSlot)).all() == []
