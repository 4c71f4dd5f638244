"""A crowd of real processes that all answer at the same moment, and what became of it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.synchronize import Barrier

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Event, Need, Place, Placement, Proposal
from models.errors import NotPossible
from models.placements import LIVE
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.db import make_engine, make_sessions, unit_of_work
from service.errors import Refusal
from tests.processes import FORKED

# (session, actor, id of what is done something to)
Act = Callable[[Session, Actor, uuid.UUID], object]
Job = tuple[Act, Actor, uuid.UUID]

together: Barrier


def act_all(url: str, jobs: Sequence[Job], processes: int) -> Counter[str]:
    """Let so many processes do the jobs at once; count how each ended: `done` or a refusal's code."""
    together = FORKED.Barrier(processes)
    shares = [(url, jobs[one::processes]) for one in range(processes)]
    with FORKED.Pool(processes, initializer=_wait_at, initargs=(together,)) as pool:
        return sum(pool.map(_act_share, shares, chunksize=1), Counter())


def _wait_at(barrier: Barrier) -> None:
    global together  # noqa: PLW0603 a process of the pool is told once, before its work
    together = barrier


def _act_share(share: tuple[str, Sequence[Job]]) -> Counter[str]:
    url, jobs = share
    engine = make_engine(url)
    ended = Counter[str]()
    with engine.connect():
        pass  # the way to the database is open before the race begins
    together.wait(60)
    for job in jobs:
        ended[_act_one(engine, *job)] += 1
    engine.dispose()
    return ended


def _act_one(engine: object, act: Act, actor: Actor, subject_id: uuid.UUID) -> str:
    try:
        with unit_of_work(make_sessions(engine)) as session:
            act(session, actor, subject_id)
    except (Refusal, NotPossible) as refused:
        return refused.code
    return "done"


@dataclass(frozen=True)
class Outcome:
    """What the database holds for one need after the race."""

    accepted: int
    live_placements: int
    held_places: int
    places: int
    places_taken: int
    accepted_events: int

    def must_be_sound(self) -> None:
        """Check I-03, I-04 and I-17: as many of each as there are places taken, and never more."""
        assert self.accepted <= self.places
        assert (
            self.accepted
            == self.live_placements
            == self.held_places
            == self.places_taken
            == self.accepted_events
        )


def outcome_of(url: str, need_id: uuid.UUID) -> Outcome:
    """Count what the race has left."""
    engine = make_engine(url)
    with unit_of_work(make_sessions(engine), readonly=True) as session:
        count = partial(_count, session)
        need = session.get_one(Need, need_id)
        events = select(func.count()).where(
            Event.name == "proposal.accepted", Event.subject_id.in_(_proposals(need_id))
        )
        found = Outcome(
            accepted=count(Proposal, Proposal.need_id == need_id, Proposal.status == ProposalStatus.ACCEPTED),
            live_placements=count(Placement, Placement.need_id == need_id, Placement.status.in_(LIVE)),
            held_places=count(Place, Place.need_id == need_id, Place.placement_id.is_not(None)),
            places=need.places,
            places_taken=need.places_taken,
            accepted_events=session.scalar(events) or 0,
        )
    engine.dispose()
    return found


def _proposals(need_id: uuid.UUID):
    return select(Proposal.id).where(Proposal.need_id == need_id, Proposal.status == ProposalStatus.ACCEPTED)


def _count(session: Session, table, *conditions) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
