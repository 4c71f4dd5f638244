"""Hours over HTTP: entered, mended, confirmed, corrected, disputed; who may, and what fits into a day."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from models import Event, Hours, Job, Notice, Placement
from models.hours import HoursStatus
from models.placements import PlacementStatus
from service.access.actors import WORKER
from service.operations.hours import remind_of_hours
from service.operations.placement_ends import complete_placement
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
    """A volunteer with two placements of one organisation, and those who may ask about them."""

    class Scene:
        at = time_of(session)
        centre = make_centre(session)
        organisation = make_organisation(session, centre)
        need = make_need(session, organisation, title="Read aloud")
        other_need = make_need(session, organisation, title="Paint boats", timezone="America/New_York")
        volunteer = make_volunteer(session, centre, name="Zephyrine Quillfeather")
        coordinator = make_coordinator(session, organisation)
        mine, theirs = headers_for(session, volunteer), headers_for(session, coordinator)

        def __init__(self):
            self.placement, self.other = self.hold(self.need), self.hold(self.other_need)
            self.yesterday = self.at.date() - timedelta(days=1)

        def hold(self, need):
            proposal = make_proposal(session, self.volunteer, need)
            kept = accept_proposal(session, actor_for(session, self.volunteer), proposal.id, at=self.at)
            session.commit()
            return kept

        def body(self, **over):
            return {"date": self.yesterday.isoformat(), "minutes": 90, **over}

    return Scene()


def enter(client, scene, placement=None, headers=None, **over):
    path = f"/v1/placements/{(placement or scene.placement).id}/hours"
    body = {key: one for key, one in scene.body(**over).items() if one is not ...}
    return client.post(path, json=body, headers=headers or scene.mine)


def post(client, path, body=None, *, headers):
    return client.post(f"/v1/hours/{path}", json=body or {}, headers=headers)


def kinds(session, account_id):
    return sorted(session.scalars(select(Notice.kind).where(Notice.account_id == account_id)))


def test_hours_are_entered_mended_confirmed_corrected_and_settled(client, session, scene):
    done = enter(client, scene, note="the wolf book")
    assert (done.status_code, done.json["status"], done.json["counted_minutes"]) == (201, "entered", 0)
    assert enter(client, scene, minutes=30).status_code == 201
    # One notice for both, until it is read.
    assert kinds(session, scene.coordinator.id).count("hours_entered") == 1

    path, tag = f"/v1/hours/{done.json['id']}", {"If-Match": done.headers["ETag"]}
    assert client.patch(path, json={"minutes": 120}, headers=scene.mine).status_code == 428
    mended = client.patch(path, json={"minutes": 120}, headers={**scene.mine, **tag})
    assert (mended.status_code, mended.json["minutes"], mended.json["note"]) == (200, 120, "the wolf book")
    assert client.patch(path, json={"minutes": 60}, headers={**scene.mine, **tag}).status_code == 412
    seen = client.get(path, headers=scene.theirs)
    assert (seen.json["first_name"], seen.json["note"]) == ("Zephyrine", "the wolf book")

    hours = done.json["id"]
    fixed = post(
        client, f"{hours}/correct", {"minutes": 100, "reason": "we closed at six"}, headers=scene.theirs
    )
    assert (fixed.status_code, fixed.json["status"], fixed.json["counted_minutes"]) == (200, "corrected", 100)
    late = client.patch(path, json={"minutes": 1}, headers={**scene.mine, "If-Match": "*"})
    assert (late.status_code, late.json["code"]) == (409, "hours_answered")
    argued = post(client, f"{hours}/dispute", {"text": "I stayed to clean up"}, headers=scene.mine)
    assert (argued.json["status"], argued.json["counted_minutes"]) == ("disputed", 100)
    assert post(client, f"{hours}/accept", headers=scene.mine).json["code"] == "hours_not_corrected"
    agreed = post(client, f"{hours}/confirm", headers=scene.theirs)
    assert (agreed.json["status"], agreed.json["counted_minutes"]) == ("confirmed", 120)
    # A mistake found later is corrected all the same; this time the volunteer agrees.
    post(client, f"{hours}/correct", {"minutes": 0, "reason": "another day"}, headers=scene.theirs)
    assert post(client, f"{hours}/accept", headers=scene.mine).json["counted_minutes"] == 0
    names = session.scalars(select(Event.name).where(Event.subject_kind == "hours").order_by(Event.number))
    assert [one.removeprefix("hours.") for one in names] == [
        *("entered", "entered", "changed", "corrected", "disputed", "confirmed", "corrected", "confirmed"),
    ]
    assert kinds(session, scene.volunteer.account_id) == [
        "hours_confirmed",
        "hours_corrected",
        "hours_corrected",
    ]
    second = client.get(f"/v1/placements/{scene.placement.id}/hours?status=entered", headers=scene.mine)
    assert client.delete(f"/v1/hours/{second.json['items'][0]['id']}", headers=scene.mine).status_code == 204
    assert client.delete(path, headers=scene.mine).status_code == 409


def test_a_night_is_as_long_as_it_was(client, session, scene):
    """Entered by the clocks of the need's zone, over the end of summer time in New York."""
    placement = scene.other
    placement.created_at, night = datetime(2025, 11, 1, tzinfo=UTC), "2025-11-01"
    session.commit()

    nine = enter(client, scene, placement, date=night, minutes=..., starts="22:00", ends="06:00")
    assert (nine.status_code, nine.json["minutes"]) == (201, 9 * 60)
    assert (nine.json["starts_at"], nine.json["timezone"]) == ("2025-11-02T02:00:00Z", "America/New_York")
    mended = client.patch(
        f"/v1/hours/{nine.json['id']}", json={"note": "cold"}, headers={**scene.mine, "If-Match": "*"}
    )
    assert (mended.json["minutes"], mended.json["starts_at"]) == (9 * 60, nine.json["starts_at"])


