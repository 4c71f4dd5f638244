"""Faults, each sown into one function: what a life must not outlive."""

from __future__ import annotations

import sys
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

from sqlalchemy import event
from sqlalchemy.orm import Session

from models import Event, Introduction, Need, Placement, Proposal
from models.introductions import IntroductionStatus
from models.notices import NoticeKind
from models.placements import PlacementStatus
from models.proposals import ProposalStatus
from service.access.actors import WORKER, Actor, ActorKind
from service.db import unit_of_work
from service.jobs.registry import JOBS
from service.operations import (
    introduction_ends,
    needs,
    notices,
    placements,
    places,
    proposal_steps,
    proposals,
    proposing,
)
from service.operations.news import News
from service.queries.candidates import get_person
from service.queries.notice_recipients import list_coordinators
from service.queries.proposals import get_proposal_for_answer
from service.schemas import introductions as introduction_schemas
from tests.life.sowing import mutant


@mutant
def a_place_is_freed_twice(patch):
    real = Need.free_place

    def free(self):
        real(self)
        if self.places_taken:
            real(self)

    patch.setattr(Need, "free_place", free)


@mutant
def a_place_is_counted_free_and_stays_held(patch):
    patch.setattr(placements, "find_place_of", lambda *_: SimpleNamespace(placement_id=None))


@mutant
def events_are_written_in_a_second_transaction(patch):
    def later(session: Session, actor: Actor, name: str, subject_id, *, at: datetime, **rest):
        rows: list[Event] = session.info.setdefault("later", [])
        if not rows:
            event.listen(session, "after_commit", write, once=True)
        from_, to = rest.pop("from_state", None), rest.pop("to_state", None)
        centre_id = rest.pop("centre_id", None)
        kept = Event(
            at=at, name=name, centre_id=centre_id, actor_kind=actor.kind.value, actor_id=actor.id,
            subject_kind=name.partition(".")[0], subject_id=subject_id, from_state=from_, to_state=to,
            body={key: str(value) for key, value in rest.items() if value is not None},
        )  # fmt: skip
        rows.append(kept)
        return kept

    def write(session: Session):
        with Session(session.get_bind()) as second:
            second.add_all(session.info.pop("later"))
            second.commit()

    for module in [one for name, one in sys.modules.items() if name.startswith("service.operations.")]:
        if hasattr(module, "record_event"):
            patch.setattr(module, "record_event", later)


@mutant
def an_answer_leaves_no_event(patch):
    patch.setattr(proposals, "record_answer", lambda *_, **__: None)


@mutant
def an_answer_leaves_two_events(patch):
    real = proposal_steps.record_answer

    def twice(*words, **named):
        real(*words, **named)
        real(*words, **named)

    patch.setattr(proposals, "record_answer", twice)


@mutant
def contact_is_shown_after_the_end(patch):
    patch.setattr(Placement, "is_live", lambda self: True)


@mutant
def contact_of_a_completed_placement_is_shown(patch):
    live = (PlacementStatus.HELD, PlacementStatus.CONFIRMED, PlacementStatus.COMPLETED)
    patch.setattr(Placement, "is_live", lambda self: self.status in live)


@mutant
def an_organisation_sees_who_asks(patch):
    real = introduction_schemas.show_introduction

    def shown(row, *words, own):
        return real(row, *words, own=True)

    patch.setattr("tests.life.sight.show_introduction", shown)
    patch.setattr("service.api.introductions.show_introduction", shown)


@mutant
def a_coordinator_can_decide(patch):
    real = get_proposal_for_answer

    def anyone(session, actor, proposal_id):
        proposal = session.get_one(Proposal, proposal_id)
        need = session.get_one(Need, proposal.need_id)
        own = Actor(ActorKind.VOLUNTEER, account_id=actor.account_id, volunteer_id=proposal.volunteer_id)
        return real(session, own if need.organisation_id in actor.organisation_ids else actor, proposal_id)

    patch.setattr(proposals, "lock_own_volunteer", lambda *_: None)
    patch.setattr(proposals, "get_proposal_for_answer", anyone)


@mutant
def a_job_accepts(patch):
    def wake(tools, payload):
        with unit_of_work(tools.sessions) as session:
            for one in session.query(Proposal).filter(Proposal.status == ProposalStatus.PROPOSED).limit(1):
                need = session.get_one(Need, one.need_id)
                one.accept(None, session.info["at"])
                proposal_steps.record_answer(
                    session, WORKER, one, ProposalStatus.PROPOSED, session.info["at"]
                )
                placements.hold_place(session, WORKER, need, one, at=session.info["at"])
        return False

    jobs = {**JOBS, "proposals.propose_for": wake, "proposals.need_changed": wake}
    patch.setattr("tests.life.sides.JOBS", jobs)


@mutant
def the_suspended_can_be_accepted(patch):
    patch.setattr(proposals, "must_be_open", lambda *_: None)


@mutant
def a_full_need_takes_one_more(patch):
    def take(self):
        self.places_taken += 1

    patch.setattr(Need, "take_place", take)


@mutant
def lowering_places_takes_held_ones(patch):
    real = places.change_places

    def change(session, actor, need, places):
        taken, need.places_taken = need.places_taken, 0
        real(session, actor, need, places)
        need.places_taken = taken

    patch.setattr(needs, "change_places", change)


@mutant
def what_does_not_suit_is_proposed(patch):
    real = get_person

    def anywhere(*words):
        return replace(real(*words), latitude=None, longitude=None)

    patch.setattr(proposing, "get_person", anywhere)


@mutant
def a_cancelled_need_keeps_its_proposals(patch):
    patch.setattr(needs, "expire_proposals", lambda *_, **__: None)


@mutant
def a_decline_is_told_to_the_organisation(patch):
    def told(session: Session, actor: Actor, event_: Event):
        need = session.get_one(Need, uuid.UUID(event_.body["need_id"]))
        coordinators = list_coordinators(session, actor, need.organisation_id)
        return [News(NoticeKind.SOMEBODY_WITHDREW, coordinators, need.id)]

    patch.setitem(notices.TELLERS, "proposal.declined", told)


@mutant
def a_notice_is_written_twice(patch):
    real = notices.write_notices

    def twice(session, actor, event_, news):
        real(session, actor, event_, news)
        real(session, actor, event_, news)

    patch.setattr(notices, "write_notices", twice)


@mutant
def a_question_is_answered_twice(patch):
    def answer(self, text, at):
        self.status, self.reply, self.answered_at = IntroductionStatus.ANSWERED, text, at

    patch.setattr(Introduction, "answer", answer)


@mutant
def who_was_answered_is_still_reminded_of(patch):
    patch.setattr(introduction_ends, "cancel_job", lambda *_, **__: None)


@mutant
def a_refusal_is_committed(patch):
    @contextmanager
    def sloppy(sessions, *, at=None, readonly=False):
        with sessions() as session:
            session.info["at"] = at
            try:
                yield session
            finally:
                session.commit()

    patch.setattr("tests.life.sides.unit_of_work", sloppy)
