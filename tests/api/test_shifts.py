"""Shifts over HTTP: added and changed by those who write the need, accepted one by one by volunteers."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from models import Event, Job, Need, Notice, Placement, Proposal, Shift, ShiftPlace
from models.errors import NotPossible
from models.needs import NeedStatus
from models.placements import PlacementStatus
from models.proposals import ProposalStatus
from service.access.actors import WORKER
from service.operations.proposals import accept_proposal, withdraw_proposal
from service.operations.shifts import pass_shifts
from tests.making import (
    actor_for,
    headers_for,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_shifts,
    make_staff,
    make_volunteer,
    time_of,
)

DAY, WEEK, HOUR = timedelta(days=1), timedelta(weeks=1), timedelta(hours=1)


@pytest.fixture
def scene(session):
    """A need with three shifts, of two, one and one place, a day apart; and who may do what there."""
    centre = make_centre(session)
    organisation = make_organisation(session, centre)
    need = make_need(session, organisation)
    noon = time_of(session).replace(hour=9, minute=0, second=0, microsecond=0) + 2 * DAY
    shifts = [
        make_shifts(session, need, noon + number * DAY, places=places)[0]
        for number, places in enumerate((2, 1, 1))
    ]
    volunteers = [make_volunteer(session, centre) for _ in range(3)]
    scene = SimpleNamespace(
        centre=centre,
        organisation=organisation,
        need=need,
        noon=noon,
        shifts=shifts,
        ids=[str(one.id) for one in shifts],
        volunteers=volunteers,
        proposals=[make_proposal(session, one, need) for one in volunteers],
        headers=[headers_for(session, one) for one in volunteers],
        coordinator=headers_for(session, make_coordinator(session, organisation)),
    )
    session.commit()
    return scene


def written(moment):
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def accept(client, scene, who, *shifts, **body):
    return client.post(
        f"/v1/proposals/{scene.proposals[who].id}/accept",
        json={"shift_ids": [scene.ids[one] for one in shifts], **body},
        headers={**scene.headers[who], "Idempotency-Key": uuid.uuid4().hex},
    )


def withdraw(client, scene, who):
    return client.post(f"/v1/proposals/{scene.proposals[who].id}/withdraw", headers=scene.headers[who])


def taken(session, scene):
    """Say how many places each shift has taken; its number and the rows must agree, and the need's sum."""
    session.expire_all()
    counts = []
    for one in scene.shifts:
        rows = select(func.count()).where(ShiftPlace.shift_id == one.id, ShiftPlace.placement_id.is_not(None))
        assert session.scalar(rows) == one.places_taken
        counts.append(one.places_taken)
    need = session.get_one(Need, scene.need.id)
    upcoming = [one for one in scene.shifts if one.is_upcoming(time_of(session))]
    assert need.all_places_taken == sum(one.places_taken for one in upcoming)
    assert need.all_places == sum(one.places for one in upcoming)
    return counts


def problem(answer):
    return answer.status_code, answer.json["code"], [one["field"] for one in answer.json.get("errors", ())]


def test_some_shifts_are_accepted_and_the_need_is_full_when_all_are(client, scene, session):
    done = accept(client, scene, 0, 0, 1)

    assert done.status_code == 200, done.json
    need = done.json["need"]
    assert (need["places"], need["places_left"], need["status"], need["shift_count"]) == (4, 2, "open", 3)
    assert [(one["id"], one["status"], one["places_left"]) for one in need["shifts"]] == [
        *((scene.ids[0], "open", 1), (scene.ids[1], "full", 0), (scene.ids[2], "open", 1))
    ]
    assert taken(session, scene) == [1, 1, 0]

    assert accept(client, scene, 1, 0, 2).json["need"]["status"] == "full"
    assert taken(session, scene) == [2, 1, 1]
    assert problem(accept(client, scene, 2)) == (409, "need_full", [])
    mine = client.get(f"/v1/volunteers/{scene.volunteers[1].id}/placements", headers=scene.headers[1])
    assert [one["id"] for one in mine.json["items"][0]["shifts"]] == [scene.ids[0], scene.ids[2]]
    theirs = client.get(f"/v1/needs/{scene.need.id}/placements", headers=scene.coordinator).json["items"]
    assert [(one["place_number"], len(one["shifts"])) for one in theirs] == [(None, 2), (None, 2)]

    assert withdraw(client, scene, 0).json["need"]["status"] == "open"
    assert taken(session, scene) == [1, 0, 1]
    assert problem(withdraw(client, scene, 0))[1] == "not_accepted"
    assert taken(session, scene) == [1, 0, 1]
    names = session.scalars(select(Event.name).where(Event.subject_kind == "shift").order_by(Event.number))
    assert list(names) == [*(["shift.added"] * 3), *(["shift.filled"] * 3), *(["shift.reopened"] * 2)]