WRONG: list[tuple[dict[str, object], str, str]] = [
    ({"minutes": ...}, "minutes", "required"),
    ({"minutes": None, "starts": "10:00"}, "ends", "required"),
    ({"starts": "10:00", "ends": "11:00"}, "minutes", "not_both"),
    ({"minutes": 0}, "minutes", "out_of_range"),
    ({"minutes": 1441}, "minutes", "out_of_range"),
    ({"minutes": "60"}, "minutes", "invalid"),
    ({"minutes": ..., "starts": "24:00", "ends": "25:00"}, "starts", "invalid"),
    ({"date": "2999-01-01"}, "date", "invalid"),
    ({"date": "2190-01-01"}, "date", "in_the_future"),
    ({"date": "2001-01-01"}, "date", "outside"),
    ({"date": "yesterday"}, "date", "invalid"),
    ({"note": "x" * 1001}, "note", "too_long"),
    ({"status": "confirmed"}, "status", "unknown_field"),
]  # one field each


def test_what_is_wrong_is_named(client, scene):
    for over, field, code in WRONG:
        done = enter(client, scene, **over)
        assert done.status_code == 422, done.json
        assert (field, code) in [(one["field"], one["code"]) for one in done.json["errors"]]


def test_what_the_clocks_skipped_and_what_is_to_come_is_named(client, session, scene):
    scene.placement.created_at = datetime(2026, 3, 29, tzinfo=UTC)
    session.commit()
    gap = enter(client, scene, date="2026-03-29", minutes=..., starts="03:30", ends="05:00")
    assert gap.json["errors"][0] | {"message": ""} == {
        "field": "starts",
        "code": "no_such_time",
        "message": "",
    }
    soon = (scene.at + timedelta(minutes=5)).strftime("%H:%M")
    today = scene.at.date().isoformat()
    scene.need.timezone = "UTC"
    session.commit()
    ahead = enter(client, scene, date=today, minutes=..., starts=soon, ends="00:00")
    assert ahead.json["errors"][0]["code"] == "in_the_future"


