"""Accepting while somebody else suspends, cancels or takes places away: one comes first, and it holds."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from models import Event, Placement, Proposal, Volunteer
from models.organisations import OrganisationStatus
from service.access.actors import WORKER, Actor
from service.db import make_engine, make_sessions, now, unit_of_work
from service.operations.erasure import erase_volunteer
from service.operations.needs import cancel_need, change_need
from service.operations.organisations import verify_organisation
from service.operations.proposals import accept_proposal, decline_proposal, withdraw_proposal
from service.queries.needs import get_need_for_change
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
)
from tests.races.crowd import act_all, outcome_of

PROCESSES, WISHES = 4, 60

pytestmark = pytest.mark.slow


def accept(session, actor, proposal_id):
    accept_proposal(session, actor, proposal_id, at=now())


def decline(session, actor, proposal_id):
    decline_proposal(session, actor, proposal_id, at=now())


def accept_and_withdraw(session, actor, proposal_id):
    accept_proposal(session, actor, proposal_id, at=now())
    withdraw_proposal(session, actor, proposal_id, at=now())


def leave(session, actor, volunteer_id):
    erase_volunteer(session, actor, volunteer_id, at=now())


def suspend(session, actor, organisation_id):
    verify_organisation(session, actor, organisation_id, OrganisationStatus.SUSPENDED, "looked", at=now())


def cancel(session, actor, need_id):
    cancel_need(session, actor, need_id, at=now())


def halve_places(session, actor, need_id):
    need = get_need_for_change(session, actor, need_id)
    change_need(session, actor, need, {"places": max(1, need.places // 2)}, at=now())


class Scene:
    """A need with room for all, so many volunteers who want it, and its coordinator."""

    def __init__(self, url: str, places: int = WISHES) -> None:
        engine = make_engine(url)
        with unit_of_work(make_sessions(engine)) as session:
            organisation = make_organisation(session)
            need = make_need(session, organisation, places=places)
            self.organisation_id, self.need_id = organisation.id, need.id
            self.coordinator = actor_for(session, make_coordinator(session, organisation))
            volunteers = [make_volunteer(session) for _ in range(WISHES)]
            self.wishes: list[tuple[Actor, uuid.UUID]] = [
                (actor_for(session, one), make_proposal(session, one, need).id) for one in volunteers
            ]
        engine.dispose()

    def race(self, url, answer, act, actor, subject_id):
        """Let all answer, and somebody act in the middle of it."""
        jobs = [(answer, *wish) for wish in self.wishes]
        jobs.insert(WISHES // 2, (act, actor, subject_id))
        return act_all(url, jobs, PROCESSES)


def events_in_order(url: str, *names: str) -> list[str]:
    engine = make_engine(url)
    with unit_of_work(make_sessions(engine), readonly=True) as session:
        found = session.scalars(select(Event.name).where(Event.name.in_(names)).order_by(Event.number)).all()
    engine.dispose()
    return list(found)


def test_nobody_accepts_after_a_suspension(committed_database_url):
    """I-06."""
    scene = Scene(committed_database_url)

    ended = scene.race(committed_database_url, accept, suspend, WORKER, scene.organisation_id)

    assert set(ended) <= {"done", "need_closed"}
    order = events_in_order(committed_database_url, "proposal.accepted", "organisation.suspended")
    assert order[-1] == "organisation.suspended"
    assert len(order) - 1 == ended["done"] - 1 == outcome_of(committed_database_url, scene.need_id).accepted
    outcome_of(committed_database_url, scene.need_id).must_be_sound()


def test_nobody_accepts_after_a_cancellation(committed_database_url):
    """I-06: those who accepted before keep their place, everyone else's proposal has expired."""
    scene = Scene(committed_database_url)

    ended = scene.race(committed_database_url, accept, cancel, scene.coordinator, scene.need_id)

    assert set(ended) <= {"done", "need_closed"}
    order = events_in_order(committed_database_url, "proposal.accepted", "need.cancelled", "proposal.expired")
    accepted = ended["done"] - 1
    assert order == ["proposal.accepted"] * accepted + ["need.cancelled"] + ["proposal.expired"] * (
        WISHES - accepted
    )
    outcome_of(committed_database_url, scene.need_id).must_be_sound()


@pytest.mark.parametrize("answer", [accept, accept_and_withdraw])
def test_places_taken_away_while_many_answer_are_never_oversold(committed_database_url, answer):
    """I-03."""
    scene = Scene(committed_database_url, places=40)

    ended = scene.race(committed_database_url, answer, halve_places, scene.coordinator, scene.need_id)

    assert set(ended) <= {"done", "need_full", "places_held"}
    outcome = outcome_of(committed_database_url, scene.need_id)
    outcome.must_be_sound()
    assert outcome.places in (20, 40)


def test_a_proposal_answered_by_many_hands_at_once_is_answered_once(committed_database_url):
    scene = Scene(committed_database_url)
    actor, proposal_id = scene.wishes[0]
    answers = [(act, actor, proposal_id) for act in (accept, decline) for _ in range(20)]

    ended = act_all(committed_database_url, answers[::2] + answers[1::2], PROCESSES)

    assert ended == {"done": 1, "already_decided": 39}
    assert len(events_in_order(committed_database_url, "proposal.accepted", "proposal.declined")) == 1


def test_who_leaves_while_they_accept_holds_nothing_and_takes_nobodys_place(committed_database_url):
    """I-06: half of those who want a place leave at the same moment; no place is lost or held by them."""
    scene = Scene(committed_database_url, places=20)
    leaving = scene.wishes[::2]
    acts = [(accept, *wish) for wish in scene.wishes]
    for place, (actor, _) in enumerate(leaving):
        # Now before, now after the acceptance, in the hands of the next process.
        acts.insert(3 * place + place % 2, (leave, actor, actor.volunteer_id))

    ended = act_all(committed_database_url, acts, PROCESSES)

    assert set(ended) <= {"done", "need_full", "not_found"}, ended
    outcome = outcome_of(committed_database_url, scene.need_id)
    outcome.must_be_sound()
    engine = make_engine(committed_database_url)
    with unit_of_work(make_sessions(engine), readonly=True) as session:
        gone = [actor.volunteer_id for actor, _ in leaving]
        left = session.scalars(select(Volunteer).where(Volunteer.id.in_(gone))).all()
        assert all(one.erased_at is not None and one.name == "" for one in left)
        statuses = session.scalars(select(Placement.status).where(Placement.volunteer_id.in_(gone)))
        assert set(statuses) <= {"withdrawn"}
        kept = session.scalars(select(Proposal.status).where(Proposal.volunteer_id.in_(gone)))
        assert set(kept) <= {"withdrawn"}
    engine.dispose()
