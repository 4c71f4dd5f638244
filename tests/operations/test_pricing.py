"""Prices of exposure: told by night from recent volunteers, read by lists; none with the dial at 0."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from matching.index import Index
from matching.spread import LARGEST_WEIGHT
from models import Proposal, RankedList
from models.prices import NeedPrice, PriceNight
from service.access.actors import WORKER
from service.operations.pricing import price_needs
from service.operations.proposing import propose_for
from service.operations.ranked_lists import policy_of
from service.queries.openings import list_open_needs
from service.queries.prices import bring_prices
from tests.making import make_need, make_organisation, make_volunteer, time_of


@pytest.fixture(autouse=True)
def _no_swaps(monkeypatch):
    """Keep neighbours in their places: in one list of twenty two change theirs by chance."""
    monkeypatch.setattr("service.operations.ranked_lists.swapped_place", lambda *_: None)


def make_town(session, *, popular=18, volunteers=8):
    """Many needs that fit and have somebody, a quiet one that fits a little less, and volunteers."""
    busy = [
        make_need(session, make_organisation(session), places=9, places_taken=1, causes=["Community"])
        for _ in range(popular)
    ]
    quiet = make_need(session, make_organisation(session), causes=["Community", "Sports"], places=9)
    people = [make_volunteer(session) for _ in range(volunteers)]
    seen_at = time_of(session) - timedelta(days=2)
    for person in people:
        seen = {"ranked_at": seen_at, "model": "rules", "items": [], "names": ["text"], "asked": True}
        session.add(RankedList(id=uuid.uuid4(), volunteer_id=person.id, **seen))
    session.flush()
    return busy, quiet, people


def order_for(session, volunteer):
    session.flush()
    propose_for(session, WORKER, volunteer.id, at=time_of(session))
    session.flush()
    rows = session.scalars(
        select(Proposal).where(Proposal.volunteer_id == volunteer.id).order_by(Proposal.position)
    )
    return [one.need_id for one in rows]


def codes_told(session):
    return {one["code"] for reasons in session.scalars(select(Proposal.reasons)) for one in reasons}


def prices_of(session):
    return {one.need_id: one.price for one in session.scalars(select(NeedPrice))}


def test_a_quiet_organisation_comes_up_behind_the_first_and_it_is_said_why(session, sessions):
    _, quiet, people = make_town(session)
    before = order_for(session, people[0])
    session.commit()
    price_needs(sessions, WORKER, spread=1.0, at=time_of(session))
    after = order_for(session, people[1])

    assert prices_of(session)[quiet.id] > 0
    assert before[0] == after[0]
    assert after.index(quiet.id) < before.index(quiet.id)
    said = session.scalar(
        select(Proposal).where(Proposal.volunteer_id == people[1].id, Proposal.need_id == quiet.id)
    )
    assert "no_volunteer_yet" in {one["code"] for one in said.reasons}
    kept = session.scalars(select(RankedList).where(RankedList.volunteer_id == people[1].id)).all()
    weight = session.scalars(select(PriceNight.weight)).one()
    assert policy_of(weight / LARGEST_WEIGHT) in {one.policy for one in kept}


def test_with_the_dial_at_nought_lists_stay_as_they_were(session, sessions):
    _, _, people = make_town(session)
    before = order_for(session, people[0])
    session.commit()
    price_needs(sessions, WORKER, spread=0.0, at=time_of(session))
    assert prices_of(session) == {}
    assert order_for(session, people[1]) == before
    assert "no_volunteer_yet" not in codes_told(session)


def test_with_nobody_to_ask_new_needs_count_as_those_to_which_nobody_would_come(session, sessions):
    _, quiet, _ = make_town(session, volunteers=0)
    person = make_volunteer(session)
    session.commit()
    price_needs(sessions, WORKER, spread=1.0, at=time_of(session))
    assert prices_of(session) == {}
    assert order_for(session, person).index(quiet.id) == 1


def test_a_night_takes_the_place_of_the_one_before(session, sessions):
    make_town(session)
    session.commit()
    for spread in (1.0, 0.5):
        price_needs(sessions, WORKER, spread=spread, at=time_of(session))
    assert [one.spread for one in session.scalars(select(PriceNight))] == [0.5]
    assert len(prices_of(session)) == 19


def test_each_nights_prices_reach_every_index_also_one_laid_over_files(session, sessions):
    _, quiet, _ = make_town(session)
    session.commit()
    ours = list_open_needs(session, WORKER, at=time_of(session))
    theirs = Index.over(ours.store())
    for day, spread in ((0, 1.0), (1, 0.4)):
        price_needs(sessions, WORKER, spread=spread, at=time_of(session) + timedelta(days=day))
        for index in (ours, theirs):
            assert bring_prices(session, WORKER, index) <= spread
            told = float(index.rows["price"][index.row_of(quiet.id)])
            assert told == pytest.approx(prices_of(session)[quiet.id])
    later = Index.over(ours.store())
    later.set_prices({})
    bring_prices(session, WORKER, later)
    assert later.rows["price"][later.row_of(quiet.id)] == pytest.approx(told)
