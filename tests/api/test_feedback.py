"""Feedback over HTTP: neither side answers the other, the centre reads all, numbers tell of five at least."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Event, Feedback, Notice, Placement
from models.feedback import WINDOW
from models.introductions import Side
from models.placements import PlacementStatus
from service.access.actors import ANYONE
from service.operations.feedback import give_feedback
from service.operations.placement_ends import complete_placement
from service.operations.proposals import accept_proposal
from service.queries.candidates import get_person
from service.queries.feedback import list_feedback_of_placement, rate_organisation
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
    """A volunteer with a placement that is completed, and one that is not."""

    class Scene:
        at = time_of(session)
        centre = make_centre(session)
        organisation = make_organisation(session, centre)
        volunteer = make_volunteer(session, centre, name="Zephyrine Quillfeather")
        coordinator = make_coordinator(session, organisation)
        actor, boss = actor_for(session, volunteer), actor_for(session, coordinator)
        mine, theirs = headers_for(session, volunteer), headers_for(session, coordinator)
        staff = headers_for(session, make_staff(session, centre))

        def __init__(self):
            self.placement, self.running = self.hold(), self.hold()
            complete_placement(session, self.boss, self.placement.id, at=self.at)
            session.commit()

        def hold(self):
            proposal = make_proposal(session, self.volunteer, make_need(session, self.organisation))
            return accept_proposal(session, self.actor, proposal.id, at=self.at)

    return Scene()


def give(client, scene, headers, rating=5, placement=None, **body):
    path = f"/v1/placements/{(placement or scene.placement).id}/feedback"
    return client.post(path, json={"rating": rating, **body}, headers=headers)


def read(client, scene, headers):
    answer = client.get(f"/v1/placements/{scene.placement.id}/feedback", headers=headers)
    return [(one["side"], one["rating"], one["text"]) for one in answer.json["items"]]


def test_neither_side_reads_the_other_before_both_have_written(client, session, scene):
    assert give(client, scene, scene.mine, 2, text="nobody was there").status_code == 200
    first = give(client, scene, scene.mine, 3, text="nobody was at the gate", would_again=False)
    assert (first.status_code, first.json["rating"]) == (200, 3)
    own = ("volunteer", 3, "nobody was at the gate")
    assert read(client, scene, scene.mine) == [own]
    assert read(client, scene, scene.theirs) == []
    assert read(client, scene, scene.staff) == [own]
    told = session.scalars(select(Notice.kind).where(Notice.account_id == scene.coordinator.id))
    assert list(told).count("feedback_given") == 1
    assert "gate" not in client.get("/v1/notices", headers=scene.theirs).text

    assert give(client, scene, scene.theirs, 4, text="a great help").status_code == 200
    both = [own, ("organisation", 4, "a great help")]
    assert all(read(client, scene, one) == both for one in (scene.mine, scene.theirs, scene.staff))
    for headers in (scene.mine, scene.theirs):
        late = give(client, scene, headers, 1)
        assert (late.status_code, late.json["code"]) == (409, "feedback_closed")
    names = session.scalars(select(Event.name).where(Event.subject_kind == "feedback").order_by(Event.number))
    assert list(names) == ["feedback.given", "feedback.changed", "feedback.given"]
    address = f"/v1/organisations/{scene.organisation.id}/feedback"
    listed = client.get(address, headers=scene.theirs)
    assert len(listed.json["items"]) == 2
    for trace in ("Zephyrine", str(scene.volunteer.id), scene.volunteer.email):
        assert trace not in listed.text + client.get(address, headers=scene.staff).text


def test_after_two_weeks_it_is_open_and_closed(session, scene):
    give_feedback(session, scene.actor, scene.placement.id, rating=4, at=scene.at)
    later = scene.at + WINDOW

    def seen(actor, at):
        return [one.rating for one in list_feedback_of_placement(session, actor, scene.placement.id, at=at)]

    assert seen(scene.boss, later - timedelta(seconds=1)) == []
    assert seen(scene.boss, later) == [4]
    for actor in (scene.boss, scene.actor):
        with pytest.raises(Exception, match="feedback_closed"):
            give_feedback(session, actor, scene.placement.id, rating=1, at=later)


def test_only_what_is_completed_and_only_by_those_whom_it_concerns(client, session, scene):
    early = give(client, scene, scene.mine, placement=scene.running)
    assert (early.status_code, early.json["code"]) == (409, "placement_not_over")
    wrong: list[tuple[dict[str, object], str | None]] = [({}, None)]
    wrong += [({"rating": one}, "rating") for one in (0, 6, 4.5)]
    wrong += [
        ({"text": "x" * 2001}, "text"),
        ({"would_again": "yes"}, "would_again"),
        ({"side": "x"}, "side"),
    ]
    for body, field in wrong:
        answer = give(client, scene, scene.mine, **body)
        assert answer.status_code == (422 if field else 200), body
        assert not field or [one["field"] for one in answer.json["errors"]] == [field]
    strange = make_organisation(session, scene.centre)
    callers = [
        ({}, 401, 401, 401),
        (scene.mine, 200, 200, 403),
        (headers_for(session, make_volunteer(session, scene.centre)), 404, 404, 403),
        (scene.theirs, None, 200, 200),
        (headers_for(session, make_coordinator(session, strange)), 404, 404, 404),
        (scene.staff, 403, 200, 200),
        (headers_for(session, make_staff(session, make_centre(session))), 403, 404, 404),
        (headers_for(session, scene.centre), 403, 403, 403),
    ]
    for headers, gives, reads, lists in callers:
        if gives:
            assert give(client, scene, headers).status_code == gives
        path = f"/v1/placements/{scene.placement.id}/feedback"
        assert client.get(path, headers=headers).status_code == reads
        assert (
            client.get(f"/v1/organisations/{scene.organisation.id}/feedback", headers=headers).status_code
            == lists
        )
    assert client.get(f"/v1/organisations/{scene.organisation.id}/rating").json == {
        "count": None,
        "mean": None,
    }


def test_public_numbers_tell_of_five_more_people_at_a_time(session, scene):
    """The same as counting by hand at each moment; and no one person's word ever shows in a difference."""
    chance, at, day = random.Random(7), scene.at, timedelta(days=1)
    need = make_need(session, scene.organisation, places=100)
    volunteers = [make_volunteer(session, scene.centre) for _ in range(14)]
    rows = []
    for number in range(40):
        volunteer = chance.choice(volunteers)
        proposal = make_proposal(session, volunteer, make_need(session, scene.organisation))
        placement = Placement(
            id=uuid.uuid4(), proposal_id=proposal.id, volunteer_id=volunteer.id, need_id=need.id,
            place_number=number + 1, status=PlacementStatus.COMPLETED,
        )  # fmt: skip
        session.add(placement)
        session.flush()
        side = Side.VOLUNTEER if number % 5 else Side.ORGANISATION
        row = Feedback(
            id=uuid.uuid4(), placement_id=placement.id, volunteer_id=volunteer.id, side=side,
            organisation_id=scene.organisation.id, rating=chance.randint(1, 5),
            opens_at=at + chance.randrange(30) * day,
        )  # fmt: skip
        rows.append(row)
    session.add_all(rows)
    session.flush()

    before = (0, 0)
    for days in range(31):
        now = at + days * day
        people: dict[uuid.UUID, int] = {}
        for one in sorted(rows, key=lambda one: (one.opens_at, one.id)):
            if one.side is Side.VOLUNTEER and one.opens_at <= now:
                people.setdefault(one.volunteer_id, one.rating)
        count = len(people) - len(people) % 5
        found = rate_organisation(session, ANYONE, scene.organisation.id, at=now)
        if not count:
            assert found is None
            continue
        total = sum(list(people.values())[:count])
        assert found is not None
        assert (found.count, found.mean) == (count, round(total / count, 1))
        assert found.count == before[0] or found.count - before[0] >= 5
        assert found.count > before[0] or total == before[1]
        before = (count, total)
    assert before[0] >= 10


def test_feedback_is_told_to_the_other_side_only_and_never_ranks(session, scene):
    known = get_person(session, scene.actor, scene.volunteer)
    give_feedback(session, scene.boss, scene.placement.id, rating=1, text="never again", at=scene.at)
    kinds = session.scalars(select(Notice.kind).where(Notice.account_id == scene.volunteer.account_id))

    assert list(kinds).count("feedback_given") == 1
    assert get_person(session, scene.actor, scene.volunteer) == known
