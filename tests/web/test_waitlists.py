"""Waiting and being asked again in the pages: buttons that say what they do, and nothing done by a GET."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import Account, Proposal, Shift
from models.proposals import ProposalStatus
from service.operations.needs import change_need
from service.operations.proposals import accept_or_wait, accept_proposal, withdraw_proposal
from service.operations.shifts import add_shifts
from service.queries.needs import get_need_for_change
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
    time_of,
)

P = ProposalStatus


class Scene:
    """A need of one place that somebody holds, and one who comes after."""

    def __init__(self, session, visit, shifts=0):
        self.session, self.at = session, time_of(session)
        organisation = make_organisation(session)
        account = make_coordinator(session, organisation)
        self.coordinator = actor_for(session, account)
        self.need = make_need(session, organisation, places=1, title="Sort donated clothes")
        self.shifts: list[Shift] = []
        for days in range(5, 5 + shifts):
            starts_at = self.at.replace(microsecond=0) + timedelta(days=days)
            fields = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2), "places": 1}
            self.shifts += add_shifts(session, self.coordinator, self.need.id, fields, at=self.at).shifts
        self.holder, self.comer = make_volunteer(session), make_volunteer(session)
        self.held, self.wanted = (make_proposal(session, one, self.need) for one in (self.holder, self.comer))
        ids = [one.id for one in self.shifts[:1]]
        self.hold = actor_for(session, self.holder), self.held.id
        accept_proposal(session, *self.hold, shift_ids=ids, at=self.at)
        session.commit()
        self.office, self.first, self.second = (
            visit(one)
            for one in (
                account,
                session.get_one(Account, self.holder.account_id),
                session.get_one(Account, self.comer.account_id),
            )
        )

    def state(self):
        self.session.expire_all()
        return self.session.get_one(Proposal, self.wanted.id).status


def test_a_full_need_is_waited_for_left_and_offered(session, visit):
    scene = Scene(session, visit)
    accept = f"/proposals/{scene.wanted.id}/accept"
    assert "Join the waitlist" in scene.second.get("/proposals").text
    assert scene.second.send("/proposals", accept).location == "/proposals/waiting"
    page = scene.second.get("/proposals/waiting").text
    assert "Your place on the waitlist: 1 of 1." in page
    assert "Your place on the waitlist: 1 of 1." in scene.second.get(f"/needs/{scene.need.id}").text
    withdraw = f"/proposals/{scene.wanted.id}/withdraw"
    assert scene.second.send("/proposals/waiting", withdraw).location == "/proposals/waiting"
    assert scene.state() is P.WITHDRAWN

    scene.second.send(f"/needs/{scene.need.id}", f"/needs/{scene.need.id}/choose")
    scene.second.send("/proposals", accept)
    assert scene.state() is P.WAITLISTED
    withdraw_proposal(session, *scene.hold, at=scene.at)
    session.commit()
    page = scene.second.get("/proposals").text
    assert "a place is free for you" in page
    assert "It is kept for you until" in page
    assert "Not now" not in page
    assert scene.second.send("/proposals", accept).location == "/placements"
    assert scene.state() is P.ACCEPTED


def test_a_full_shift_is_waited_for_and_offered(session, visit):
    scene = Scene(session, visit, shifts=2)
    accept = f"/proposals/{scene.wanted.id}/accept"
    page = scene.second.get("/proposals").text
    assert "Wait for a full shift" in page
    full = str(scene.shifts[0].id)
    token = scene.second.token("/proposals")
    done = scene.second.client.post(
        accept,
        data={"csrf_token": token, "wait": "yes", "shift_ids": [full]},
        headers=scene.second.headers,
    )
    assert (done.location, scene.state()) == ("/proposals/waiting", P.WAITLISTED)
    withdraw_proposal(session, *scene.hold, at=scene.at)
    session.commit()
    page = scene.second.get("/proposals").text
    assert f'value="{full}" checked' in page
    assert "Wait for a full shift" not in page
    assert scene.second.send("/proposals", accept, {"shift_ids": [full]}).location == "/placements"
    assert scene.state() is P.ACCEPTED


def test_who_holds_a_place_is_asked_again_and_the_coordinator_sees_it(session, visit):
    scene = Scene(session, visit)
    assert "Nothing is asked of you" in scene.first.get("/placements/asked").text
    from_office = f"/needs/{scene.need.id}/placements"
    _change(session, scene)

    page = scene.first.get("/placements/asked").text
    assert "What changed: the task." in page
    assert "asked again, not answered" in scene.office.get(from_office).text
    placement_id = page.split("/placements/")[-1].split("/reconfirm")[0]
    old = page.split('name="asked_at" value="')[1].split('"')[0]
    _change(session, scene, title="Sort books and clothes")
    action = f"/placements/{placement_id}/reconfirm"
    stale = scene.first.send("/placements/asked", action, {"asked_at": old})
    assert stale.status_code == 409
    assert "It has changed once more since you read it" in stale.text
    assert scene.first.send("/placements/asked", action).location == "/placements"
    assert "stays after the change" in scene.office.get(from_office).text
    assert scene.second.get(f"/placements/{placement_id}/reconfirm").status_code == 405


def _change(session, scene, title="Sort books"):
    need = get_need_for_change(session, scene.coordinator, scene.need.id)
    scene.at += timedelta(seconds=1)
    change_need(session, scene.coordinator, need, {"title": title}, at=scene.at)
    session.commit()


@pytest.mark.parametrize(("waiting", "told"), [(4, False), (5, True)])
def test_the_coordinator_is_told_how_many_wait_from_five_on(session, visit, waiting, told):
    scene = Scene(session, visit)
    for _ in range(waiting):
        volunteer = make_volunteer(session)
        proposal = make_proposal(session, volunteer, scene.need)
        accept_or_wait(session, actor_for(session, volunteer), proposal.id, at=scene.at)
    session.commit()
    page = scene.office.get(f"/needs/{scene.need.id}/placements").text
    assert ("volunteers wait for a place." in page) is told
