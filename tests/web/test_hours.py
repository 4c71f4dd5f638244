"""Hours on the pages: entered and settled by the volunteer, confirmed many at once by the coordinator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Account, Hours
from models.hours import HoursStatus
from service.operations.hours import enter_hours
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
def scene(session, visit):
    class Scene:
        at = time_of(session)
        organisation = make_organisation(session, name="Riverside")
        need = make_need(session, organisation)
        volunteer = make_volunteer(session, name="Solomiia Very-Private")
        actor = actor_for(session, volunteer)
        placement = accept_proposal(session, actor, make_proposal(session, volunteer, need).id, at=at)
        day = at.date() - timedelta(days=1)
        browser = visit(session.get_one(Account, volunteer.account_id))
        office = visit(make_coordinator(session, organisation))

        def enter(self, minutes):
            fields = {"date": self.day, "minutes": minutes}
            hours = enter_hours(session, self.actor, self.placement.id, fields, at=self.at)
            session.commit()
            return hours

        def rows(self):
            session.expire_all()
            return session.scalars(select(Hours).order_by(Hours.minutes)).all()

    return Scene()


def test_a_volunteer_enters_hours_and_is_told_what_was_wrong(scene):
    page = f"/placements/{scene.placement.id}/hours"
    assert page in scene.browser.get("/placements").text
    wrong = scene.browser.send(page, page, {"date": str(scene.day), "whole_hours": "2", "starts": "10:00"})
    assert wrong.status_code == 422
    assert "not both" in wrong.text
    assert 'value="2"' in wrong.text
    for values in ({"whole_hours": "1", "odd_minutes": "30"}, {"starts": "22:00", "ends": "01:15"}):
        day = scene.day - timedelta(days=1)
        assert scene.browser.send(page, page, {"date": str(day), **values}).location == page
    assert [one.minutes for one in scene.rows()] == [90, 195]
    shown = scene.browser.get("/hours").text
    assert "1 h 30 min" in shown
    assert "3 h 15 min" in shown
    mine = scene.rows()[0].id
    scene.browser.send("/hours", f"/hours/{mine}/remove")
    assert [one.minutes for one in scene.rows()] == [195]
    for bad in ("x", "-1"):
        assert scene.browser.send(page, page, {"date": str(scene.day), "odd_minutes": bad}).status_code == 422
    assert scene.browser.send(page, page, {"whole_hours": "1"}).status_code == 422


def test_a_coordinator_confirms_many_and_corrects_one(scene):
    page = "/organisation/hours"
    first, second, third = (scene.enter(one) for one in (30, 60, 90))
    shown = scene.office.get(page).text
    assert "Solomiia" in shown
    assert "Very-Private" not in shown
    assert scene.office.send(page, f"{page}/confirm", {"hours": []}).status_code == 422
    assert scene.office.send(page, f"{page}/confirm", {"hours": ["x"]}).status_code == 422
    ticked = [str(first.id), str(second.id)]
    assert scene.office.send(page, f"{page}/confirm", {"hours": ticked}).location == page
    path = f"{page}/{third.id}/correct"
    empty = scene.office.send(page, path, {"whole_hours": "1", "odd_minutes": "0"})
    assert (empty.status_code, "This is needed" in empty.text or "cannot be empty" in empty.text) == (
        422,
        True,
    )
    scene.office.send(page, path, {"whole_hours": "1", "odd_minutes": "0", "reason": "we closed"})
    assert [one.counted_minutes for one in scene.rows()] == [30, 60, 60]
    assert "Nothing at the moment" in scene.office.get(page).text
    assert "2 h 30 min" in scene.office.get(page).text

    assert "we closed" in scene.browser.get("/hours").text
    scene.browser.send("/hours", f"/hours/{third.id}/dispute", {"text": "I cleaned up"})
    assert "I cleaned up" in scene.office.get(page).text
    scene.office.send(page, path, {"whole_hours": "1", "odd_minutes": "20", "reason": "half of it"})
    scene.browser.send("/hours", f"/hours/{third.id}/accept")
    settled = scene.rows()[-1]
    assert (settled.status, settled.counted_minutes) == (HoursStatus.CONFIRMED, 80)


def test_the_pages_of_one_side_are_not_the_others(session, scene, visit):
    strange = visit(session.get_one(Account, make_volunteer(session).account_id))
    page = f"/placements/{scene.placement.id}/hours"

    assert strange.get(page).status_code == 404
    assert scene.office.get(page).status_code == 403
    assert scene.browser.get("/organisation/hours").status_code == 403