def test_what_cannot_be_accepted_is_named_and_nothing_is_held(client, scene, session):
    other = make_shifts(session, make_need(session), scene.noon)[0]
    session.commit()
    scene.ids.append(str(other.id))

    assert problem(accept(client, scene, 0)) == (422, "invalid", ["shift_ids"])
    assert problem(accept(client, scene, 0, 0, 3)) == (422, "invalid", ["shift_ids"])
    accept(client, scene, 1, 1)
    refused = accept(client, scene, 0, 0, 1)
    assert problem(refused) == (409, "need_full", [f"shift_ids.{scene.ids[1]}"])
    assert "full" in refused.json["errors"][0]["message"]
    cancelled = client.post(f"/v1/shifts/{scene.ids[2]}/cancel", headers=scene.coordinator)
    assert cancelled.json["status"] == "cancelled"
    assert problem(accept(client, scene, 0, 0, 2)) == (409, "shift_over", [f"shift_ids.{scene.ids[2]}"])
    assert taken(session, scene) == [0, 1, 0]
    assert session.get_one(Proposal, scene.proposals[0].id).status is ProposalStatus.PROPOSED


def test_what_overlaps_is_said_and_taken_only_when_meant(client, scene, session):
    dated = make_need(
        session, starts_at=scene.noon + HOUR, ends_at=scene.noon + 2 * HOUR, title="Sing in the choir"
    )
    weekly = make_need(
        session,
        starts_at=scene.noon - WEEK + DAY, ends_at=scene.noon - WEEK + DAY + HOUR, rrule="FREQ=WEEKLY",
    )  # fmt: skip
    frame = make_need(session, starts_at=scene.noon - WEEK, ends_at=scene.noon + WEEK)
    session.commit()
    me, headers = scene.volunteers[0], scene.headers[0]

    def take(need, **body):
        proposal = make_proposal(session, me, need)
        session.commit()
        key = {**headers, "Idempotency-Key": uuid.uuid4().hex}
        return client.post(f"/v1/proposals/{proposal.id}/accept", json=body, headers=key)

    for need in (dated, weekly, frame):
        assert take(need).status_code == 200

    refused = accept(client, scene, 0, 0, 2)
    assert problem(refused) == (409, "overlaps", [f"shift_ids.{scene.ids[0]}"])
    assert "Sing in the choir" in refused.json["errors"][0]["message"]
    assert refused.json["detail"]
    assert problem(accept(client, scene, 0, 1))[1] == "overlaps"  # by the weekly one's rule
    assert accept(client, scene, 0, 0, 2, confirm_overlap=True).status_code == 200
    assert taken(session, scene) == [1, 0, 1]
    # what ends when the other begins does not meet it; what is there twice meets itself
    after = make_need(session, starts_at=scene.noon + 3 * HOUR, ends_at=scene.noon + 4 * HOUR)
    assert take(after).status_code == 200
    twice = make_need(session)
    made = make_shifts(session, twice, scene.noon + 20 * DAY, scene.noon + 20 * DAY + HOUR)
    ids = [str(one.id) for one in made]
    assert problem(take(twice, shift_ids=ids))[1] == "overlaps"


