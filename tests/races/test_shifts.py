"""Many accept the last places of several shifts at once, give them back, and see one cancelled meanwhile."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Event, Need, Placement, Proposal, Shift, ShiftPlace
from models.needs import NeedStatus
from models.placements import LIVE
from models.proposals import ProposalStatus
from models.shifts import ShiftStatus
from service.access.actors import Actor
from service.db import make_engine, make_sessions, now, unit_of_work
from service.operations.proposals import accept_proposal, withdraw_proposal
from service.operations.shifts import cancel_shift
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_shifts,
    make_volunteer,
    time_of,
)
from tests.races.crowd import act_all

PROCESSES, WISHES, SHIFTS, PLACES = 4, 40, 3, 6

pytestmark = pytest.mark.slow


def accept_two(session: Session, actor: Actor, proposal_id: uuid.UUID) -> None:
    """Accept two of the three shifts, one pair or another."""
    need_id = session.get_one(Proposal, proposal_id).need_id
    ids = session.scalars(select(Shift.id).where(Shift.need_id == need_id).order_by(Shift.starts_at)).all()
    first = proposal_id.int % len(ids)
    pair = [ids[first], ids[(first + 1) % len(ids)]]
    accept_proposal(session, actor, proposal_id, shift_ids=pair, at=now())


def accept_all(session: Session, actor: Actor, proposal_id: uuid.UUID) -> None:
    need_id = session.get_one(Proposal, proposal_id).need_id
    ids = session.scalars(select(Shift.id).where(Shift.need_id == need_id)).all()
    accept_proposal(session, actor, proposal_id, shift_ids=ids, at=now())


def withdraw(session: Session, actor: Actor, proposal_id: uuid.UUID) -> None:
    withdraw_proposal(session, actor, proposal_id, at=now())


def cancel(session: Session, actor: Actor, shift_id: uuid.UUID) -> None:
    cancel_shift(session, actor, shift_id, at=now())


def look(url: str, need_id: uuid.UUID) -> tuple[list[int], Counter[str]]:
    """Say how many hold each shift, after checking that rows, counts, placements and events agree."""
    engine = make_engine(url)
    with unit_of_work(make_sessions(engine), readonly=True) as session:
        need = session.get_one(Need, need_id)
        shifts = session.scalars(
            select(Shift).where(Shift.need_id == need_id).order_by(Shift.starts_at)
        ).all()
        for one in shifts:
            rows = session.scalars(select(ShiftPlace).where(ShiftPlace.shift_id == one.id)).all()
            held = [row.placement_id for row in rows if row.placement_id]
            assert len(held) == len(set(held)) == one.places_taken <= one.places == len(rows)
        open_ = [one for one in shifts if one.status is not ShiftStatus.CANCELLED]
        assert need.all_places_taken == sum(one.places_taken for one in open_)
        assert (need.status is NeedStatus.FULL) == (need.places_left == 0)
        live = session.scalars(
            select(Placement.id).where(Placement.need_id == need_id, Placement.status.in_(LIVE))
        ).all()
        holding = set(
            session.scalars(select(ShiftPlace.placement_id).where(ShiftPlace.placement_id.is_not(None)))
        )
        assert set(live) == holding
        accepted = select(func.count()).where(
            Proposal.need_id == need_id, Proposal.status == ProposalStatus.ACCEPTED
        )
        assert session.scalar(accepted) == len(live)
        names = Counter(session.scalars(select(Event.name)))
        taken = [one.places_taken for one in shifts]
    engine.dispose()
    return taken, names


def test_the_last_places_of_shifts_are_held_once_and_freed_once(committed_database_url):
    engine = make_engine(committed_database_url)
    with unit_of_work(make_sessions(engine)) as session:
        organisation = make_organisation(session)
        coordinator = actor_for(session, make_coordinator(session, organisation))
        need = make_need(session, organisation)
        begin = time_of(session) + timedelta(days=1)
        shifts = make_shifts(
            session, need, *(begin + timedelta(days=one) for one in range(SHIFTS)), places=PLACES
        )
        volunteers = [make_volunteer(session) for _ in range(WISHES)]
        jobs = [
            (accept_two, actor_for(session, one), make_proposal(session, one, need).id) for one in volunteers
        ]
        need_id, shift_ids = need.id, [one.id for one in shifts]
    engine.dispose()

    ended = act_all(committed_database_url, jobs, PROCESSES)

    taken, names = look(committed_database_url, need_id)
    assert set(ended) == {"done", "need_full"}
    assert sum(taken) == 2 * ended["done"]
    assert max(taken) == PLACES
    assert sorted(taken)[1] == PLACES  # nobody was refused who could have been taken
    assert names["placement.held"] == ended["done"]

    # each of them withdraws three times, while the first shift is cancelled by two hands at once
    leaving = [
        (withdraw, actor, proposal_id) for _, actor, proposal_id in jobs[: WISHES // 2] for _ in range(3)
    ]
    cancelling = [(cancel, coordinator, shift_ids[0]) for _ in range(2)]
    ended = act_all(committed_database_url, [*leaving[:30], *cancelling, *leaving[30:]], PROCESSES)

    left, names = look(committed_database_url, need_id)
    assert ended["shift_over"] == 1
    assert left[0] == 0
    assert names["shift.cancelled"] == 1
    assert ended["done"] == names["placement.withdrawn"] + 1


def test_one_volunteer_is_not_in_two_places_however_fast_they_are(committed_database_url):
    engine = make_engine(committed_database_url)
    with unit_of_work(make_sessions(engine)) as session:
        volunteer = make_volunteer(session)
        begin = time_of(session) + timedelta(days=1)
        jobs = []
        for number in range(PROCESSES):
            need = make_need(session)
            make_shifts(session, need, begin + timedelta(minutes=number))
            jobs.append(
                (accept_all, actor_for(session, volunteer), make_proposal(session, volunteer, need).id)
            )
    engine.dispose()

    assert act_all(committed_database_url, jobs, PROCESSES) == {"done": 1, "overlaps": PROCESSES - 1}
