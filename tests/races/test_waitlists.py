"""Many wait for few places at the same moment: each place is somebody's, in the order of the line, once."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import Event, Need, Place, Proposal, Wait
from models.needs import NeedStatus
from models.proposals import ProposalStatus
from service.access.actors import WORKER
from service.db import make_engine, make_sessions, now, unit_of_work
from service.operations.needs import change_need
from service.operations.offer_ends import lapse_offer
from service.operations.offers import OFFER_HOURS
from service.operations.proposals import accept_or_wait, accept_proposal, decline_proposal, withdraw_proposal
from service.queries.needs import get_need_for_change
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
)
from tests.races.crowd import act_all

PROCESSES, WISHES, PLACES = 4, 24, 6
P = ProposalStatus

pytestmark = pytest.mark.slow


def come(session, actor, proposal_id):
    accept_or_wait(session, actor, proposal_id, at=now())


def accept(session, actor, proposal_id):
    accept_proposal(session, actor, proposal_id, at=now())


def withdraw(session, actor, proposal_id):
    withdraw_proposal(session, actor, proposal_id, at=now())


def decline(session, actor, proposal_id):
    decline_proposal(session, actor, proposal_id, at=now())


def lapse(session, actor, proposal_id):
    """Let an offer go on a machine whose clock is ahead."""
    lapse_offer(session, actor, proposal_id, at=now() + timedelta(hours=OFFER_HOURS, minutes=5))


def add_places(session, actor, need_id):
    change_need(
        session, actor, get_need_for_change(session, actor, need_id), {"places": PLACES + 3}, at=now()
    )


class Crowd:
    """A need of few places, and many who want one."""

    def __init__(self, url: str) -> None:
        self.url, self.engine = url, make_engine(url)
        with unit_of_work(make_sessions(self.engine)) as session:
            organisation = make_organisation(session)
            need = make_need(session, organisation, places=PLACES)
            self.need_id = need.id
            self.coordinator = actor_for(session, make_coordinator(session, organisation))
            people = [make_volunteer(session) for _ in range(WISHES)]
            self.actors = {make_proposal(session, one, need).id: actor_for(session, one) for one in people}

    def all(self, *acts, of=None) -> Counter[str]:
        """Let the people do these at once, each person all of them."""
        chosen = self.actors if of is None else of
        jobs = [(act, self.actors[one], one) for one in chosen for act in acts]
        return act_all(self.url, jobs, PROCESSES)

    def read(self) -> dict[P, list[uuid.UUID]]:
        """Give the proposals by their state, and check that the places say the same (I-03, I-17)."""
        found: dict[P, list[uuid.UUID]] = {one: [] for one in P}
        with unit_of_work(make_sessions(self.engine), readonly=True) as session:
            need = session.get_one(Need, self.need_id)
            for one in session.scalars(select(Proposal).where(Proposal.need_id == need.id)):
                found[one.status].append(one.id)
            places = session.scalars(select(Place).where(Place.need_id == need.id)).all()
            offered = {one.offered_to for one in places if one.offered_to}
            held = sum(one.placement_id is not None for one in places)
            waiting = list(session.scalars(select(Wait.proposal_id).order_by(Wait.number)))
            steps = session.execute(
                select(Event.subject_id, func.count())
                .where(Event.to_state == "offered")
                .group_by(Event.subject_id)
            ).all()
        assert offered == set(found[P.OFFERED])
        assert held == len(found[P.ACCEPTED])
        assert held + len(offered) == need.places_taken <= need.places == len(places)
        assert set(waiting) == set(found[P.WAITLISTED])
        assert not waiting or need.status is NeedStatus.FULL
        assert all(count == 1 for _, count in steps), "nobody is offered the same place twice"
        return {**found, P.WAITLISTED: waiting}


def test_those_who_wait_are_offered_what_comes_free_each_once_and_in_turn(committed_database_url):
    crowd = Crowd(committed_database_url)
    assert crowd.all(come) == {"done": WISHES}
    first = crowd.read()
    assert (len(first[P.ACCEPTED]), len(first[P.WAITLISTED])) == (PLACES, WISHES - PLACES)
    line = first[P.WAITLISTED]

    # All holders withdraw, each in several processes at once, and three places are added.
    jobs = [(withdraw, crowd.actors[one], one) for one in first[P.ACCEPTED] for _ in range(3)]
    jobs.insert(4, (add_places, crowd.coordinator, crowd.need_id))
    assert act_all(crowd.url, jobs, PROCESSES) == {"done": PLACES + 1, "not_accepted": 2 * PLACES}

    second = crowd.read()
    assert set(second[P.OFFERED]) == set(line[: PLACES + 3]), "those who waited longest, and no others"
    assert second[P.WAITLISTED] == line[PLACES + 3 :]
    assert second[P.ACCEPTED] == [], "nothing is accepted for anybody"
    crowd.engine.dispose()


def test_an_offer_is_accepted_or_goes_on_and_never_both(committed_database_url):
    crowd = Crowd(committed_database_url)
    act_all(crowd.url, [(come, crowd.actors[one], one) for one in crowd.actors], 1)
    first = crowd.read()
    line = first[P.WAITLISTED]
    act_all(crowd.url, [(withdraw, crowd.actors[one], one) for one in first[P.ACCEPTED]], 1)

    # Each of those who are offered a place says yes, says no, and is late, at the same moment.
    jobs = [
        (act, actor, one)
        for one in line[:PLACES]
        for act, actor in ((lapse, WORKER), (accept, crowd.actors[one]), (decline, crowd.actors[one]))
    ]
    ended = act_all(crowd.url, jobs, PROCESSES)

    assert set(ended) <= {"done", "already_decided", "need_full"}
    last = crowd.read()
    answered = [last[one] for one in (P.ACCEPTED, P.DECLINED, P.EXPIRED)]
    assert sorted(one for some in answered for one in some) == sorted(line[:PLACES])
    gone = len(last[P.DECLINED]) + len(last[P.EXPIRED])
    assert set(last[P.OFFERED]) == set(line[PLACES : PLACES + gone])
    assert last[P.WAITLISTED] == line[PLACES + gone :]
    crowd.engine.dispose()
