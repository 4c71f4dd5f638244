"""The demo town, filled: whole, believable, and made by nobody deciding for anybody."""

import secrets
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    Account,
    Coordinator,
    Event,
    Hours,
    Invitation,
    Need,
    Organisation,
    Placement,
    Proposal,
    ShiftPlace,
    Volunteer,
)
from models.hours import HoursStatus
from models.placements import PlacementStatus
from models.proposals import ProposalStatus
from service.access.actors import ANYONE, WORKER
from service.access.passwords import why_refused
from service.errors import Invalid
from service.operations.demo import material
from service.operations.demo.passwords import demo_password
from service.operations.demo.people import list_sign_ins
from service.operations.demo.shifts import SHIFTS
from service.operations.demo.town import fill_demo_town, is_demo_town, is_empty
from service.operations.signing_in import sign_in
from service.queries.conversations import list_conversations
from service.queries.introductions import count_waiting
from service.queries.proposal_lists import list_proposals
from service.queries.tokens import make_actor

PASSWORD = demo_password("the key of this test")


def count(session, kind, *conditions):
    return session.scalar(select(func.count()).select_from(kind).where(*conditions))


def status_of(session, thing):
    return session.execute(select(thing.external_id, thing.status)).all()


@pytest.fixture(scope="module")
def session(database_engine):
    """Open one session for the whole file, undone at its end: the town is filled once and only looked at."""
    with database_engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False) as session:
            session.info["at"] = datetime.now(UTC)
            yield session
        transaction.rollback()


@pytest.fixture(scope="module")
def town(session):
    assert is_empty(session, WORKER)
    filled = fill_demo_town(session, WORKER, PASSWORD, at=session.info["at"])
    session.flush()
    return filled


def test_the_town_holds_all_of_the_material(session, town):
    assert town.organisations == count(session, Organisation) == len(material.read_organisations())
    assert town.needs == count(session, Need) == len(material.read_needs())
    assert town.volunteers == count(session, Volunteer) == len(material.read_volunteers())
    for thing, wanted in ((Organisation, material.read_organisations()), (Need, material.read_needs())):
        # those who have accepted may have filled a need
        status = {key: "open" if status == "full" else status for key, status in status_of(session, thing)}
        assert status == {one.key: one.status for one in wanted}


def test_everybody_named_can_sign_in_with_the_one_password(session, town):
    people = list_sign_ins()
    assert {(one.kind, one.language) for one in people} >= {("volunteer", one) for one in ("en", "uk", "ru")}
    assert {one.kind for one in people} == {"volunteer", "coordinator", "staff"}
    for one in people:
        account = sign_in(session, ANYONE, one.email, PASSWORD)
        assert (account.kind, account.language, account.name) == (one.kind, one.language, one.name)


def test_who_is_not_named_has_no_password(session, town):
    named = {one.email for one in list_sign_ins()}
    assert set(session.scalars(select(Account.email).where(Account.password_hash.is_not(None)))) == named


def test_who_signs_in_as_a_volunteer_has_proposals_with_reasons_waiting(session, town):
    firsts = set()
    for one in list_sign_ins():
        if one.kind == "volunteer":
            account = sign_in(session, ANYONE, one.email, PASSWORD)
            proposals = list_proposals(session, make_actor(session, ANYONE, account)).items
            assert len(proposals) >= 10
            assert all(proposal.reasons for proposal in proposals)
            firsts.add(proposals[0].need_id)
    assert len(firsts) == 3


def test_each_coordinator_sees_somebody_who_accepted(session, town):
    for post in session.scalars(select(Coordinator)):
        of_theirs = select(Need.id).where(Need.organisation_id == post.organisation_id)
        assert count(session, Placement, Placement.need_id.in_(of_theirs)) > 0


def test_each_coordinator_has_a_question_that_waits_and_somebody_to_talk_to(session, town):
    for post in session.scalars(select(Coordinator)):
        actor = make_actor(session, ANYONE, session.get_one(Account, post.account_id))
        assert count_waiting(session, actor) == 1
        assert len(list_conversations(session, actor).items) == 1
    assert count(session, Invitation) == 1


def test_some_needs_have_shifts_in_which_somebody_holds_a_place(session, town):
    assert count(session, Need, Need.shift_count > 0) == len(SHIFTS)
    assert count(session, Need, Need.shift_places > 0, Need.shifts_until.is_not(None)) == len(SHIFTS)
    assert count(session, ShiftPlace, ShiftPlace.placement_id.is_not(None)) > 0


def test_only_volunteers_have_accepted_each_for_themselves(session, town):
    accepted = session.scalars(select(Event).where(Event.name == "proposal.accepted")).all()
    assert len(accepted) == town.placements == count(session, Placement) > 0
    owners = dict(session.execute(select(Volunteer.id, Volunteer.account_id)).all())
    for event in accepted:
        proposal = session.get_one(Proposal, event.subject_id)
        assert (event.actor_kind, event.actor_id) == ("volunteer", owners[proposal.volunteer_id])
    assert count(session, Proposal, Proposal.status == ProposalStatus.ACCEPTED) == town.placements


def test_one_need_is_full_and_waited_for(session, town):
    (need,) = session.scalars(select(Need).where(Need.status == "full"))
    waits = Proposal.status == ProposalStatus.WAITLISTED
    waiting = count(session, Proposal, waits)
    assert waiting == count(session, Proposal, waits, Proposal.need_id == need.id) > 0


def test_hours_were_given_answered_and_wait(session, town):
    assert {one.status for one in session.scalars(select(Hours))} >= {*HoursStatus} - {HoursStatus.DISPUTED}
    assert count(session, Placement, Placement.status == PlacementStatus.COMPLETED) > 0
    accounts = {one.email for one in list_sign_ins()}
    signs_in = select(Volunteer.id).join(Account).where(Account.email.in_(accounts))
    assert count(session, Hours, Hours.volunteer_id.in_(signs_in)) > 0


def test_the_town_is_known_again_and_is_not_filled_twice(session, town):
    assert is_demo_town(session, WORKER)
    assert not is_empty(session, WORKER)
    with pytest.raises(Invalid):
        fill_demo_town(session, WORKER, PASSWORD, at=session.info["at"])


def test_a_demo_password_is_one_of_its_own_and_always_good_enough():
    passwords = [demo_password(secrets.token_urlsafe()) for _ in range(300)]
    assert len(set(passwords)) == 300
    assert [one for one in passwords if why_refused(one, "Nora", "nora@example.org")] == []
    assert demo_password("same") == demo_password("same")
