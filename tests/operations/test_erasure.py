"""Leaving: nothing stays that is about the person, others keep all of theirs, and what was begun is ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import Account, Base, Need, Organisation, Place, Placement, Proposal, Volunteer
from models.errors import NotPossible
from models.needs import NeedStatus
from models.placements import PlacementStatus
from models.proposals import ProposalStatus
from service.access.actors import WORKER
from service.errors import NotAllowed, NotFound, Refusal
from service.operations.calendars import renew_calendar_key
from service.operations.choosing import choose_need
from service.operations.erasure import erase_volunteer
from service.operations.feedback import give_feedback
from service.operations.hours import confirm_hours, enter_hours
from service.operations.introductions import ask_introduction
from service.operations.invitations import deliver_invitation, send_invitation
from service.operations.messages import write_message_about_placement, write_message_about_proposal
from service.operations.placement_ends import complete_placement
from service.operations.proposals import (
    accept_or_wait,
    accept_proposal,
    decline_proposal,
    snooze_proposal,
    withdraw_proposal,
)
from service.operations.proposing import propose_for
from service.operations.records import issue_record
from service.operations.share_codes import make_share_code
from service.queries.candidates import list_volunteers_concerned
from service.queries.renewals import list_shards
from tests.making import (
    actor_for,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_token,
    make_volunteer,
    time_of,
)

CANARY = "Zephyrine-7316"


def text_of_everything(session, *, but=()):
    """Give every row of every table as text, by table."""
    session.flush()
    tables = [one for one in Base.metadata.sorted_tables if one.name not in but]
    return {one.name: [str(tuple(row)) for row in session.execute(select(one))] for one in tables}


class Life:
    """A volunteer who has done everything that leaves something behind, and one who did the same."""

    def __init__(self, session, name):
        at = self.at = time_of(session)
        self.centre = make_centre(session)
        organisation = make_organisation(session, self.centre)
        self.coordinator = actor_for(session, make_coordinator(session, organisation))
        self.volunteer = make_volunteer(
            session, self.centre, name=name, email=f"{name}@example.org", interests=name, place=name
        )
        account = session.get_one(Account, self.volunteer.account_id)
        account.name, account.email, account.email_folded = name, f"{name}@example.org", f"{name}@x"
        self.account_id = account.id
        self.actor = actor_for(session, self.volunteer)
        make_token(session, self.volunteer)
        self.needs = [make_need(session, organisation, title=f"Need {one}", places=1) for one in range(7)]
        proposals = [make_proposal(session, self.volunteer, one, note=None) for one in self.needs]
        held, done, declined, snoozed, waited, asked, withdrawn = (one.id for one in proposals)
        accept_proposal(session, self.actor, held, message=name, at=at)
        write_message_about_proposal(session, self.actor, held, name, at=at)
        over = accept_proposal(session, self.actor, done, at=at, confirm_overlap=True)
        write_message_about_placement(session, self.coordinator, over.id, f"Dear {name}", at=at)
        fields = {"date": at.date(), "minutes": 90, "note": name}
        hours = enter_hours(session, self.actor, over.id, fields, at=at)
        confirm_hours(session, self.coordinator, hours.id, at=at)
        complete_placement(session, self.coordinator, over.id, thanks=f"Thank you, {name}", at=at)
        give_feedback(session, self.actor, over.id, rating=4, text=name, would_again=True, at=at)
        issue_record(session, self.actor, secret="s" * 32, at=at)
        decline_proposal(session, self.actor, declined, note=name, at=at)
        snooze_proposal(session, self.actor, snoozed, until=at + timedelta(days=3), at=at)
        other = make_volunteer(session)
        first = make_proposal(session, other, self.needs[4])
        accept_proposal(session, actor_for(session, other), first.id, at=at)
        accept_or_wait(session, self.actor, waited, message=name, at=at)
        ask_introduction(session, self.actor, asked, {"kind": "question", "text": name}, at=at)
        accept_proposal(session, self.actor, withdrawn, at=at, confirm_overlap=True)
        withdraw_proposal(session, self.actor, withdrawn, note=name, at=at)
        renew_calendar_key(session, self.actor, self.volunteer.id, at=at)
        make_share_code(session, self.actor, self.volunteer.id, at=at)
        self.invited = make_need(session, organisation, title="Bring soup")
        sent = send_invitation(session, self.coordinator, self.invited.id, {"placement_id": over.id}, at=at)
        deliver_invitation(session, WORKER, sent.id, at=at)
        assert sent.reached_at == at
        propose_for(session, WORKER, self.volunteer.id, at=at)
        self.held = self.needs[0]
        session.flush()


@pytest.fixture
def life(session):
    return Life(session, CANARY)


def test_no_word_and_no_id_of_an_account_is_left(session, life):
    assert any(CANARY in one for rows in text_of_everything(session).values() for one in rows)

    erase_volunteer(session, life.actor, life.volunteer.id, at=life.at)
    session.expire_all()

    account = life.account_id
    for table, rows in text_of_everything(session).items():
        found = [one for one in rows if CANARY.lower() in one.lower()]
        assert not found, (table, found)
        # The log says who acted by a number that leads nowhere now.
        if table not in ("events", "jobs"):
            assert not [one for one in rows if str(account) in one or account.hex in one], table
    left = session.get_one(Volunteer, life.volunteer.id)
    assert left.erased_at == life.at
    assert (left.account_id, left.centre_id, left.birth_date, left.causes) == (None, None, None, [])


def test_who_has_left_is_invited_and_written_to_by_nobody(session, life):
    """An organisation cannot tell: inviting ends as ever, and the conversation is over."""
    erase_volunteer(session, life.actor, life.volunteer.id, at=life.at)
    done = session.scalars(
        select(Placement).where(Placement.volunteer_id == life.volunteer.id, Placement.status == "completed")
    ).one()
    need = make_need(session, session.get_one(Organisation, life.held.organisation_id))

    sent = send_invitation(session, life.coordinator, need.id, {"placement_id": done.id}, at=life.at)
    deliver_invitation(session, WORKER, sent.id, at=life.at)

    assert sent.reached_at is None
    assert session.scalar(select(func.count()).where(Proposal.need_id == need.id)) == 0
    with pytest.raises((NotPossible, Refusal), match="conversation_over"):
        write_message_about_placement(session, life.coordinator, done.id, "Still there?", at=life.at)


def test_others_keep_every_row_of_theirs(session, life):
    other = Life(session, "Marigold-2209")
    before = text_of_everything(session)

    erase_volunteer(session, life.actor, life.volunteer.id, at=life.at)
    session.expire_all()

    after = text_of_everything(session)
    for table, rows in before.items():
        theirs = [one for one in rows if "Marigold" in one or str(other.volunteer.id) in one]
        assert set(theirs) <= set(after[table]), table


def test_places_are_free_and_organisations_keep_their_sums(session, life):
    erase_volunteer(session, life.actor, life.volunteer.id, at=life.at)
    session.expire_all()

    held = session.get_one(Need, life.held.id)
    assert (held.status, held.places_taken) == (NeedStatus.OPEN, 0)
    assert session.scalar(select(Place.placement_id).where(Place.need_id == held.id)) is None
    statuses = session.scalars(
        select(Placement.status).where(Placement.volunteer_id == life.volunteer.id)
    ).all()
    assert sorted(statuses) == [
        PlacementStatus.COMPLETED,
        PlacementStatus.WITHDRAWN,
        PlacementStatus.WITHDRAWN,
    ]
    minutes = Base.metadata.tables["hours"].c.minutes
    assert session.scalar(select(func.sum(minutes))) == 90


def test_who_waits_behind_somebody_who_leaves_is_offered_the_place(session, life):
    behind = make_volunteer(session)
    proposal = make_proposal(session, behind, life.held)
    accept_or_wait(session, actor_for(session, behind), proposal.id, at=life.at)
    assert proposal.status is ProposalStatus.WAITLISTED

    erase_volunteer(session, life.actor, life.volunteer.id, at=life.at)

    assert session.get_one(Proposal, proposal.id, populate_existing=True).status is ProposalStatus.OFFERED


def test_nobody_else_can_have_a_volunteer_forgotten(session, life):
    staff = make_staff(session, life.centre)
    stranger = make_volunteer(session, life.centre)
    for owner in (staff, stranger, life.centre):
        with pytest.raises((NotAllowed, NotFound)):
            erase_volunteer(session, actor_for(session, owner), life.volunteer.id, at=life.at)
    for actor in (life.coordinator, WORKER):
        with pytest.raises((NotAllowed, NotFound)):
            erase_volunteer(session, actor, life.volunteer.id, at=life.at)
    assert life.volunteer.erased_at is None


def test_who_has_left_is_proposed_nothing_and_can_do_nothing(session, life):
    erase_volunteer(session, life.actor, life.volunteer.id, at=life.at)

    with pytest.raises(NotFound):
        erase_volunteer(session, life.actor, life.volunteer.id, at=life.at)
    with pytest.raises(NotFound):
        propose_for(session, WORKER, life.volunteer.id, at=life.at)
    with pytest.raises(NotFound):
        choose_need(session, life.actor, life.held.id, at=life.at)
    concerned = list_volunteers_concerned(session, WORKER, life.held, limit=1000)
    assert life.volunteer.id not in concerned
    assert life.volunteer.id not in [one for shard in list_shards(session, WORKER, size=9) for one in shard]
