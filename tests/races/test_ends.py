"""Several ends at the same moment: a placement has one of them, and its place is freed once or kept."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Event, Placement, Proposal
from models.placements import USES_PLACE, PlacementStatus
from models.proposals import ProposalStatus
from service.access.actors import WORKER
from service.db import make_engine, make_sessions, now, unit_of_work
from service.operations.needs import change_need
from service.operations.placement_ends import complete_placement
from service.operations.placements import release_placement
from service.operations.proposals import accept_proposal, withdraw_proposal
from service.operations.proposing import pass_need
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

PROCESSES, HOLDERS = 4, 24
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.slow


def accept(session, actor, proposal_id):
    accept_proposal(session, actor, proposal_id, at=now())


def withdraw(session, actor, proposal_id):
    withdraw_proposal(session, actor, proposal_id, at=now())


def release(session, actor, placement_id):
    release_placement(session, actor, placement_id, "Somebody nearer", at=now())


def complete(session, actor, placement_id):
    complete_placement(session, actor, placement_id, at=now())


def accept_slowly(session, actor, proposal_id):
    """Some come in time, others do not."""
    time.sleep(0.1)
    accept(session, actor, proposal_id)


def end_soon(session, actor, need_id):
    ends_at = now() + timedelta(seconds=0.4)
    change_need(session, actor, get_need_for_change(session, actor, need_id), {"ends_at": ends_at}, at=now())


def pass_by(session, actor, need_id):
    pass_need(session, actor, need_id, at=now())


def make_crowd(session, **over):
    """Put a need with room for all before so many volunteers."""
    organisation = make_organisation(session)
    need = make_need(session, organisation, places=HOLDERS, **over)
    coordinator = actor_for(session, make_coordinator(session, organisation))
    volunteers = [make_volunteer(session) for _ in range(HOLDERS)]
    wishes = [(actor_for(session, one), make_proposal(session, one, need).id) for one in volunteers]
    return need.id, coordinator, wishes


def test_a_placement_ends_in_one_way_whoever_ends_it_first(committed_database_url):
    """I-04: given back by the volunteer, taken back by the organisation, or completed; never two of these."""
    engine = make_engine(committed_database_url)
    sessions = make_sessions(engine)
    with unit_of_work(sessions) as session:
        need_id, coordinator, wishes = make_crowd(session)
    with unit_of_work(sessions) as session:
        held = [accept_proposal(session, *one, at=now()).id for one in wishes]
    ends = [(withdraw, *one) for one in wishes for _ in range(2)]
    ends += [(act, coordinator, one) for one in held for act in (release, complete)]
    # All that is about one placement comes at one moment.
    together = [ends[one::HOLDERS] for one in range(HOLDERS)]

    ended = act_all(committed_database_url, [one for those in together for one in those], PROCESSES)

    assert ended["done"] == HOLDERS
    assert set(ended) <= {"done", "not_accepted", "placement_over"}
    with unit_of_work(sessions, readonly=True) as session:
        states = Counter(session.scalars(select(Placement.status)))
        over = select(Event.to_state).where(
            Event.subject_kind == "placement", Event.to_state.not_in(("held", "confirmed"))
        )
        assert Counter(session.scalars(over)) == {str(one): count for one, count in states.items()}
    outcome = outcome_of(committed_database_url, need_id)
    assert sum(states.values()) == HOLDERS
    assert outcome.live_placements == 0
    assert outcome.held_places == outcome.places_taken == states[PlacementStatus.COMPLETED]
    assert PlacementStatus.COMPLETED in USES_PLACE
    engine.dispose()


def test_when_a_need_passes_each_has_accepted_or_nothing_waits_any_more(committed_database_url):
    """I-06: the job that follows its dates, over and over, against everybody's acceptance."""
    engine = make_engine(committed_database_url)
    sessions = make_sessions(engine)
    with unit_of_work(sessions) as session:
        dates = {"starts_at": now() - HOUR, "ends_at": now() + HOUR}
        need_id, coordinator, wishes = make_crowd(session, **dates)
    jobs = [(end_soon, coordinator, need_id)]
    for number, wish in enumerate(wishes):
        jobs += [(accept_slowly, *wish)] + [(pass_by, WORKER, need_id)] * (number % 3 == 0)

    ended = act_all(committed_database_url, jobs, PROCESSES)

    assert set(ended) <= {"done", "need_closed"}
    with unit_of_work(sessions) as session:
        pass_by(session, WORKER, need_id)
    outcome_of(committed_database_url, need_id).must_be_sound()
    with unit_of_work(sessions, readonly=True) as session:
        states = Counter(session.scalars(select(Proposal.status)))
    assert states == {ProposalStatus.ACCEPTED: HOLDERS - ended["need_closed"]} | (
        {ProposalStatus.EXPIRED: ended["need_closed"]} if ended["need_closed"] else {}
    )
    engine.dispose()
