"""What is left when placements end, with a text wherever text can stand: for tests of all pages."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from models import Organisation, Placement, Volunteer
from service.operations.feedback import give_feedback
from service.operations.hours import confirm_hours, correct_hours, dispute_correction, enter_hours
from service.operations.placement_ends import answer_no_show, complete_placement, record_no_show
from service.operations.proposals import accept_proposal
from service.operations.records import issue_record
from tests.making import actor_for, make_coordinator, make_need, make_proposal, time_of


def make_ended(session: Session, organisation: Organisation, volunteer: Volunteer, text: str) -> Placement:
    """End one placement as completed, with hours, feedback and a record, and one as a no-show."""
    at, person = time_of(session), actor_for(session, volunteer)
    boss = actor_for(session, make_coordinator(session, organisation, name=text[:200]))

    def hold() -> Placement:
        need = make_need(session, organisation, title=text[:300])
        return accept_proposal(session, person, make_proposal(session, volunteer, need).id, at=at)

    done, missed = hold(), hold()
    fields = {"date": at.date() - timedelta(days=1), "minutes": 60, "note": text}
    hours = [enter_hours(session, person, done.id, fields, at=at) for _ in range(4)]
    confirm_hours(session, boss, hours[0].id, at=at)
    correct_hours(session, boss, hours[1].id, 30, text, at=at)
    correct_hours(session, boss, hours[2].id, 30, text, at=at)
    dispute_correction(session, person, hours[2].id, text, at=at)
    complete_placement(session, boss, done.id, thanks=text, at=at)
    for one in (person, boss):
        give_feedback(session, one, done.id, rating=4, text=text, at=at)
    record_no_show(session, boss, missed.id, note=text, at=at)
    answer_no_show(session, person, missed.id, text, at=at)
    issue_record(session, person, secret="k" * 40, at=at)
    return done
