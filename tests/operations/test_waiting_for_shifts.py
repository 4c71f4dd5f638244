"""Waiting for shifts: each has its own line, and what comes free of those one waits for is one offer."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import Need, Place, Proposal, Shift, ShiftPlace, Wait
from models.errors import NotPossible
from models.needs import NeedStatus
from models.proposals import ProposalStatus
from models.shifts import ShiftStatus
from service.access.actors import WORKER, Actor
from service.errors import Invalid, Refusal
from service.operations.needs import close_need
from service.operations.offer_ends import lapse_offer
from service.operations.offers import OFFER_HOURS
from service.operations.placement_shifts import change_own_shifts
from service.operations.proposals import (
    accept_or_wait,
    accept_proposal,
    decline_proposal,
    withdraw_proposal,
)
from service.operations.shifts import add_shifts, cancel_shift, change_shift, pass_shifts
from service.queries.placements import get_own_placement_for_change
from service.queries.shifts import get_shift_for_change
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
    time_of,
)

P = ProposalStatus
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Rota:
    """A need with three shifts of one place each, and one volunteer who holds the first two."""

    def __init__(self, session):
        self.session, self.at = session, time_of(session)
        organisation = make_organisation(session)
        self.coordinator = actor_for(session, make_coordinator(session, organisation))
        self.need = make_need(session, organisation, places=1)
        for days in (5, 6, 7):
            starts_at = self.at.replace(microsecond=0) + days * DAY
            fields = {"starts_at": starts_at, "ends_at": starts_at + 2 * HOUR, "places": 1}
            add_shifts(session, self.coordinator, self.need.id, fields, at=self.at)
        wanted = select(Shift).where(Shift.need_id == self.need.id).order_by(Shift.starts_at)
        self.shifts = list(session.scalars(wanted))
        self.ids = [one.id for one in self.shifts]
        self.people: list[tuple[Actor, uuid.UUID]] = []
        self.come()
        self.placement = accept_proposal(session, *self.people[0], shift_ids=self.ids[:2], at=self.at)

    def come(self):
        volunteer = make_volunteer(self.session)
        self.people.append(
            (actor_for(self.session, volunteer), make_proposal(self.session, volunteer, self.need).id)
        )
        return self.people[-1]

    def wait(self, *numbers):
        found = accept_or_wait(
            self.session, *self.come(), shift_ids=[self.ids[one] for one in numbers], at=self.at
        )
        assert found is None

    def give_back(self, *kept):
        actor = self.people[0][0]
        held = get_own_placement_for_change(self.session, actor, self.placement.id)
        change_own_shifts(self.session, actor, held, [self.ids[one] for one in kept], at=self.at)

    @property
    def states(self):
        self.session.flush()
        wanted = select(Proposal.id, Proposal.status).where(Proposal.need_id == self.need.id)
        known = dict(self.session.execute(wanted).all())
        return [known[one] for _, one in self.people]

    def kept(self, number):
        """Say in which shifts a place is kept for one of the people."""
        wanted = select(ShiftPlace.shift_id).where(ShiftPlace.offered_to == self.people[number][1])
        return sorted(self.ids.index(one) for one in self.session.scalars(wanted))

    def is_sound(self):
        """I-03 for each shift, and the need knows the sum of them."""
        self.session.flush()
        need = self.session.get_one(Need, self.need.id)
        taken = 0
        for shift in self.shifts:
            self.session.refresh(shift)
            rows = self.session.scalars(select(ShiftPlace).where(ShiftPlace.shift_id == shift.id)).all()
            used = sum(one.placement_id is not None or one.offered_to is not None for one in rows)
            assert used == shift.places_taken <= shift.places == len(rows)
            if shift.status is not ShiftStatus.CANCELLED:
                assert (shift.status is ShiftStatus.FULL) == (used == shift.places)
                taken += used if shift.ends_at > self.at else 0
            waits = select(func.count()).select_from(Wait).where(Wait.shift_id == shift.id)
            assert shift.status is ShiftStatus.FULL or not self.session.scalar(waits)
        assert need.shift_places_taken == taken
        assert self.session.scalar(select(func.count()).where(Place.offered_to.is_not(None))) == 0
        return need.status


@pytest.fixture
def rota(session):
    return Rota(session)


def test_a_full_shift_is_waited_for_and_offered_while_others_have_room(session, rota):
    rota.wait(0)
    rota.wait(0, 1)
    assert rota.is_sound() is NeedStatus.OPEN
    rota.give_back(1)

    assert rota.states == [P.ACCEPTED, P.OFFERED, P.WAITLISTED]
    assert rota.kept(1) == [0]
    with pytest.raises(Refusal, match="need_full"):
        accept_proposal(session, *rota.come(), shift_ids=rota.ids[:1], at=rota.at)
    placement = accept_proposal(session, *rota.people[1], at=rota.at + HOUR)
    wanted = select(ShiftPlace.shift_id).where(ShiftPlace.placement_id == placement.id)
    assert list(session.scalars(wanted)) == [rota.ids[0]]
    assert rota.is_sound() is NeedStatus.OPEN


def test_all_that_came_free_is_one_offer_and_what_one_does_not_take_goes_on(session, rota):
    rota.wait(0, 1)
    rota.wait(1)
    withdraw_proposal(session, *rota.people[0], at=rota.at)
    assert (rota.states[1:], rota.kept(1)) == ([P.OFFERED, P.WAITLISTED], [0, 1])

    accept_proposal(session, *rota.people[1], shift_ids=rota.ids[:1], at=rota.at)

    assert (rota.states[1:], rota.kept(2)) == ([P.ACCEPTED, P.OFFERED], [1])
    assert rota.is_sound() is NeedStatus.OPEN


def test_an_offer_of_shifts_goes_on_when_it_is_declined_or_late(session, rota):
    for _ in range(3):
        rota.wait(0)
    rota.give_back(1)
    decline_proposal(session, *rota.people[1], at=rota.at)
    assert rota.states[1:] == [P.DECLINED, P.OFFERED, P.WAITLISTED]
    lapse_offer(session, WORKER, rota.people[2][1], at=rota.at + timedelta(hours=OFFER_HOURS))
    assert rota.states[1:] == [P.DECLINED, P.EXPIRED, P.OFFERED]
    assert rota.is_sound() is NeedStatus.OPEN


def test_one_cannot_both_accept_and_wait(session, rota):
    comer = rota.come()
    with pytest.raises(Invalid) as refused:
        accept_or_wait(session, *comer, shift_ids=[rota.ids[0], rota.ids[2]], at=rota.at)
    assert [one.code for one in refused.value.errors] == ["has_room"]
    assert accept_or_wait(session, *comer, shift_ids=[rota.ids[2]], at=rota.at) is not None
    with pytest.raises(NotPossible, match="already_decided"):
        accept_or_wait(session, *comer, shift_ids=[rota.ids[0]], at=rota.at)


def test_more_places_in_a_shift_are_offered(session, rota):
    rota.wait(1)
    change_shift(
        session,
        rota.coordinator,
        get_shift_for_change(session, rota.coordinator, rota.ids[1]),
        {"places": 2},
        at=rota.at,
    )
    assert rota.states[1:] == [P.OFFERED]
    assert rota.is_sound() is NeedStatus.OPEN


@pytest.mark.parametrize("way", ["cancel", "pass"])
def test_a_shift_that_goes_is_waited_for_by_nobody(session, rota, way):
    rota.wait(0)
    rota.wait(0, 1)
    rota.wait(0)
    rota.give_back(1)
    if way == "cancel":
        cancel_shift(session, rota.coordinator, rota.ids[0], at=rota.at)
    else:
        rota.at = rota.shifts[0].ends_at
        pass_shifts(session, WORKER, rota.need.id, at=rota.at)

    assert rota.states[1:] == [P.EXPIRED, P.WAITLISTED, P.EXPIRED]
    assert rota.is_sound() is NeedStatus.OPEN


def test_a_closed_need_keeps_no_place_in_any_shift(session, rota):
    rota.wait(0)
    rota.wait(1)
    rota.give_back(1)
    close_need(session, rota.coordinator, rota.need.id, at=rota.at)

    assert rota.states[1:] == [P.EXPIRED, P.EXPIRED]
    assert session.scalar(select(func.count()).select_from(Wait)) == 0
    assert rota.is_sound() is NeedStatus.CLOSED


def test_a_moved_shift_is_asked_about_again_of_those_who_hold_it(session, rota):
    other = rota.come()
    third = accept_proposal(session, *other, shift_ids=[rota.ids[2]], at=rota.at)
    seen = get_shift_for_change(session, rota.coordinator, rota.ids[0])
    fields = {"starts_at": seen.shift.starts_at + HOUR, "ends_at": seen.shift.ends_at + HOUR}
    change_shift(session, rota.coordinator, seen, fields, at=rota.at)

    session.refresh(rota.placement)
    session.refresh(third)
    assert (rota.placement.asked_aspects, third.asked_aspects) == (["date"], [])
