"""More and fewer places while volunteers hold some: no held place goes, no number comes twice (I-03)."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from models import Event, Need, Place
from models.needs import NeedStatus
from service import db
from service.access.actors import WORKER
from service.errors import Refusal
from service.operations.needs import change_need
from service.operations.proposals import accept_proposal, withdraw_proposal
from service.queries.needs import get_need_for_change
from tests.making import actor_for, make_need, make_proposal, make_volunteer, time_of


def accept(session, need):
    volunteer = make_volunteer(session)
    proposal = make_proposal(session, volunteer, need)
    accept_proposal(session, actor_for(session, volunteer), proposal.id, at=time_of(session))
    return volunteer, proposal


def set_places(session, need, places):
    locked = get_need_for_change(session, WORKER, need.id)
    change_need(session, WORKER, locked, {"places": places}, at=time_of(session))
    session.flush()


def numbers(session, need, *, held=False):
    statement = select(Place.number).where(Place.need_id == need.id).order_by(Place.number)
    return session.scalars(statement.where(Place.placement_id.is_not(None)) if held else statement).all()


def steps(session, need):
    events = session.scalars(select(Event).where(Event.subject_id == need.id).order_by(Event.number))
    return [(one.name, one.from_state, one.to_state) for one in events if one.to_state]


def test_more_places_are_more_rows_and_open_a_full_need_again(session):
    need = make_need(session, places=1)
    accept(session, need)
    assert need.status is NeedStatus.FULL

    set_places(session, need, 3)

    assert (need.status, need.places_left, numbers(session, need)) == (NeedStatus.OPEN, 2, [1, 2, 3])
    assert steps(session, need) == [("need.filled", "open", "full"), ("need.reopened", "full", "open")]
    accept(session, need)


def test_fewer_places_take_free_ones_from_the_top(session):
    need = make_need(session, places=5)
    accept(session, need)

    set_places(session, need, 2)

    assert (need.status, numbers(session, need), numbers(session, need, held=True)) == ("open", [1, 2], [1])


def test_as_few_places_as_are_held_make_the_need_full(session):
    need = make_need(session, places=5)
    for _ in range(2):
        accept(session, need)

    set_places(session, need, 2)

    assert (need.status, numbers(session, need)) == (NeedStatus.FULL, [1, 2])
    assert steps(session, need) == [("need.filled", "open", "full")]


def test_a_held_place_with_a_high_number_stays(session):
    need = make_need(session, places=3)
    first, _, third = (accept(session, need) for _ in range(3))
    for volunteer, proposal in (first,):
        withdraw_proposal(session, actor_for(session, volunteer), proposal.id, at=time_of(session))

    set_places(session, need, 2)
    assert (numbers(session, need), need.status) == ([2, 3], NeedStatus.FULL)
    set_places(session, need, 4)
    assert numbers(session, need) == [1, 2, 3, 4]
    assert numbers(session, need, held=True) == [2, 3]
    assert third[1].status == "accepted"


def test_fewer_places_than_are_held_are_refused_with_their_number(session):
    need = make_need(session, places=3)
    for _ in range(2):
        accept(session, need)

    with pytest.raises(Refusal) as refusal:
        set_places(session, need, 1)

    assert refusal.value.code == "places_held"
    assert str(refusal.value.detail).startswith("2 volunteers hold")
    assert [one.field for one in refusal.value.errors] == ["places"]
    session.refresh(need)
    assert (need.places, len(numbers(session, need))) == (3, 3)


@pytest.fixture
def engine(committed_database_url):
    engine: Engine = db.make_engine(committed_database_url)
    yield engine
    engine.dispose()


def test_any_order_of_accepting_withdrawing_and_changing_keeps_the_places_right(engine):
    sessions = db.make_sessions(engine)

    @settings(max_examples=25)
    @given(
        st.lists(
            st.one_of(
                st.just(("accept", 0)),
                st.tuples(st.just("withdraw"), st.integers(0, 4)),
                st.tuples(st.just("places"), st.integers(1, 6)),
            ),
            max_size=14,
        )
    )
    def live(acts):
        with db.unit_of_work(sessions) as session:
            need, holding = make_need(session, places=2), []
            for act, number in acts:
                if act == "accept" and need.status is NeedStatus.OPEN:
                    holding.append(accept(session, need))
                elif act == "withdraw" and number < len(holding):
                    volunteer, proposal = holding.pop(number)
                    withdraw_proposal(
                        session, actor_for(session, volunteer), proposal.id, at=time_of(session)
                    )
                elif act == "places" and number >= len(holding):
                    set_places(session, need, number)
                elif act == "places":
                    with pytest.raises(Refusal):
                        set_places(session, need, number)
                session.flush()
                assert len(numbers(session, need)) == need.places
                assert len(numbers(session, need, held=True)) == need.places_taken == len(holding)
                assert (need.status is NeedStatus.FULL) == (need.places == len(holding))
            history = steps(session, need)
            assert all(before[2] == after[1] for before, after in itertools.pairwise(history))
            assert session.get_one(Need, need.id).status == (history[-1][2] if history else "open")

    live()
