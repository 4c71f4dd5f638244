"""The volunteer's own page: reasons in words, and decisions that only their pressed button makes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import Account, Placement, Proposal
from models.needs import NeedStatus
from models.proposals import ProposalStatus
from tests.making import (
    make_account,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
)

REASONS = [
    {"code": "near", "weight": 0.4, "params": {"km": 2.5}},
    {"code": "missing_skill", "weight": -0.2, "params": {"codes": "first_aid"}},
]


@pytest.fixture
def need(session):
    return make_need(session, make_organisation(session, name="Green Bank"), title="Plant <b>willows</b>")


@pytest.fixture
def volunteer(session):
    return make_volunteer(session)


@pytest.fixture
def proposal(session, volunteer, need):
    return make_proposal(session, volunteer, need, reasons=REASONS)


@pytest.fixture
def browser(session, visit, volunteer, proposal):
    return visit(session.get_one(Account, volunteer.account_id))


def status_of(session, proposal):
    session.expire_all()
    return session.get_one(Proposal, proposal.id).status


def test_a_proposal_tells_what_who_where_and_why(browser):
    page = browser.get("/proposals").text

    for words in (
        "Plant &lt;b&gt;willows&lt;/b&gt;",
        "Green Bank",
        "Vinnytsia",
        "near you: 2.5",
        "What speaks against it",
        "asks for skills you have not named: first aid",
    ):
        assert words in page


def test_accepting_holds_a_place_and_says_so(session, browser, proposal):
    answer = browser.send("/proposals", f"/proposals/{proposal.id}/accept", {"message": "With my dog?"})

    assert (answer.status_code, answer.location) == (303, "/placements")
    assert status_of(session, proposal) is ProposalStatus.ACCEPTED
    assert session.scalar(select(Placement.message)) == "With my dog?"
    page = browser.get("/placements").text
    assert "a place is yours" in page
    assert "Plant &lt;b&gt;willows&lt;/b&gt;" in page


def test_a_no_needs_no_reason_and_can_be_taken_back(session, browser, proposal):
    answer = browser.send("/proposals", f"/proposals/{proposal.id}/decline")

    assert answer.location == "/proposals"
    assert status_of(session, proposal) is ProposalStatus.DECLINED
    browser.send("/proposals/declined", f"/proposals/{proposal.id}/reconsider")
    assert status_of(session, proposal) is ProposalStatus.PROPOSED


def test_a_reason_for_a_no_is_kept(session, browser, proposal):
    browser.send(
        "/proposals", f"/proposals/{proposal.id}/decline", {"reason": "too_far", "note": "No bus there"}
    )

    assert status_of(session, proposal) is ProposalStatus.DECLINED
    kept = session.get_one(Proposal, proposal.id)
    assert (kept.decline_reason, kept.note) == ("too_far", "No bus there")


def test_a_place_is_given_back_from_the_page_of_placements(session, browser, proposal):
    browser.send("/proposals", f"/proposals/{proposal.id}/accept")
    browser.send("/placements", f"/proposals/{proposal.id}/withdraw")

    assert status_of(session, proposal) is ProposalStatus.WITHDRAWN
    assert "withdrawn" in browser.get("/placements").text


def test_a_full_need_is_said_on_the_page_and_nothing_changes(session, browser, proposal, need):
    need.places_taken, need.status = need.places, NeedStatus.FULL
    session.commit()
    # As from a page that was opened while there was room.
    values = {"message": "May I?", "wait": ""}
    answer = browser.send("/proposals", f"/proposals/{proposal.id}/accept", values)

    assert answer.status_code == 409
    assert "All places are taken" in answer.text
    assert "May I?" in answer.text, "nothing typed is lost"
    assert status_of(session, proposal) is ProposalStatus.PROPOSED


def test_what_is_wrong_stands_beside_its_field_on_that_card_alone(session, browser, proposal, volunteer):
    other = make_proposal(session, volunteer, make_need(session, title="Another one"))
    session.commit()
    answer = browser.send("/proposals", f"/proposals/{proposal.id}/accept", {"message": "x" * 2001})

    assert answer.status_code == 422
    assert answer.text.count("At most 2000 characters are possible.") == 1
    assert answer.text.count("x" * 2001) == 1
    at, own = answer.text.index, f"/proposals/{proposal.id}"
    assert at(f"{own}/accept") < at("At most 2000") < at(f"{own}/decline")
    assert str(other.id) in answer.text


@pytest.mark.parametrize("verb", ["accept", "decline", "reconsider", "withdraw"])
def test_a_get_decides_nothing(session, browser, proposal, verb):
    for _ in range(3):
        assert browser.get(f"/proposals/{proposal.id}/{verb}").status_code == 405

    assert status_of(session, proposal) is ProposalStatus.PROPOSED


@pytest.mark.parametrize("verb", ["accept", "decline"])
@pytest.mark.parametrize("kind", ["nobody", "another volunteer", "coordinator", "staff"])
def test_nobody_else_decides(session, app, visit, proposal, need, kind, verb):
    from tests.web.conftest import Visitor

    organisation = need.organisation_id
    if kind == "nobody":
        other = Visitor(app)
    elif kind == "another volunteer":
        account = make_account(session)
        make_volunteer(session, account_id=account.id)
        other = visit(account)
    elif kind == "coordinator":
        from models import Organisation

        other = visit(make_coordinator(session, session.get_one(Organisation, organisation)))
    else:
        from models import Centre

        other = visit(make_staff(session, session.get_one(Centre, need.centre_id)))
    session.commit()
    answer = other.client.post(f"/proposals/{proposal.id}/{verb}", data={"csrf_token": other.token("/")})

    assert answer.status_code in (303, 403, 404)
    assert answer.status_code != 303 or answer.location.startswith("/sign-in")
    assert status_of(session, proposal) is ProposalStatus.PROPOSED


def test_looking_again_is_a_button(browser):
    answer = browser.send("/proposals", "/proposals/refresh")

    assert answer.location == "/proposals"
    assert "We have looked again" in browser.get("/proposals").text


def test_reasons_dates_and_buttons_are_in_the_readers_language(session, browser, need):
    need.starts_at = datetime(2090, 12, 16, 8, tzinfo=UTC)
    need.ends_at = need.starts_at + timedelta(hours=3)
    session.commit()
    shown = {}
    for language in ("en", "uk", "ru"):
        browser.send("/", "/language", {"language": language})
        shown[language] = browser.get("/proposals").text

    assert "Sat, 16 Dec 2090, 10:00–13:00" in shown["en"]
    assert "16 груд. 2090" in shown["uk"]
    assert "Так, допоможу" in shown["uk"]
    assert "поруч із вами: 2,5" in shown["uk"]
    assert "16 дек. 2090" in shown["ru"]
    assert "Да, помогу" in shown["ru"]


# ----------------------------------------------------------------- not now, and choosing by oneself


def test_not_now_takes_a_week_if_nothing_is_said_and_can_be_taken_back(session, browser, proposal):
    answer = browser.send("/proposals", f"/proposals/{proposal.id}/snooze")

    assert answer.status_code == 303
    assert status_of(session, proposal) is ProposalStatus.SNOOZED
    assert timedelta(days=6) < proposal.snoozed_until - datetime.now(UTC) < timedelta(days=8)
    assert f"proposal-{proposal.id}" not in browser.get("/proposals").text
    browser.send("/proposals/snoozed", f"/proposals/{proposal.id}/reconsider")
    assert status_of(session, proposal) is ProposalStatus.PROPOSED


def test_a_number_of_days_that_is_not_offered_is_refused_on_the_page(session, browser, proposal):
    answer = browser.send("/proposals", f"/proposals/{proposal.id}/snooze", {"days": "100000"})

    assert answer.status_code == 422
    assert "Choose a time within the next year." in answer.text
    assert status_of(session, proposal) is ProposalStatus.PROPOSED


def test_the_choices_stand_on_the_card_and_on_the_needs_page(browser, proposal, need):
    for path in ("/proposals", f"/needs/{need.id}"):
        page = browser.get(path).text
        for answer in ("accept", "snooze", "decline"):
            assert f'action="/proposals/{proposal.id}/{answer}"' in page


def test_a_need_that_one_found_is_chosen_on_its_page_with_a_word_on_what_does_not_fit(
    session, browser, volunteer
):
    far = make_need(session, latitude=41.0, longitude=2.0)
    session.commit()

    answer = browser.send(f"/needs/{far.id}", f"/needs/{far.id}/choose")

    assert answer.status_code == 303
    page = browser.get(f"/needs/{far.id}").text
    assert "farther off than you want to go" in page
    mine = session.scalars(select(Proposal).where(Proposal.need_id == far.id)).one()
    browser.send(f"/needs/{far.id}", f"/proposals/{mine.id}/accept")
    assert status_of(session, mine) is ProposalStatus.ACCEPTED


def test_only_a_volunteer_is_offered_to_choose(session, visit, need, visitor):
    session.commit()
    coordinator = make_coordinator(session, make_organisation(session))
    for browser in (visitor, visit(coordinator)):
        assert "/choose" not in browser.get(f"/needs/{need.id}").text
