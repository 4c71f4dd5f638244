"""Many accept at the same moment: as many as there are places succeed, everyone else is told so."""

from __future__ import annotations

import time
import uuid

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import Placement, Proposal
from models.placements import PlacementStatus
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.db import make_engine, make_sessions, now, unit_of_work
from service.operations.proposals import accept_proposal, withdraw_proposal
from tests.making import actor_for, make_need, make_proposal, make_volunteer
from tests.races.crowd import Act, Job, act_all, outcome_of

PROCESSES, WISHES, PLACES = 8, 200, 10

pytestmark = pytest.mark.slow


def accept(session: Session, actor: Actor, proposal_id: uuid.UUID) -> None:
    accept_proposal(session, actor, proposal_id, at=now())


def withdraw(session: Session, actor: Actor, proposal_id: uuid.UUID) -> None:
    withdraw_proposal(session, actor, proposal_id, at=now())


def accept_naively(session: Session, actor: Actor, proposal_id: uuid.UUID) -> None:
    """Count first and write then, as one does who has not thought of the others: the mutant.

    Reading and writing are two transactions on SQLite, whose writers take turns; on PostgreSQL one
    transaction is enough to sell too many places.
    """
    proposal = session.get_one(Proposal, proposal_id)
    held = session.scalar(select(func.count()).where(Placement.need_id == proposal.need_id)) or 0
    if session.get_bind().dialect.name == "sqlite":
        session.commit()
    if held >= PLACES:
        return
    time.sleep(0.05)
    session.execute(
        update(Proposal)
        .where(Proposal.id == proposal_id)
        .values(status=ProposalStatus.ACCEPTED, accepted_by=proposal.volunteer_id)
    )
    session.add(
        Placement(
            proposal_id=proposal_id,
            volunteer_id=proposal.volunteer_id,
            need_id=proposal.need_id,
            place_number=held + 1,
            status=PlacementStatus.HELD,
        )
    )


def invite_crowd(url: str, act: Act) -> tuple[uuid.UUID, list[Job]]:
    """Put one need of ten places before two hundred volunteers."""
    engine = make_engine(url)
    with unit_of_work(make_sessions(engine)) as session:
        need = make_need(session, places=PLACES)
        volunteers = [make_volunteer(session) for _ in range(WISHES)]
        jobs = [(act, actor_for(session, one), make_proposal(session, one, need).id) for one in volunteers]
    engine.dispose()
    return need.id, jobs


def test_ten_places_are_held_by_ten_however_many_accept_at_once(committed_database_url):
    need_id, jobs = invite_crowd(committed_database_url, accept)

    ended = act_all(committed_database_url, jobs, PROCESSES)

    assert ended == {"done": PLACES, "need_full": WISHES - PLACES}
    outcome = outcome_of(committed_database_url, need_id)
    outcome.must_be_sound()
    assert outcome.held_places == PLACES


def test_a_naive_accept_would_be_caught(committed_database_url):
    need_id, jobs = invite_crowd(committed_database_url, accept_naively)

    act_all(committed_database_url, jobs, PROCESSES)

    assert outcome_of(committed_database_url, need_id).accepted > PLACES


def test_a_place_given_back_by_many_hands_at_once_is_freed_once(committed_database_url):
    need_id, jobs = invite_crowd(committed_database_url, accept)
    first = jobs[:PLACES]
    act_all(committed_database_url, first, 1)

    # Each of the ten withdraws eight times, in eight processes.
    ended = act_all(
        committed_database_url,
        [(withdraw, actor, proposal_id) for _, actor, proposal_id in first for _ in range(8)],
        PROCESSES,
    )

    assert ended == {"done": PLACES, "not_accepted": 7 * PLACES}
    outcome = outcome_of(committed_database_url, need_id)
    assert outcome.places_taken == outcome.held_places == outcome.live_placements == 0