def test_a_day_has_24_hours_over_all_placements(client, scene):
    assert enter(client, scene, minutes=1000).status_code == 201
    full = enter(client, scene, scene.other, minutes=441)
    assert [(one["field"], one["code"]) for one in full.json["errors"]] == [("minutes", "more_than_a_day")]
    fits = enter(client, scene, scene.other, minutes=440)
    assert fits.status_code == 201
    # Mending counts the entry once, not twice.
    tag = {**scene.mine, "If-Match": fits.headers["ETag"]}
    assert client.patch(f"/v1/hours/{fits.json['id']}", json={"minutes": 439}, headers=tag).status_code == 200
    assert enter(client, scene, date=(scene.yesterday - timedelta(days=1)).isoformat()).status_code == 201


def test_hours_belong_to_what_was_accepted_and_not_given_up(client, session, scene):
    taken = {PlacementStatus.HELD, PlacementStatus.CONFIRMED, PlacementStatus.COMPLETED}
    for status in PlacementStatus:
        scene.placement.status = status
        session.commit()
        done = enter(client, scene, minutes=10)
        expected = (201, None) if status in taken else (409, "placement_over")
        assert (done.status_code, done.json.get("code")) == expected, status


def test_others_find_nothing_and_no_contact_is_left_after_the_end(client, session, scene):
    hours = enter(client, scene, note="by the secret gate").json["id"]
    done = enter(client, scene, note="with Quillfeather's own book").json["id"]
    post(client, f"{done}/confirm", headers=scene.theirs)
    strange = make_organisation(session, scene.centre)
    callers = {
        "anyone": ({}, 401, 401, 401),
        "volunteer": (scene.mine, 200, None, 403),
        "another volunteer": (headers_for(session, make_volunteer(session, scene.centre)), 404, 404, 403),
        "coordinator": (scene.theirs, 200, 403, None),
        "another coordinator": (headers_for(session, make_coordinator(session, strange)), 404, 403, 404),
        "staff": (headers_for(session, make_staff(session, scene.centre)), 403, 403, 403),
        "centre": (headers_for(session, scene.centre), 403, 403, 403),
    }
    for name, (headers, reads, enters, answers) in callers.items():
        assert client.get(f"/v1/hours/{hours}", headers=headers).status_code == reads, name
        listed = client.get(f"/v1/placements/{scene.placement.id}/hours", headers=headers)
        assert listed.status_code == reads, name
        for verb, body, code in (
            ("accept", {}, enters), ("dispute", {"text": "x"}, enters),
            ("confirm", {}, answers), ("correct", {"minutes": 1, "reason": "x"}, answers),
        ):  # fmt: skip
            if code:
                answer = post(client, f"{hours}/{verb}", body, headers=headers)
                assert answer.status_code == code, (name, verb)
        if enters:
            assert enter(client, scene, headers=headers or {"X": "y"}).status_code == enters, name
            assert client.delete(f"/v1/hours/{hours}", headers=headers).status_code == enters, name
        sums = client.get(
            f"/v1/organisations/{scene.organisation.id}/hours/sums", headers=headers
        ).status_code
        assert sums == {None: 200}.get(answers, answers), name
    own = f"/v1/volunteers/{scene.volunteer.id}/hours"
    assert client.get(own, headers=callers["another volunteer"][0]).status_code == 404

    complete_placement(session, actor_for(session, scene.coordinator), scene.placement.id, at=scene.at)
    session.commit()
    told = client.get(f"/v1/organisations/{scene.organisation.id}/hours", headers=scene.theirs).text
    for trace in ("Zephyrine", "Quillfeather", str(scene.volunteer.id), scene.volunteer.email):
        assert trace not in told
    # What still waits is read as it was written, for without it nobody could answer.
    assert "secret gate" in told
    assert post(client, f"{hours}/confirm", headers=scene.theirs).status_code == 200


