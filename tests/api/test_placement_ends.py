"""Completing and no-shows over HTTP: who may, what it does to the place, and what nobody sees any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models import Account, Event, Job, Need, NoShow, Notice, Placement
from models.errors import NotPossible
from models.placements import STEPS, PlacementStatus
from service.access.actors import WORKER
from service.operations.placement_ends import complete_placement, record_no_show
from service.operations.placement_reminders import remind_of_completion
from service.operations.proposals import accept_proposal
from service.queries.candidates import get_person
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

CANARY = {"name": "Zephyrine Quillfeather", "email": "canary-zq@example.org", "interests": "brass astrolabes"}
TRACES = ("Zephyrine", "Quillfeather", "canary-zq", "astrolabes", "secret gate")


@pytest.fixture
def scene(session):
    """A volunteer who holds a place of a need that has begun, and all kinds of callers."""

    class Scene:
        at = time_of(session)
        centre = make_centre(session)
        organisation = make_organisation(session, centre)
        need = make_need(session, organisation, places=1)
        volunteer = make_volunteer(session, centre, **CANARY)
        coordinator = make_coordinator(session, organisation, name="Bohdana")
        staff = make_staff(session, centre)
        mine, theirs = headers_for(session, volunteer), headers_for(session, coordinator)
        staffs = headers_for(session, staff)

        def __init__(self):
            self.placement = self.hold()

        def hold(self, need=None, volunteer=None):
            volunteer = volunteer or self.volunteer
            proposal = make_proposal(session, volunteer, need or self.need)
            kept = accept_proposal(
                session, actor_for(session, volunteer), proposal.id, message="by the secret gate", at=self.at
            )
            session.commit()
            return kept

    scene = Scene()
    session.commit()
    return scene


def post(client, scene, verb, body=None, *, headers=None, placement=None):
    placement = placement or scene.placement
    return client.post(
        f"/v1/placements/{placement.id}/{verb}", json=body or {}, headers=headers or scene.theirs
    )


def events(session, subject_id):
    return list(
        session.scalars(select(Event.name).where(Event.subject_id == subject_id).order_by(Event.number))
    )


def kinds(session, account_id):
    return sorted(session.scalars(select(Notice.kind).where(Notice.account_id == account_id)))


def test_what_is_completed_is_thanked_for_and_uses_its_place(client, session, scene):
    done = post(client, scene, "complete", {"thanks": "The fence stands!"})

    assert (done.status_code, done.json["status"], done.json["thanks"]) == (
        200,
        "completed",
        "The fence stands!",
    )
    assert (done.json["volunteer"], done.json["message"]) == (None, None)
    # One that was never confirmed is confirmed first: both steps are on record, the volunteer is told once.
    assert events(session, scene.placement.id) == [
        "placement.held", "placement.confirmed", "placement.completed",
    ]  # fmt: skip
    assert kinds(session, scene.volunteer.account_id) == ["placement_completed"]
    need = session.get_one(Need, scene.need.id, populate_existing=True)
    assert (need.places_taken, need.status.value) == (1, "full")
    mine = client.get(f"/v1/volunteers/{scene.volunteer.id}/placements", headers=scene.mine).json["items"]
    assert [(one["status"], one["thanks"]) for one in mine] == [("completed", "The fence stands!")]
    for verb in ("complete", "confirm", "release", "no-show"):
        again = post(client, scene, verb, {"reason": "x"} if verb == "release" else {})
        assert (again.status_code, again.json["code"][:9]) == (409, "placement"), verb
    back = client.post(f"/v1/proposals/{scene.placement.proposal_id}/withdraw", json={}, headers=scene.mine)
    assert (back.status_code, back.json["code"]) == (409, "placement_over")
    assert events(session, scene.placement.proposal_id)[-1] == "proposal.accepted"


def test_a_no_show_says_who_said_so_and_the_volunteer_answers(client, session, scene):
    assert post(client, scene, "no-show/answer", {"text": "?"}, headers=scene.mine).json["code"] == (
        "no_show_not_said"
    )
    said = post(client, scene, "no-show", {"note": "We waited at ten"})
    assert (said.status_code, said.json["status"]) == (200, "no_show")
    assert (said.json["no_show"]["said_by"], said.json["no_show"]["note"]) == ("Bohdana", "We waited at ten")
    assert kinds(session, scene.volunteer.account_id) == ["placement_no_show"]

    answer = post(client, scene, "no-show/answer", {"text": "The gate was shut"}, headers=scene.mine)
    assert (answer.status_code, answer.json["no_show"]["answer"]) == (200, "The gate was shut")
    assert kinds(session, scene.coordinator.id) == ["no_show_answered", "somebody_accepted"]
    seen = client.get(f"/v1/needs/{scene.need.id}/placements", headers=scene.theirs).json["items"]
    assert seen[0]["no_show"]["answer"] == "The gate was shut"
    reports = client.get("/v1/no-shows", headers=scene.staffs).json["items"]
    assert [(one["volunteer_name"], one["no_show"]["answer"]) for one in reports] == [
        (CANARY["name"], "The gate was shut")
    ]

    # The organisation takes it back: nothing of it is kept but the events.
    mended = post(client, scene, "complete")
    assert (mended.status_code, mended.json["status"], mended.json["no_show"]) == (200, "completed", None)
    assert session.scalars(select(NoShow)).all() == []
    assert client.get("/v1/no-shows", headers=scene.staffs).json["items"] == []
    assert events(session, scene.placement.id) == [
        "placement.held", "placement.no_show", "placement.no_show_answered", "placement.completed",
    ]  # fmt: skip


def test_nobody_fails_to_come_before_it_begins(client, session, scene):
    need = make_need(session, scene.organisation, starts_at=scene.at + timedelta(hours=1))
    ahead = scene.hold(need)

    early = post(client, scene, "no-show", placement=ahead)

    assert (early.status_code, early.json["code"]) == (409, "need_not_begun")
    assert session.get_one(Placement, ahead.id, populate_existing=True).status is PlacementStatus.HELD


def test_only_that_organisation_says_it_and_only_that_volunteer_answers(client, session, scene):
    strange = make_organisation(session, scene.centre)
    others = {
        "anyone": ({}, 401, 401),
        "volunteer": (scene.mine, 403, None),
        "another volunteer": (headers_for(session, make_volunteer(session, scene.centre)), 403, 404),
        "coordinator": (scene.theirs, None, 403),
        "another coordinator": (headers_for(session, make_coordinator(session, strange)), 404, 403),
        "staff": (scene.staffs, 403, 403),
        "centre": (headers_for(session, scene.centre), 403, 403),
    }
    for name, (headers, says, answers) in others.items():
        for verb, body, code in (
            ("complete", {}, says), ("no-show", {}, says), ("no-show/answer", {"text": "x"}, answers),
        ):  # fmt: skip
            if code:
                done = client.post(f"/v1/placements/{scene.placement.id}/{verb}", json=body, headers=headers)
                assert done.status_code == code, (name, verb)
        listed = client.get("/v1/no-shows", headers=headers).status_code
        assert listed == {"anyone": 401, "staff": 200}.get(name, 403), name
    assert session.get_one(Placement, scene.placement.id).status is PlacementStatus.HELD
    # Another centre's staff see nothing of it, and of a strange centre's volunteer no name.
    post(client, scene, "no-show")
    other_centre = make_centre(session)
    foreign = headers_for(session, make_staff(session, other_centre))
    assert client.get("/v1/no-shows", headers=foreign).json["items"] == []
    need = make_need(session, scene.organisation)
    guest = scene.hold(need, make_volunteer(session, other_centre, name="Foreign Guest"))
    post(client, scene, "no-show", placement=guest)
    names = [one["volunteer_name"] for one in client.get("/v1/no-shows", headers=scene.staffs).json["items"]]
    assert names.count(None) == 1
    assert "Foreign Guest" not in client.get("/v1/no-shows", headers=scene.staffs).text


@pytest.mark.parametrize("verb", ["complete", "no-show"])
def test_no_byte_of_the_volunteer_is_left_once_it_is_over(client, session, scene, verb):
    listed = f"/v1/needs/{scene.need.id}/placements"
    before = client.get(listed, headers=scene.theirs).text
    ended = post(client, scene, verb)
    told = [ended.text, client.get(listed, headers=scene.theirs).text]
    told.append(client.get("/v1/notices", headers=scene.theirs).text)
    account = session.get_one(Account, scene.volunteer.account_id)
    ids = [str(one) for one in (scene.volunteer.id, account.id, scene.placement.proposal_id)]

    assert "Zephyrine" in before
    assert "secret gate" in before
    for trace in (*TRACES, account.email, *ids):
        assert not [text for text in told if trace in text], trace


def test_a_no_show_changes_nothing_in_what_the_ranking_knows(client, session, scene):
    before = get_person(session, WORKER, scene.volunteer)
    post(client, scene, "no-show", {"note": "never came"})
    session.expire_all()

    assert get_person(session, WORKER, scene.volunteer) == before


def test_only_the_ways_that_are_drawn_lead_from_one_state_to_another(session, scene):
    at: datetime = scene.at
    ways: dict[PlacementStatus, set[PlacementStatus]] = {}
    verbs = {
        "confirm": lambda one: one.confirm(at), "complete": lambda one: one.complete(None, at),
        "miss": lambda one: one.miss(at), "withdraw": lambda one: one.withdraw(at),
        "release": lambda one: one.release("x", at),
    }  # fmt: skip
    for before in PlacementStatus:
        for verb in verbs.values():
            one = Placement(status=before)
            try:
                verb(one)
            except Exception:  # noqa: BLE001 whatever refuses it, it is refused
                assert one.status is before
            else:
                ways.setdefault(before, set()).add(one.status)
    assert ways == {before: set(after) for before, after in STEPS.items() if after}


def test_coordinators_are_reminded_when_a_need_is_over_and_somebody_still_waits(session, scene):
    day = timedelta(days=1)
    need = make_need(session, scene.organisation, starts_at=scene.at, ends_at=scene.at + 2 * day)
    kept = scene.hold(need)
    orders = session.scalars(select(Job).where(Job.kind == "placements.remind").order_by(Job.due_at)).all()
    assert [(one.payload["days"], one.due_at - scene.at) for one in orders] == [(1, 3 * day), (7, 9 * day)]

    remind_of_completion(session, WORKER, need.id, 1, at=scene.at + 3 * day)
    assert kinds(session, scene.coordinator.id).count("completion_due") == 1
    need.ends_at = scene.at + 20 * day  # it was put off: not now
    remind_of_completion(session, WORKER, need.id, 7, at=scene.at + 9 * day)
    assert kinds(session, scene.coordinator.id).count("completion_due") == 1
    kept.status = PlacementStatus.WITHDRAWN  # nobody is left
    remind_of_completion(session, WORKER, need.id, 7, at=scene.at + 99 * day)
    assert kinds(session, scene.coordinator.id).count("completion_due") == 1


def test_with_shifts_it_is_completed_after_the_last_and_missed_after_the_first(session, scene):
    day, boss = timedelta(days=1), actor_for(session, scene.coordinator)
    need = make_need(session, scene.organisation)
    shifts = make_shifts(session, need, scene.at + day, scene.at + 3 * day)

    def hold():
        volunteer = make_volunteer(session, scene.centre)
        proposal = make_proposal(session, volunteer, need)
        actor = actor_for(session, volunteer)
        chosen = [one.id for one in shifts]
        return accept_proposal(session, actor, proposal.id, shift_ids=chosen, at=scene.at)

    kept = hold()
    for at, end, code in (
        (scene.at, record_no_show, "need_not_begun"),
        (scene.at + 2 * day, complete_placement, "shifts_ahead"),
    ):
        with pytest.raises(NotPossible, match=code), session.begin_nested():
            end(session, boss, kept.id, at=at)
        session.refresh(kept)
    record_no_show(session, boss, kept.id, at=scene.at + 2 * day)
    session.expire_all()
    # What is over stays on record; what is to come is free for somebody else.
    assert [one.places_taken for one in shifts] == [1, 0]
    complete_placement(session, boss, kept.id, at=scene.at + 4 * day)
    assert session.get_one(Placement, kept.id).status is PlacementStatus.COMPLETED
