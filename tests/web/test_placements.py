"""Who accepted, for the coordinator: first name and contact while it lasts, confirm, release."""

from __future__ import annotations

import pytest

from models import Account, Placement
from models.placements import PlacementStatus
from service.operations.proposals import accept_proposal, withdraw_proposal
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
    return make_organisation(session)


@pytest.fixture
def need(session, organisation):
    return make_need(session, organisation)


@pytest.fixture
def volunteer(session):
    return make_volunteer(session, name="Solomiia Very-Private", email="solomiia@example.org")


@pytest.fixture
def placement(session, volunteer, need):
    proposal = make_proposal(session, volunteer, need)
    kept = accept_proposal(
        session, actor_for(session, volunteer), proposal.id, message="I have boots", at=time_of(session)
    )
    session.commit()
    return kept


@pytest.fixture
def browser(session, visit, organisation):
    return visit(make_coordinator(session, organisation))


def test_the_coordinator_sees_who_accepted_and_no_more_than_they_may(browser, need, placement):
    assert "1 of 3 places taken" in browser.get("/organisation").text
    page = browser.get(f"/needs/{need.id}/placements").text

    for words in ("Solomiia", "solomiia@example.org", "I have boots"):
        assert words in page
    assert "Very-Private" not in page


def test_a_volunteer_who_withdrew_is_nobody_any_more(session, browser, need, placement, volunteer):
    withdraw_proposal(session, actor_for(session, volunteer), placement.proposal_id, at=time_of(session))
    session.commit()
    page = browser.get(f"/needs/{need.id}/placements").text

    for words in ("Solomiia", "solomiia@example.org", "I have boots"):
        assert words not in page


def test_confirming_and_releasing_are_buttons(session, browser, need, placement):
    page = f"/needs/{need.id}/placements"
    assert browser.send(page, f"{page}/{placement.id}/confirm").location == page
    session.expire_all()
    assert session.get_one(Placement, placement.id).status is PlacementStatus.CONFIRMED
    refused = browser.send(page, f"{page}/{placement.id}/release")
    assert refused.status_code == 422
    assert "This is needed." in refused.text
    browser.send(page, f"{page}/{placement.id}/release", {"reason": "The walk is off"})
    session.expire_all()
    assert session.get_one(Placement, placement.id).status is PlacementStatus.RELEASED


def test_a_coordinator_of_another_organisation_finds_nothing(session, visit, need, placement):
    stranger = visit(make_coordinator(session, make_organisation(session)))
    page = f"/needs/{need.id}/placements"
    assert stranger.get(page).status_code == 404
    answer = stranger.client.post(
        f"{page}/{placement.id}/release", data={"csrf_token": stranger.token("/"), "reason": "mine now"}
    )

    assert answer.status_code == 404
    session.expire_all()
    assert session.get_one(Placement, placement.id).status is PlacementStatus.HELD


def test_a_volunteer_has_no_page_of_who_accepted(session, visit, volunteer, need, placement):
    browser = visit(session.get_one(Account, volunteer.account_id))

    assert browser.get(f"/needs/{need.id}/placements").status_code == 403
    assert browser.get("/organisation").status_code == 403
