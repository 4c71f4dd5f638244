"""Shifts on pages: ticked and accepted by a volunteer; shown before they are added by a coordinator."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Account, Need, Placement, Shift, ShiftPlace
from models.shifts import ShiftStatus
from service.operations.proposals import accept_proposal
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_shifts,
    make_volunteer,
    time_of,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def begin(session):
    return time_of(session).replace(hour=9, minute=0, second=0, microsecond=0) + 2 * DAY


@pytest.fixture
def organisation(session):
    return make_organisation(session)


@pytest.fixture
def need(session, organisation):
    return make_need(session, organisation, title="Serve soup")


def held(session):
    session.expire_all()
    rows = session.execute(
        select(Shift.starts_at)
        .join(ShiftPlace, ShiftPlace.shift_id == Shift.id)
        .where(ShiftPlace.placement_id.is_not(None))
        .order_by(Shift.starts_at)
    )
    return [row.starts_at for row in rows]


def test_a_volunteer_ticks_shifts_and_changes_them_later(session, visit, need, begin):
    shifts = make_shifts(session, need, begin, begin + DAY, begin + 2 * DAY)
    volunteer = make_volunteer(session)
    proposal = make_proposal(session, volunteer, need)
    other = make_need(session, title="Feed the dogs", starts_at=begin + HOUR, ends_at=begin + 2 * HOUR)
    dogs = make_proposal(session, volunteer, other)
    ids = [str(one.id) for one in shifts]
    session.commit()
    browser = visit(session.get_one(Account, volunteer.account_id))
    for page in ("/proposals", f"/needs/{need.id}"):
        assert all(f'value="{one}"' in browser.get(page).text for one in ids)

    bare = browser.send("/proposals", f"/proposals/{proposal.id}/accept")
    assert bare.status_code == 422
    assert "Choose at least one shift." in bare.text
    browser.send("/proposals", f"/proposals/{dogs.id}/accept")
    ticked = {"shift_ids": ids[:2]}
    refused = browser.send("/proposals", f"/proposals/{proposal.id}/accept", ticked)
    assert refused.status_code == 409
    assert "Feed the dogs" in refused.text
    assert refused.text.count(" checked") == 2  # what was ticked is ticked still
    meant = {**ticked, "confirm_overlap": "true"}
    browser.send("/proposals", f"/proposals/{proposal.id}/accept", meant)
    assert held(session) == [begin, begin + DAY]

    action = (
        f"/placements/{session.scalars(select(Placement.id).where(Placement.place_number == 0)).one()}/shifts"
    )
    page = browser.get("/placements").text
    assert page.count(" checked") == 2
    assert browser.send("/placements", action, {"shift_ids": [ids[1], ids[2]]}).status_code == 303
    assert held(session) == [begin + DAY, begin + 2 * DAY]
    last = browser.send("/placements", action, {"shift_ids": []})
    assert last.status_code == 409
    assert "withdrawing" in last.text


def test_nobody_has_stayed_away_from_a_shift_that_has_not_begun(session, visit, organisation, need, begin):
    (only,) = make_shifts(session, need, begin)
    volunteer = make_volunteer(session)
    accept_proposal(
        session, actor_for(session, volunteer), make_proposal(session, volunteer, need).id,
        shift_ids=[only.id], at=time_of(session),
    )  # fmt: skip
    browser = visit(make_coordinator(session, organisation))
    page = f"/needs/{need.id}/placements"
    assert "Did not come" not in browser.get(page).text
    only.starts_at, only.ends_at = begin - 9 * DAY, begin - 8 * DAY
    session.commit()
    assert "Did not come" in browser.get(page).text


def test_a_coordinator_sees_the_dates_before_adding_them(session, visit, organisation, need, begin):
    coordinator = make_coordinator(session, organisation)
    session.commit()
    browser, page = visit(coordinator), f"/needs/{need.id}/shifts"
    assert "No shifts yet." in browser.get(page).text
    form = {
        "starts_at": begin.strftime("%Y-%m-%dT22:00"), "until": "01:30", "places": "4", "repeat": "WEEKLY",
        "days": ["SA", "SU"], "last_day": (begin + 28 * DAY).strftime("%Y-%m-%d"),
    }  # fmt: skip

    sent = {**form, "csrf_token": browser.token(page)}
    shown = browser.client.post(f"{page}/preview", data=sent, headers=browser.headers)

    count = int(re.search(r"These are (\d+) shifts", shown.text)[1])
    assert count in (7, 8, 9)
    assert session.scalars(select(Shift)).all() == []
    assert 'value="SA" checked' in shown.text  # what was typed stands there still
    browser.send(page, page, form)
    session.expire_all()
    made = session.scalars(select(Shift).order_by(Shift.starts_at)).all()
    assert (len(made), {one.ends_at - one.starts_at for one in made}) == (count, {3.5 * HOUR})
    for wrong, words in (
        ({"last_day": ""}, "Say when it ends"),
        ({"until": "late"}, "This cannot be read."),
        ({"places": "many"}, "This cannot be read."),
        ({"rrule": "sometimes"}, "RFC 5545"),
    ):
        refused = browser.send(page, page, {**form, **wrong})
        assert refused.status_code == 422
        assert words in refused.text

    first = made[0]
    one = f"{page}/{first.id}"
    browser.send(page, one, {"until": "23:00", "places": "9"})
    session.expire_all()
    assert (first.places, first.ends_at - first.starts_at) == (9, HOUR)
    browser.send(page, f"{one}/cancel")
    session.expire_all()
    assert first.status is ShiftStatus.CANCELLED
    assert "cancelled" in browser.get(f"{page}?past=1").text
    assert session.get_one(Need, need.id).all_places == 4 * (count - 1)
    assert visit(make_coordinator(session)).get(page).status_code == 404
