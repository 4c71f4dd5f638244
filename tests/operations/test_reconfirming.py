"""Being asked again: one question at a time, about all that changed; no word leaves the place theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Event, Notice
from models.errors import NotPossible
from models.notices import NoticeKind
from service.access.actors import WORKER
from service.errors import NotAllowed, NotFound
from service.operations.needs import cancel_need, change_need, close_need
from service.operations.placements import release_placement
from service.operations.proposals import accept_proposal, withdraw_proposal
from service.operations.reconfirming import reconfirm_placement
from service.queries.needs import get_need_for_change
from service.queries.placements import list_own_placements
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
    time_of,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Scene:
    """A need tomorrow, its coordinator, and one volunteer who holds a place there."""

    def __init__(self, session):
        self.session, self.at = session, time_of(session)
        self.organisation = make_organisation(session)
        self.coordinator = actor_for(session, make_coordinator(session, self.organisation))
        times = {"starts_at": self.at + DAY, "ends_at": self.at + DAY + HOUR}
        self.need = make_need(session, self.organisation, **times)
        self.volunteer = make_volunteer(session)
        self.actor = actor_for(session, self.volunteer)
        proposal = make_proposal(session, self.volunteer, self.need)
        self.placement = accept_proposal(session, self.actor, proposal.id, at=self.at)

    def change(self, at=None, **fields):
        need = get_need_for_change(self.session, self.coordinator, self.need.id)
        change_need(self.session, self.coordinator, need, fields, at=at or self.at)

    def asked(self):
        return [
            one.placement.id for one in list_own_placements(self.session, self.actor, asked_again=True).items
        ]

    def names(self):
        wanted = select(Event.name).where(Event.subject_id == self.placement.id).order_by(Event.number)
        return self.session.scalars(wanted).all()


@pytest.fixture
def scene(session):
    return Scene(session)


@pytest.mark.parametrize(
    ("fields", "aspects"),
    [
        ({"ends_at": DAY + 2 * HOUR}, ["date"]),
        ({"timezone": "Europe/Paris"}, ["date"]),
        ({"location": {"latitude": 49.0, "longitude": 28.0, "place": "The other hall"}}, ["place"]),
        ({"location_type": "remote"}, ["place"]),
        ({"description": "We sort books."}, ["task"]),
        ({"title": "Sort books", "starts_at": DAY - HOUR}, ["date", "task"]),
        ({"rewards": ["travel_costs"]}, []),
        ({"places": 5}, []),
    ],
)
def test_what_matters_is_asked_again_and_what_does_not_is_not(session, scene, fields, aspects):
    fields = {name: scene.at + one if isinstance(one, timedelta) else one for name, one in fields.items()}
    scene.change(**fields)

    assert scene.placement.asked_aspects == aspects
    assert scene.asked() == ([scene.placement.id] if aspects else [])
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.NEED_CHANGED.value)).all()
    assert [sorted(one.body["aspects"]) for one in told] == ([aspects] if aspects else [])
    assert scene.placement.is_live()


def test_changing_twice_asks_once_more_about_all_of_it(session, scene):
    scene.change(title="Sort books")
    first = scene.placement.asked_again_at
    scene.change(at=scene.at + HOUR, starts_at=scene.at + DAY - HOUR)

    assert scene.asked() == [scene.placement.id]
    assert scene.placement.asked_aspects == ["date", "task"]
    with pytest.raises(NotPossible, match="changed_again"):
        reconfirm_placement(session, scene.actor, scene.placement.id, asked_at=first, at=scene.at + HOUR)
    newest = scene.placement.asked_again_at
    seen = reconfirm_placement(session, scene.actor, scene.placement.id, asked_at=newest, at=scene.at + HOUR)

    assert (seen.placement.asked_again_at, seen.placement.asked_aspects) == (None, [])
    assert seen.placement.reconfirmed_at == scene.at + HOUR
    with pytest.raises(NotPossible, match="not_asked"):
        reconfirm_placement(session, scene.actor, scene.placement.id, at=scene.at + HOUR)
    assert scene.names() == [
        "placement.held",
        "placement.asked_again",
        "placement.asked_again",
        "placement.reconfirmed",
    ]


@pytest.mark.parametrize("way", ["withdraw", "release"])
def test_the_end_of_a_placement_ends_its_question(session, scene, way):
    scene.change(title="Sort books")
    if way == "withdraw":
        withdraw_proposal(session, scene.actor, scene.placement.proposal_id, at=scene.at)
    else:
        release_placement(session, scene.coordinator, scene.placement.id, "We moved", at=scene.at)

    assert scene.asked() == []
    with pytest.raises(NotPossible, match="placement_over"):
        reconfirm_placement(session, scene.actor, scene.placement.id, at=scene.at)


def test_of_what_is_over_or_cancelled_nothing_is_asked_but_of_what_is_closed(session, scene):
    over, cancelled = Scene(session), Scene(session)
    cancel_need(session, cancelled.coordinator, cancelled.need.id, at=scene.at)
    close_need(session, scene.coordinator, scene.need.id, at=scene.at)
    for one in (scene, cancelled):
        one.change(title="Sort books")
    over.change(at=scene.at + 2 * DAY, title="Sorted books")

    assert [bool(one.asked()) for one in (scene, cancelled, over)] == [True, False, False]
    with pytest.raises(NotPossible, match="need_over"):
        reconfirm_placement(session, scene.actor, scene.placement.id, at=scene.at + 2 * DAY)


def test_only_its_volunteer_says_that_they_stay(session, scene):
    scene.change(title="Sort books")
    others = [scene.coordinator, WORKER, Scene(session).actor]
    for one in others:
        with pytest.raises((NotFound, NotAllowed)):
            reconfirm_placement(session, one, scene.placement.id, at=scene.at)
    assert scene.asked() == [scene.placement.id]
