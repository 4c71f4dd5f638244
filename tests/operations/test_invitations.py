"""Invitations: one proposal like any other, and an answer that tells the organisation nothing."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import Event, Invitation, Job, Notice, Proposal, ShareCode
from models.errors import NotPossible
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.placements import PlacementStatus
from models.proposals import ProposalOrigin, ProposalStatus
from service.access.actors import WORKER
from service.errors import Invalid, NotAllowed, NotFound
from service.operations.invitations import MOST_A_DAY, deliver_invitation, send_invitation
from service.operations.proposals import accept_proposal, decline_proposal, snooze_proposal, withdraw_proposal
from service.operations.proposing import propose_for
from service.operations.share_codes import (
    MOST_CODES,
    change_invitation_settings,
    end_share_code,
    make_share_code,
    refuse_organisation,
)
from service.queries.invitations import list_own_invitations, list_placements_at, list_sent_invitations
from service.schemas.invitations import show_sent
from tests.making import (
    actor_for,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
)

AT = datetime(2027, 3, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)


class Known:
    """A volunteer who has held a place at an organisation, and another need of it."""

    def __init__(self, session):
        self.session = session
        session.info["at"] = AT
        self.organisation = make_organisation(session, name="Riverside")
        self.need = make_need(session, self.organisation, title="Paint boats")
        self.volunteer = make_volunteer(session, name="Zephyrine Quillfeather")
        self.actor = actor_for(session, self.volunteer)
        self.coordinator = make_coordinator(session, self.organisation)
        self.boss = actor_for(session, self.coordinator)
        past = make_proposal(session, self.volunteer, make_need(session, self.organisation, title="Past"))
        self.placement = accept_proposal(session, self.actor, past.id, at=AT)
        self.placement.status, self.placement.ended_at = PlacementStatus.COMPLETED, AT
        session.flush()

    def invite(self, **way):
        way = way or {"placement_id": self.placement.id}
        return send_invitation(self.session, self.boss, self.need.id, way, at=AT)

    def deliver(self):
        """Do what the jobs do."""
        self.session.flush()
        for job in self.session.scalars(select(Job).where(Job.kind == "invitations.deliver")):
            deliver_invitation(self.session, WORKER, _id(job), at=AT)
        self.session.flush()

    @property
    def proposal(self):
        wanted = select(Proposal).where(
            Proposal.need_id == self.need.id, Proposal.volunteer_id == self.volunteer.id
        )
        return self.session.scalars(wanted).one_or_none()

    @property
    def told(self):
        wanted = select(Notice.kind).where(Notice.account_id == self.volunteer.account_id)
        return self.session.scalars(wanted.where(Notice.kind == "invited")).all()

    def code(self, **more):
        return make_share_code(self.session, self.actor, self.volunteer.id, at=AT, **more)[1]


def _id(job):
    return uuid.UUID(job.payload["invitation_id"])


@pytest.fixture
def known(session):
    return Known(session)


def test_a_past_volunteer_gets_a_proposal_that_says_so_and_stays_in_every_ranking(known, session):
    known.invite()
    of_need = select(Proposal).where(Proposal.need_id == known.need.id)
    assert session.scalars(of_need).all() == [], "the request itself changes nothing of the volunteer"
    known.deliver()
    proposal = known.proposal
    assert (proposal.status, proposal.origin) == (ProposalStatus.PROPOSED, ProposalOrigin.INVITATION)
    assert proposal.reasons[0]["code"] == "invited"
    assert len(proposal.reasons) > 1
    assert known.told == ["invited"]
    propose_for(session, WORKER, known.volunteer.id, at=AT)
    assert [one["code"] for one in known.proposal.reasons].count("invited") == 1
    accept_proposal(session, known.actor, proposal.id, at=AT)
    (seen,) = list_own_invitations(session, known.actor).items
    assert (seen.need.title, seen.organisation.name, seen.status) == ("Paint boats", "Riverside", "accepted")
    names = session.scalars(
        select(Event.name).where(Event.name.like("invitation.%")).order_by(Event.number)
    ).all()
    assert names == ["invitation.sent", "invitation.reached"]
    reached = session.scalars(select(Event).where(Event.name == "invitation.reached")).one()
    assert reached.centre_id is None
    sent = session.scalars(select(Event).where(Event.name == "invitation.sent")).one()
    assert str(known.volunteer.id) not in str(sent.body)


def test_a_code_invites_whoever_made_it_as_often_as_needed_until_it_ends(known, session):
    code = known.code(organisation_id=known.organisation.id)
    assert re.fullmatch(r"([A-Z2-9]{4}-){6}[A-Z2-9]{4}", code)
    kept = session.scalars(select(ShareCode)).one()
    assert code.replace("-", "") not in str(vars(kept))
    known.invite(share_code=code.lower().replace("-", " "))
    known.deliver()
    assert known.proposal.origin is ProposalOrigin.INVITATION
    second = make_need(session, known.organisation, title="Second")
    send_invitation(session, known.boss, second.id, {"share_code": code}, at=AT)
    known.deliver()
    assert len(list_own_invitations(session, known.actor).items) == 2
    end_share_code(session, known.actor, kept.id, at=AT)
    end_share_code(session, known.actor, kept.id, at=AT)
    events = session.scalars(select(Event.name).where(Event.name.like("share_code.%"))).all()
    assert sorted(events) == ["share_code.ended", "share_code.made"]


def declined(known):
    proposal = make_proposal(known.session, known.volunteer, known.need)
    decline_proposal(known.session, known.actor, proposal.id, at=AT)


def withdrawn(known):
    proposal = make_proposal(known.session, known.volunteer, known.need)
    accept_proposal(known.session, known.actor, proposal.id, at=AT)
    withdraw_proposal(known.session, known.actor, proposal.id, at=AT)


def snoozed(known):
    proposal = make_proposal(known.session, known.volunteer, known.need)
    snooze_proposal(known.session, known.actor, proposal.id, until=AT + DAY, at=AT)


def too_young(known):
    known.need.minimum_age = 18
    known.volunteer.birth_date = date(2012, 1, 1)


def too_far(known):
    known.volunteer.latitude = 50.45
    known.volunteer.longitude = 30.52


def off(known):
    wanted = {"welcome": False}
    change_invitation_settings(known.session, known.actor, known.volunteer.id, wanted, at=AT)


def off_from_them(known):
    refuse_organisation(
        known.session, known.actor, known.volunteer.id, known.organisation.id, refused=True, at=AT
    )


def full(known):
    known.need.status, known.need.places_taken = NeedStatus.FULL, known.need.places


def gone(known):
    for one in known.session.scalars(select(ShareCode)):
        one.volunteer_id = None


@pytest.mark.parametrize(
    ("before", "status", "seen"),
    [
        (declined, "declined", 1),
        (withdrawn, "withdrawn", 1),
        (snoozed, "snoozed", 1),
        (too_young, None, 1),
        (too_far, None, 1),
        (full, None, 1),
        (off, None, 0),
        (off_from_them, None, 0),
        (gone, None, 0),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_the_answer_is_the_same_and_nobody_is_asked_who_said_no_or_does_not_suit(
    known, session, before, status, seen
):
    code = known.code()
    before(known)
    session.flush()
    way = {"share_code": code} if before is gone else {"placement_id": known.placement.id}
    shown = show_sent(known.invite(**way))
    known.deliver()
    assert set(shown) == {"id", "need_id", "placement_id", "created_at"}
    assert [show_sent(one) for one in list_sent_invitations(session, known.boss, known.need.id).items] == [
        shown
    ]
    proposal = known.proposal
    assert (proposal.status.value if proposal else None) == status
    assert known.told == []
    assert len(list_own_invitations(session, known.actor).items) == seen


def test_two_ways_to_one_volunteer_are_answered_alike_and_reach_them_once(known, session):
    code = known.code()
    first, second = known.invite(), known.invite(share_code=code)
    assert first.id != second.id
    assert known.invite().id == first.id
    known.deliver()
    known.deliver()
    assert known.told == ["invited"]
    assert len(list_own_invitations(session, known.actor).items) == 1
    assert session.scalar(select(func.count()).where(Event.name == "invitation.sent")) == 2
    assert session.scalar(select(func.count()).where(Event.name == "invitation.reached")) == 1


@pytest.mark.parametrize("status", [ProposalStatus.PROPOSED, ProposalStatus.EXPIRED])
def test_what_was_proposed_already_or_had_expired_says_that_they_are_invited(known, session, status):
    make_proposal(session, known.volunteer, known.need, status=status)
    known.invite()
    known.deliver()
    assert (known.proposal.status, known.proposal.origin) == ("proposed", ProposalOrigin.INVITATION)
    assert known.proposal.reasons[0]["code"] == "invited"
    assert known.told == ["invited"]


def test_what_was_closed_meanwhile_reaches_nobody(known, session):
    known.invite()
    known.need.status = NeedStatus.CLOSED
    known.deliver()
    assert known.proposal is None
    assert session.scalars(select(Invitation.reached_at)).all() == [None]


def ended(known, code):
    kept = known.session.scalars(select(ShareCode)).one()
    end_share_code(known.session, known.actor, kept.id, at=AT)
    return code


def expired(known, code):
    known.session.scalars(select(ShareCode)).one().expires_at = AT
    return code


@pytest.mark.parametrize(
    "spoil",
    [
        lambda known, code: code[:-1] + ("A" if code[-1] != "A" else "B"),
        lambda known, code: "",
        lambda known, code: known.code(organisation_id=make_organisation(known.session).id),
        ended,
        expired,
    ],
    ids=["unknown", "empty", "of another", "ended", "expired"],
)
def test_a_code_that_opens_nothing_does_not_say_why(known, spoil):
    code = spoil(known, known.code())
    with pytest.raises(Invalid) as refused:
        known.invite(share_code=code)
    assert [(one.field, one.code) for one in refused.value.errors] == [("share_code", "unknown")]


def test_only_a_coordinator_invites_to_their_need_and_by_their_placements(known, session):
    other = make_organisation(session)
    stranger = actor_for(session, make_coordinator(session, other))
    way = {"placement_id": known.placement.id}
    for actor, refusal in (
        (stranger, NotFound),
        (known.actor, NotAllowed),
        (actor_for(session, make_staff(session, make_centre(session))), NotAllowed),
        (actor_for(session, make_centre(session)), NotAllowed),
    ):
        with pytest.raises(refusal):
            send_invitation(session, actor, known.need.id, way, at=AT)
    with pytest.raises(NotFound):
        send_invitation(session, stranger, make_need(session, other).id, way, at=AT)
    with pytest.raises(NotFound):
        list_placements_at(session, stranger, known.organisation.id)
    with pytest.raises(NotFound):
        end_share_code(session, known.actor, _foreign_code(session), at=AT)
    for row, status in ((known.need, NeedStatus.DRAFT), (known.organisation, OrganisationStatus.SUSPENDED)):
        row.status = status
        session.flush()
        with pytest.raises(NotPossible, match="need_closed"):
            known.invite()


def _foreign_code(session):
    other = make_volunteer(session)
    return make_share_code(session, actor_for(session, other), other.id, at=AT)[0].id


@pytest.mark.parametrize("way", [{}, {"placement_id": "both", "share_code": "both"}], ids=["none", "both"])
def test_one_way_is_named(known, way):
    with pytest.raises(Invalid):
        send_invitation(known.session, known.boss, known.need.id, way, at=AT)


def test_limits_of_codes_and_of_invitations_a_day(known, session):
    for _ in range(MOST_CODES):
        known.code()
    with pytest.raises(NotPossible, match="too_many_codes"):
        known.code()
    with pytest.raises(NotFound):
        make_share_code(session, known.actor, make_volunteer(session).id, at=AT)
    session.add_all(
        Invitation(need_id=known.need.id, organisation_id=known.organisation.id, share_code_id=one.id)
        for _ in range(MOST_A_DAY // MOST_CODES)
        for one in session.scalars(select(ShareCode)).all()
    )
    session.flush()
    with pytest.raises(NotPossible, match="invitations_spent"):
        known.invite()


def test_wishes_are_on_record_once_and_can_be_taken_back(known, session):
    for refused in (True, True, False):
        refuse_organisation(
            session, known.actor, known.volunteer.id, known.organisation.id, refused=refused, at=AT
        )
    events = select(func.count()).where(Event.name == "invitation_settings.changed")
    assert session.scalar(events) == 2
    known.invite()
    known.deliver()
    assert known.told == ["invited"]
