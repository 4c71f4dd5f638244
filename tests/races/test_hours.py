"""Two entries for one day at the same moment: a day has 24 hours all the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy import select

from models import Hours
from service.db import make_engine, make_sessions, now, unit_of_work
from service.errors import Invalid
from service.operations.hours import enter_hours
from service.operations.proposals import accept_proposal
from tests.making import actor_for, make_need, make_proposal, make_volunteer


def test_entries_at_the_same_moment_do_not_make_a_day_longer(committed_database_url):
    at, engine = now(), make_engine(committed_database_url)
    sessions = make_sessions(engine)
    with unit_of_work(sessions, at=at) as session:
        volunteer = make_volunteer(session)
        actor = actor_for(session, volunteer)
        held = [
            accept_proposal(
                session, actor, make_proposal(session, volunteer, make_need(session)).id, at=at
            ).id
            for _ in range(4)
        ]
    together = Barrier(len(held))

    def enter(placement_id):
        together.wait()
        fields = {"date": at.date() - timedelta(days=1), "minutes": 500}
        try:
            with unit_of_work(sessions, at=at) as session:
                enter_hours(session, actor, placement_id, fields, at=at)
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(len(held)) as threads:
        entered = list(threads.map(enter, held))
    with sessions() as session:
        kept = session.scalars(select(Hours.minutes)).all()
    engine.dispose()
    assert sorted(entered) == [False, False, True, True]
    assert kept == [500, 500]
