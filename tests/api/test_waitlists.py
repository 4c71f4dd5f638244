"""Waiting and being asked again over HTTP: told to the volunteer, and to nobody what is not theirs."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from service.operations.proposals import accept_proposal
from tests.making import (
    actor_for,
    headers_for,
    make_account,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
    time_of,
)


class Scene:
    """A full need of one place, who holds it, and two who come after."""

    def __init__(self, client, session):
        self.client, self.session = client, session
        self.centre = make_centre(session)
        organisation = make_organisation(session, self.centre)
        self.coordinator = headers_for(session, make_coordinator(session, organisation))
        start = time_of(session) + timedelta(days=9)
        self.need = make_need(session, organisation, places=1, starts_at=start)
        self.people = [make_volunteer(session, self.centre, name=one) for one in ("Олена", "Ivan", "Zoya")]
        self.proposals = [make_proposal(session, one, self.need) for one in self.people]
        self.headers = [headers_for(session, one) for one in self.people]
        holder, first = self.people[0], self.proposals[0]
        self.placement = accept_proposal(session, actor_for(session, holder), first.id, at=time_of(session))
        self.others = {
            "anyone": ({}, 401),
            "another volunteer": (headers_for(session, make_volunteer(session, self.centre)), 404),
            "staff": (headers_for(session, make_staff(session, self.centre)), 403),
            "operator": (headers_for(session, make_account(session, "operator")), 403),
            "the centre's token": (headers_for(session, self.centre), 403),
        }
        session.commit()

    def say(self, number, verb, body=None, headers=None):
        done = self.client.post(
            f"/v1/proposals/{self.proposals[number].id}/{verb}",
            json=body or {},
            headers={**(headers or self.headers[number]), "Idempotency-Key": uuid.uuid4().hex},
        )
        self.session.expire_all()
        return done

    def read(self, number):
        got = self.client.get(f"/v1/proposals/{self.proposals[number].id}", headers=self.headers[number])
        return {name: got.json[name] for name in ("status", "waitlist_position", "waitlist_length")}, got

    def placements(self, **asked):
        path = f"/v1/volunteers/{self.people[0].id}/placements"
        return self.client.get(path, headers=self.headers[0], query_string=asked).json["items"]


@pytest.fixture
def scene(client, session):
    return Scene(client, session)


def test_who_waits_sees_whose_turn_it_is_and_is_offered_what_comes_free(scene):
    before, _ = scene.read(1)
    assert before == {"status": "proposed", "waitlist_position": None, "waitlist_length": 0}
    for number in (1, 2):
        done = scene.say(number, "accept", {"waitlist": True, "message": "Any day"})
        assert (done.status_code, done.json["status"]) == (200, "waitlisted")
        assert (done.json["waitlist_position"], done.json["waitlist_length"]) == (number, number)
    _, second = scene.read(2)
    scene.say(0, "withdraw")

    path = f"/v1/volunteers/{scene.people[1].id}/proposals"
    offered = scene.client.get(path, headers=scene.headers[1]).json["items"][0]
    assert offered["status"] == "offered"
    assert offered["decision_due"] is not None
    assert offered["need"]["places_left"] == 0
    now_, again = scene.read(2)
    assert now_ == {"status": "waitlisted", "waitlist_position": 1, "waitlist_length": 1}
    assert second.headers["ETag"] != again.headers["ETag"]
    assert scene.say(2, "accept").json["code"] == "already_decided"
    assert scene.say(1, "accept").json["status"] == "accepted"
    left = scene.say(2, "withdraw")
    assert left.json.get("code", left.json["status"]) == "withdrawn"
    seen = scene.client.get(f"/v1/needs/{scene.need.id}/placements", headers=scene.coordinator).json["items"]
    met = [(one["volunteer"] or {}).get("first_name") for one in seen]
    assert met == [None, "Ivan"], "who waited and left is nobody to the organisation"


def test_no_one_else_waits_decides_or_counts(scene):
    for headers, status in [*scene.others.values(), (scene.coordinator, 403)]:
        assert scene.say(1, "accept", {"waitlist": True}, headers or {"X-No": "token"}).status_code == status
        asked = scene.client.post(f"/v1/placements/{scene.placement.id}/reconfirm", json={}, headers=headers)
        assert asked.status_code == status
    address = f"/v1/needs/{scene.need.id}/waitlist"
    assert scene.client.get(address, headers=scene.coordinator).json == {"waiting": None}
    for name, (headers, status) in scene.others.items():
        wanted = 403 if name == "another volunteer" else status
        assert scene.client.get(address, headers=headers).status_code == wanted
    stranger = headers_for(scene.session, make_coordinator(scene.session))
    scene.session.commit()
    assert scene.client.get(address, headers=stranger).status_code == 404


def test_a_change_is_asked_about_and_answered(scene):
    client, path = scene.client, f"/v1/needs/{scene.need.id}"
    assert scene.placements(asked_again="true") == []
    etag = client.get(path, headers=scene.coordinator).headers["ETag"]
    changed = client.patch(
        path, json={"title": "Sort books"}, headers={**scene.coordinator, "If-Match": etag}
    )
    assert changed.status_code == 200
    scene.session.expire_all()

    (asked,) = scene.placements(asked_again="true")
    assert (asked["asked_aspects"], asked["reconfirmed_at"]) == (["task"], None)
    (seen,) = client.get(f"{path}/placements", headers=scene.coordinator).json["items"]
    assert (seen["asked_again_at"], seen["status"]) == (asked["asked_again_at"], "held")
    address = f"/v1/placements/{asked['id']}/reconfirm"
    stale = client.post(address, json={"asked_at": "2020-01-01T00:00:00Z"}, headers=scene.headers[0])
    assert (stale.status_code, stale.json["code"]) == (409, "changed_again")
    wrong = client.post(address, json={"asked_at": "soon"}, headers=scene.headers[0])
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "asked_at")
    done = client.post(address, json={"asked_at": asked["asked_again_at"]}, headers=scene.headers[0])
    assert (done.status_code, done.json["asked_again_at"]) == (200, None)
    again = client.post(address, json={}, headers=scene.headers[0])
    assert (again.status_code, again.json["code"]) == (409, "not_asked")
    (seen,) = client.get(f"{path}/placements", headers=scene.coordinator).json["items"]
    assert (seen["asked_again_at"], seen["reconfirmed_at"]) == (None, done.json["reconfirmed_at"])
    assert scene.placements(asked_again="false") != []