def test_hours_against_a_no_show(client, session, scene):
    hours = enter(client, scene).json["id"]
    said = client.post(f"/v1/placements/{scene.placement.id}/no-show", json={}, headers=scene.theirs)
    assert said.status_code == 200
    assert post(client, f"{hours}/confirm", headers=scene.theirs).json["code"] == "placement_over"
    client.post(f"/v1/placements/{scene.placement.id}/complete", json={}, headers=scene.theirs)
    assert post(client, f"{hours}/confirm", headers=scene.theirs).status_code == 200
    # Who has given hours did come.
    given = enter(client, scene, scene.other).json["id"]
    post(client, f"{given}/confirm", headers=scene.theirs)
    refused = client.post(f"/v1/placements/{scene.other.id}/no-show", json={}, headers=scene.theirs)
    assert (refused.status_code, refused.json["code"]) == (409, "hours_confirmed")


def test_sums_and_pages_are_what_a_slow_count_says(client, session, scene):
    chance, day = random.Random(20), scene.yesterday
    rows = []
    for number in range(60):
        placement = chance.choice([scene.placement, scene.other])
        status = chance.choice(list(HoursStatus))
        wrong = status in (HoursStatus.CORRECTED, HoursStatus.DISPUTED) or chance.random() < 0.2
        row = Hours(
            placement_id=placement.id, volunteer_id=scene.volunteer.id, need_id=placement.need_id,
            organisation_id=scene.organisation.id, date=day - timedelta(days=chance.randrange(9)),
            minutes=chance.randrange(1, 1441), status=status,
            corrected_minutes=chance.randrange(1441) if wrong and status is not HoursStatus.ENTERED else None,
            note=str(number),
        )  # fmt: skip
        rows.append(row)
    session.add_all(rows)
    session.commit()

    first, last = day - timedelta(days=5), day - timedelta(days=2)
    for span, wanted in (("", rows), (f"?first={first}&last={last}", [
        one for one in rows if first <= one.date <= last
    ])):  # fmt: skip
        counted = waiting = 0
        for one in wanted:
            if one.status in (HoursStatus.ENTERED, HoursStatus.DISPUTED):
                waiting += one.minutes
            if one.status is not HoursStatus.ENTERED:
                counted += one.minutes if one.corrected_minutes is None else one.corrected_minutes
        for path, headers in (
            (f"/v1/volunteers/{scene.volunteer.id}/hours/sums", scene.mine),
            (f"/v1/organisations/{scene.organisation.id}/hours/sums", scene.theirs),
        ):
            sums = client.get(path + span, headers=headers).json
            assert (sums["counted_minutes"], sums["waiting_minutes"]) == (counted, waiting)
            assert sum(one["entries"] for one in sums["parts"]) == len(wanted)
    ids, cursor = [], ""
    while cursor is not None:
        page = client.get(
            f"/v1/volunteers/{scene.volunteer.id}/hours?limit=7{cursor and '&cursor=' + cursor}",
            headers=scene.mine,
        ).json
        ids += [(one["date"], one["id"]) for one in page["items"]]
        cursor = page["next_cursor"]
    assert len(set(ids)) == 60
    assert [one[0] for one in ids] == sorted((one[0] for one in ids), reverse=True)


def test_coordinators_are_reminded_of_hours_that_wait_for_a_week(client, session, scene):
    enter(client, scene)
    orders = session.scalars(select(Job).where(Job.kind == "hours.remind")).all()
    assert [one.due_at - scene.at > timedelta(days=6) for one in orders] == [True]
    session.execute(delete(Notice))

    remind_of_hours(session, WORKER, scene.need.id, at=scene.at)
    assert kinds(session, scene.coordinator.id) == ["hours_entered"]
    session.execute(delete(Notice))
    for one in session.scalars(select(Hours)):
        one.status = HoursStatus.CONFIRMED
    remind_of_hours(session, WORKER, scene.need.id, at=scene.at)
    assert kinds(session, scene.coordinator.id) == []
    assert session.get_one(Placement, scene.placement.id).status is PlacementStatus.HELD
