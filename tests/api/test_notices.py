"""Notices over HTTP: one's own, read and unread, and what goes out by mail."""

from __future__ import annotations

from typing import Any

import pytest

from service.operations.needs import cancel_need
from service.operations.proposals import accept_proposal
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
def scene(session):
    """A volunteer who has accepted what was then cancelled, and the coordinator."""

    class Scene:
        at = time_of(session)
        organisation = make_organisation(session, name="Riverside")
        need = make_need(session, organisation, title="Paint boats")
        volunteer = make_volunteer(session)
        coordinator = make_coordinator(session, organisation)
        headers = headers_for(session, volunteer)
        boss = headers_for(session, coordinator)

    proposal = make_proposal(session, Scene.volunteer, Scene.need)
    accept_proposal(session, actor_for(session, Scene.volunteer), proposal.id, at=Scene.at)
    cancel_need(session, actor_for(session, Scene.coordinator), Scene.need.id, at=Scene.at)
    session.commit()
    return Scene


def test_each_reads_their_own_in_their_language(client, scene):
    (mine,) = client.get("/v1/notices", headers=scene.headers).json["items"]
    assert mine["kind"] == "need_cancelled"
    assert mine["title"] == "“Paint boats” will not take place"
    assert (mine["need_id"], mine["path"], mine["read_at"]) == (str(scene.need.id), "/placements", None)
    uk = client.get(f"/v1/notices/{mine['id']}", headers={**scene.headers, "Accept-Language": "uk"}).json
    assert uk["title"] != mine["title"]
    (theirs,) = client.get("/v1/notices", headers=scene.boss).json["items"]
    assert theirs["kind"] == "somebody_accepted"
    assert client.get(f"/v1/notices/{mine['id']}", headers=scene.boss).status_code == 404


def test_a_notice_is_marked_as_read_and_unread_with_its_etag(client, scene):
    (mine,) = client.get("/v1/notices", headers=scene.headers).json["items"]
    address = f"/v1/notices/{mine['id']}"
    assert client.patch(address, json={"read": True}, headers=scene.headers).status_code == 428
    tag = client.get(address, headers=scene.headers).headers["ETag"]
    done = client.patch(address, json={"read": True}, headers={**scene.headers, "If-Match": tag})
    assert done.json["read_at"]
    stale = client.patch(address, json={"read": False}, headers={**scene.headers, "If-Match": tag})
    assert stale.status_code == 412
    assert client.get("/v1/notices?read=false", headers=scene.headers).json["items"] == []
    tag = done.headers["ETag"]
    back = client.patch(address, json={"read": False}, headers={**scene.headers, "If-Match": tag})
    assert back.json["read_at"] is None
    assert len(client.get("/v1/notices?read=false", headers=scene.headers).json["items"]) == 1


def test_all_are_marked_as_read_at_once(client, scene):
    assert client.post("/v1/notices/read", json={}, headers=scene.headers).status_code == 204
    (mine,) = client.get("/v1/notices?read=true", headers=scene.headers).json["items"]
    assert mine["read_at"]
    (theirs,) = client.get("/v1/notices", headers=scene.boss).json["items"]
    assert theirs["read_at"] is None


def test_paging_goes_through_all(client, scene, session):
    for number in range(5):
        need = make_need(session, scene.organisation, title=f"Task {number}")
        proposal = make_proposal(session, scene.volunteer, need)
        accept_proposal(session, actor_for(session, scene.volunteer), proposal.id, at=scene.at)
    session.commit()
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/v1/notices?limit=2{cursor and f'&cursor={cursor}'}", headers=scene.boss).json
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 6


def test_settings_show_what_is_usual_and_take_what_is_chosen(client, scene):
    address = "/v1/notices/settings"
    usual = client.get(address, headers=scene.headers)
    assert {one["kind"]: one["mail"] for one in usual.json["kinds"]}["new_proposals"] == "daily"
    assert (usual.json["quiet_from"], usual.json["quiet_until"]) == (None, None)
    chosen = {
        "kinds": [{"kind": "new_proposals", "mail": "never"}],
        "timezone": "Asia/Kathmandu",
        "quiet_from": "21:30",
        "quiet_until": "07:05",
    }
    headers = {**scene.headers, "If-Match": usual.headers["ETag"]}
    done = client.patch(address, json=chosen, headers=headers)
    assert done.status_code == 200
    assert {one["kind"]: one["mail"] for one in done.json["kinds"]} == {
        **{one["kind"]: one["mail"] for one in usual.json["kinds"]},
        "new_proposals": "never",
    }
    assert {name: done.json[name] for name in chosen if name != "kinds"} == {
        name: value for name, value in chosen.items() if name != "kinds"
    }
    assert client.patch(address, json=chosen, headers=headers).status_code == 412
    headers["If-Match"] = done.headers["ETag"]
    off = client.patch(address, json={"quiet_from": None, "quiet_until": None}, headers=headers)
    assert (off.json["quiet_from"], off.json["timezone"]) == (None, "Asia/Kathmandu")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"quiet_from": "24:00"}, "quiet_from", "invalid"),
        ({"quiet_from": "7:00"}, "quiet_from", "invalid"),
        ({"quiet_from": "21:00"}, "quiet_until", "required"),
        ({"timezone": "Mars/Olympus"}, "timezone", "unknown_zone"),
        ({"kinds": [{"kind": "gossip", "mail": "daily"}]}, "kinds.0.kind", "unknown_code"),
        ({"kinds": [{"kind": "new_proposals", "mail": "hourly"}]}, "kinds.0.mail", "unknown_code"),
        ({"kinds": [{"kind": "import_finished", "mail": "never"}]}, "kinds.0.kind", "not_yours"),
        ({"sound": True}, "sound", "unknown_field"),
    ],
)
def test_settings_that_cannot_be_taken_are_named(client, scene, body, field, code):
    tag = client.get("/v1/notices/settings", headers=scene.headers).headers["ETag"]
    refused = client.patch("/v1/notices/settings", json=body, headers={**scene.headers, "If-Match": tag})
    assert refused.status_code == 422
    assert [(one["field"], one["code"]) for one in refused.json["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/v1/notices"),
        ("post", "/v1/notices/read"),
        ("get", "/v1/notices/settings"),
        ("patch", "/v1/notices/settings"),
    ],
)
def test_a_centres_system_has_no_notices_and_nobody_is_asked_to_sign_in(client, session, method, path):
    centre = make_centre(session)
    ask = getattr(client, method)
    given: dict[str, Any] = {} if method == "get" else {"json": {}}
    session.commit()
    assert ask(path, **given).status_code == 401
    assert ask(path, headers=headers_for(session, centre), **given).status_code == 403
    staff = headers_for(session, make_staff(session, centre))
    session.commit()
    assert ask(path, headers=staff, **given).status_code in (200, 204, 428)