def test_shifts_of_a_placement_are_given_back_and_added(client, scene, session):
    accept(client, scene, 0, 0, 1)
    session.expire_all()
    placement = session.scalars(select(Placement)).one()
    path = f"/v1/placements/{placement.id}/shifts"

    def put(*shifts, tag=None, headers=scene.headers[0], **body):
        read = client.get(path, headers=scene.headers[0])
        sent = {"shift_ids": [scene.ids[one] for one in shifts], **body}
        return client.put(path, json=sent, headers={**headers, "If-Match": tag or read.headers["ETag"]})

    assert client.put(path, json={"shift_ids": []}, headers=scene.headers[0]).status_code == 428
    changed = put(1, 2)
    assert [one["id"] for one in changed.json["items"]] == [scene.ids[1], scene.ids[2]]
    assert taken(session, scene) == [0, 1, 1]
    assert put(1, 2).json == changed.json
    assert put(0, tag='"old"').status_code == 412
    assert problem(put()) == (409, "last_shift", [])
    assert {put(0, headers=one).status_code for one in (scene.headers[1], scene.coordinator)} == {403, 404}
    assert taken(session, scene) == [0, 1, 1]
    accept(client, scene, 1, 0)
    accept(client, scene, 2, 0)
    assert problem(put(0, 1, 2)) == (409, "need_full", [f"shift_ids.{scene.ids[0]}"])
    events = session.scalars(select(Event).where(Event.name == "placement.shifts_changed")).all()
    assert [one.body for one in events] == [
        {"need_id": str(scene.need.id), "added": scene.ids[2], "given_back": scene.ids[0]}
    ]
    assert client.get(path, headers=scene.headers[1]).status_code == 404


