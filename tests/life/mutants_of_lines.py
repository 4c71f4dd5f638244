"""Faults in lines, offers, shifts and hours: what a life must not outlive."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models import Place, Proposal, Shift, Wait
from models.proposals import ProposalStatus
from service.operations import (
    hours,
    offer_ends,
    offers,
    placements,
    proposal_steps,
    proposals,
    shifts,
)
from tests.life.sowing import mutant


@mutant
def a_waitlist_accepts_by_itself(patch):
    real = offers.offer_free_places

    def accept(session, actor, need, *, at):
        real(session, actor, need, at=at)
        for one in session.scalars(select(Proposal).where(Proposal.status == ProposalStatus.OFFERED)).all():
            one.accept(None, at)
            proposal_steps.record_answer(session, actor, one, ProposalStatus.OFFERED, at)
            placements.hold_place(session, actor, need, one, at=at)

    patch.setattr(placements, "offer_free_places", accept)


@mutant
def an_offered_place_is_not_kept(patch):
    real = offers.offer_free_places

    def offer(session, actor, need, *, at):
        real(session, actor, need, at=at)
        for place in session.scalars(select(Place).where(Place.need_id == need.id)).all():
            place.offered_to = None

    patch.setattr(placements, "offer_free_places", offer)


@mutant
def the_last_in_line_is_served_first(patch):
    def last(session, actor, need_id):
        wait = session.scalar(
            select(Wait).where(Wait.need_id == need_id).order_by(Wait.number.desc()).limit(1)
        )
        return (wait, session.get_one(Proposal, wait.proposal_id)) if wait else None

    patch.setattr(offers, "find_first_waiting", last)


@mutant
def an_offer_can_be_accepted_after_its_time(patch):
    real = Proposal.accept

    def accept(self, message, at):
        real(self, message, min(at, (self.decision_due or at) - timedelta(seconds=1)))

    patch.setattr(Proposal, "accept", accept)


@mutant
def an_offer_that_lapses_goes_to_nobody(patch):
    patch.setattr(offer_ends, "pass_on", lambda *_, **__: None)


@mutant
def overlaps_are_not_looked_for(patch):
    patch.setattr(proposals, "must_not_overlap", lambda *_, **__: None)


@mutant
def hours_are_negative_over_midnight(patch):
    patch.setattr(hours, "_minutes", lambda *_: -90)


@mutant
def a_day_has_more_than_its_hours(patch):
    patch.setattr(hours, "MOST_MINUTES_A_DAY", 10_000)


@mutant
def a_place_in_a_shift_is_freed_twice(patch):
    real = Shift.free_place

    def free(self):
        real(self)
        if self.places_taken:
            real(self)
        else:
            self.places_taken -= 1

    patch.setattr(Shift, "free_place", free)


@mutant
def a_cancelled_shift_keeps_its_places(patch):
    patch.setattr(shifts, "list_holding_places", lambda *_: [])