def test_a_rule_keeps_the_clock_and_is_known_when_it_comes_again(client, scene, session):
    begin = scene.noon + 10 * DAY
    rule = {
        "starts_at": written(begin), "ends_at": written(begin + 2 * HOUR), "places": 5,
        "rrule": "FREQ=WEEKLY;COUNT=40",
    }  # fmt: skip
    path = f"/v1/needs/{scene.need.id}/shifts"

    made = client.post(path, json=rule, headers=scene.coordinator)

    assert made.status_code == 201, made.json
    assert (len(made.json["items"]), made.json["known"], made.json["items"][0]["timezone"]) == (
        *(40, 0, "Europe/Kyiv"),
    )
    hours = {datetime.fromisoformat(one["starts_at"]).hour for one in made.json["items"]}
    assert len(hours) == 2  # of UTC: the clocks of Kyiv changed between
    moved = made.json["items"][0]["id"]
    tag = client.get(f"/v1/shifts/{moved}").headers["ETag"]
    later = {"starts_at": written(begin + HOUR), "ends_at": written(begin + 3 * HOUR)}
    done = client.patch(f"/v1/shifts/{moved}", json=later, headers={**scene.coordinator, "If-Match": tag})
    assert (done.status_code, done.json["starts_at"]) == (200, later["starts_at"])
    client.post(f"/v1/shifts/{made.json['items'][1]['id']}/cancel", headers=scene.coordinator)
    again = client.post(path, json={**rule, "rrule": "FREQ=WEEKLY;COUNT=41"}, headers=scene.coordinator)
    assert (len(again.json["items"]), again.json["known"]) == (1, 40)
    read = client.get(f"/v1/needs/{scene.need.id}")
    assert (len(read.json["shifts"]), read.json["shift_count"], read.json["places_left"]) == (10, 44, 204)
    # all of them, a page at a time; what is over or cancelled only when asked for
    for past, count in (("false", 43), ("true", 44)):
        seen, cursor = [], ""
        while cursor is not None:
            page = client.get(f"{path}?limit=20&past={past}" + (f"&cursor={cursor}" if cursor else "")).json
            seen += [(one["starts_at"], one["id"]) for one in page["items"]]
            cursor = page["next_cursor"]
        assert seen == sorted(seen)
        assert len(set(seen)) == count


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"rrule": "FREQ=WEEKLY"}, "rrule", "never_ends"),
        ({"rrule": "FREQ=DAILY;COUNT=367"}, "rrule", "too_many"),
        ({"rrule": "FREQ=YEARLY;COUNT=4"}, "rrule", "too_far_ahead"),
        ({"rrule": "FREQ=HOURLY;COUNT=4"}, "rrule", "too_often"),
        ({"rrule": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2"}, "rrule", "no_dates"),
        ({"rrule": "FREQ=WEEKLY;BYDAY=2SA;COUNT=2"}, "rrule", "invalid_rule"),
        ({"rrule": "every Saturday"}, "rrule", "invalid_rule"),
        ({"rrule": "FREQ=DAILY;COUNT=300", "places": 100}, "places", "too_many"),
        ({"ends_at": 0}, "ends_at", "before_starts_at"),
        ({"ends_at": 24 * 8}, "ends_at", "too_long"),
        ({"starts_at": -24 * 9}, "starts_at", "in_the_past"),
        ({"starts_at": 24 * 800, "ends_at": 24 * 800 + 1}, "starts_at", "too_far_ahead"),
        ({"places": 0}, "places", "out_of_range"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_shift_that_cannot_be_is_refused_by_its_field(client, scene, session, change, field, code):
    begin = scene.noon + 7 * DAY
    body = {"starts_at": written(begin), "ends_at": written(begin + HOUR)}
    for name, value in change.items():
        body[name] = written(begin + value * HOUR) if name[-3:] == "_at" else value
    if field == "starts_at" and change["starts_at"] < 0:
        body["ends_at"] = written(begin + (change["starts_at"] + 1) * HOUR)

    refused = client.post(f"/v1/needs/{scene.need.id}/shifts", json=body, headers=scene.coordinator)

    assert refused.status_code == 422, refused.json
    assert [(one["field"], one["code"]) for one in refused.json["errors"]] == [(field, code)]
    assert refused.json["errors"][0]["message"]
    assert session.scalar(select(func.count()).select_from(Shift)) == 3


def test_only_those_who_write_the_need_write_its_shifts(client, scene, session):
    stranger = headers_for(session, make_coordinator(session, make_organisation(session)))
    staff = headers_for(session, make_staff(session, scene.centre))
    reader = headers_for(session, scene.centre, ["needs:read"])
    writer = headers_for(session, scene.centre, ["needs:write"])
    session.commit()
    begin = scene.noon + 7 * DAY
    path, one = f"/v1/needs/{scene.need.id}/shifts", f"/v1/shifts/{scene.ids[0]}"

    def add(headers, days):
        at = begin + days * DAY
        return client.post(
            path, json={"starts_at": written(at), "ends_at": written(at + HOUR)}, headers=headers
        ).status_code

    assert [add(who, number) for number, who in enumerate((scene.coordinator, staff, writer))] == [201] * 3
    assert [add(who, 5) for who in ({}, scene.headers[0], reader, stranger)] == [401, 403, 403, 404]
    assert add(scene.coordinator, 0) == 422  # there is one at that time
    assert client.get(one).status_code == client.get(path).status_code == 200
    assert client.post(f"{one}/cancel", headers=stranger).status_code == 404
    assert client.patch(one, json={}, headers={**stranger, "If-Match": '"x"'}).status_code == 404
    draft = make_shifts(session, make_need(session, status=NeedStatus.DRAFT), begin)[0]
    session.commit()
    assert client.get(f"/v1/shifts/{draft.id}").status_code == 404
    assert client.get(f"/v1/needs/{draft.need_id}/shifts").status_code == 404


def test_places_are_lowered_to_what_is_held_and_no_further(client, scene, session):
    accept(client, scene, 0, 0)
    accept(client, scene, 1, 0)
    path = f"/v1/shifts/{scene.ids[0]}"

    def change(**body):
        tag = client.get(path).headers["ETag"]
        return client.patch(path, json=body, headers={**scene.coordinator, "If-Match": tag})

    refused = change(places=1)
    assert problem(refused) == (409, "places_held", ["places"])
    assert "2" in refused.json["detail"]
    assert (change(places=3).json["status"], accept(client, scene, 2, 0).status_code) == ("open", 200)
    withdraw(client, scene, 1)
    assert (change(places=2).json["status"], taken(session, scene)) == ("full", [2, 0, 0])
    tag = client.get(f"/v1/needs/{scene.need.id}").headers["ETag"]
    of_need = client.patch(
        f"/v1/needs/{scene.need.id}", json={"places": 9}, headers={**scene.coordinator, "If-Match": tag}
    )
    assert problem(of_need) == (422, "invalid", ["places"])
    held = make_need(session, scene.organisation, places=2, places_taken=1)
    session.commit()
    body = {"starts_at": written(scene.noon), "ends_at": written(scene.noon + HOUR)}
    refused = client.post(f"/v1/needs/{held.id}/shifts", json=body, headers=scene.coordinator)
    assert problem(refused)[:2] == (409, "places_held")


def test_a_cancelled_shift_frees_its_places_and_tells_those_who_held_them(client, scene, session):
    accept(client, scene, 0, 0, 1)
    accept(client, scene, 1, 0)

    done = client.post(f"/v1/shifts/{scene.ids[0]}/cancel", headers=scene.coordinator)

    assert (done.json["status"], taken(session, scene)) == ("cancelled", [0, 1, 0])
    kinds = session.execute(select(Notice.account_id, Notice.kind).where(Notice.kind != "somebody_accepted"))
    assert sorted((str(one.account_id), one.kind) for one in kinds) == sorted(
        (str(one.account_id), "shift_cancelled") for one in scene.volunteers[:2]
    )
    # the first keeps the other shift; the second holds nothing more, and can choose another
    stands = {
        one.volunteer_id: (one.status, one.release_reason) for one in session.scalars(select(Placement))
    }
    assert stands == {
        scene.volunteers[0].id: (PlacementStatus.HELD, None),
        scene.volunteers[1].id: (PlacementStatus.RELEASED, None),
    }
    again = client.post(f"/v1/needs/{scene.need.id}/choose", headers=scene.headers[1])
    assert (again.status_code, again.json["status"]) == (200, "proposed")
    assert accept(client, scene, 1, 2).status_code == 200
    again = client.post(f"/v1/shifts/{scene.ids[0]}/cancel", headers=scene.coordinator)
    assert problem(again) == (409, "shift_over", [])
    released = session.scalars(
        select(Placement).where(
            Placement.status == PlacementStatus.HELD, Placement.volunteer_id == scene.volunteers[1].id
        )
    ).one()
    client.post(
        f"/v1/placements/{released.id}/release", json={"reason": "Too late"}, headers=scene.coordinator
    )
    assert taken(session, scene) == [0, 1, 0]
    again = client.post(f"/v1/needs/{scene.need.id}/choose", headers=scene.headers[1])
    assert problem(again)[:2] == (409, "already_decided")


def test_a_moved_shift_tells_those_who_hold_it(client, scene, session):
    accept(client, scene, 0, 1)
    path = f"/v1/shifts/{scene.ids[1]}"
    tag = client.get(path).headers["ETag"]
    start = scene.noon + 3 * DAY
    later = {"starts_at": written(start), "ends_at": written(start + HOUR)}

    assert client.patch(path, json=later, headers=scene.coordinator).status_code == 428
    moved = client.patch(path, json=later, headers={**scene.coordinator, "If-Match": tag})

    assert moved.status_code == 200
    event = session.scalars(select(Event).where(Event.name == "shift.changed")).one()
    assert event.body["fields"] == "ends_at starts_at"
    assert event.body["was_starts_at"]
    told = session.scalars(select(Notice).where(Notice.kind == "shift_changed")).one()
    assert told.account_id == scene.volunteers[0].account_id
    mine = client.get("/v1/notices", headers=scene.headers[0]).json["items"]
    assert scene.need.title in mine[0]["title"]
    assert len(mine[0]["text"]) > 20
    stale = client.patch(path, json=later, headers={**scene.coordinator, "If-Match": tag})
    assert stale.status_code == 412


def test_time_passes_over_shifts_and_what_is_over_stays_on_record(client, scene, session):
    accept(client, scene, 0, 0, 1)
    due = session.scalars(select(Job.due_at).where(Job.kind == "shifts.pass")).all()
    assert due == [scene.shifts[0].ends_at]

    session.info["at"] = scene.shifts[0].ends_at
    pass_shifts(session, WORKER, scene.need.id, at=time_of(session))
    session.commit()

    assert taken(session, scene) == [1, 1, 0]
    need = session.get_one(Need, scene.need.id)
    assert (need.places_left, need.status, need.shifts_from) == (
        1,
        NeedStatus.OPEN,
        scene.shifts[1].starts_at,
    )
    # the first is over: it is kept on record, and only the second is given back
    actor = actor_for(session, scene.volunteers[0])
    withdraw_proposal(session, actor, scene.proposals[0].id, at=time_of(session))
    session.commit()
    assert taken(session, scene) == [1, 0, 0]
    late = actor_for(session, scene.volunteers[1])
    ids = [scene.shifts[1].id]
    accept_proposal(session, late, scene.proposals[1].id, shift_ids=ids, at=time_of(session))
    session.commit()
    with pytest.raises(NotPossible, match="shift_over"):
        withdraw_proposal(session, late, scene.proposals[1].id, at=scene.shifts[1].ends_at)
    session.rollback()
    session.info["at"] = scene.shifts[2].ends_at
    pass_shifts(session, WORKER, scene.need.id, at=time_of(session))
    session.commit()
    need = session.get_one(Need, scene.need.id)
    assert (need.places_left, need.status, need.is_over(time_of(session))) == (0, NeedStatus.FULL, True)
