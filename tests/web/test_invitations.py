"""The pages of invitations: a volunteer's codes and wishes, and whom a coordinator can invite."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models import Account, Invitation, ShareCode
from service.access.actors import WORKER
from service.operations.invitations import deliver_invitation
from service.operations.proposals import accept_proposal, withdraw_proposal
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
    time_of,
)


@pytest.fixture
def organisation(session):
    return make_organisation(session, name="Riverside")


@pytest.fixture
def person(session):
    return make_volunteer(session, name="Zephyrine Quillfeather")


@pytest.fixture
def volunteer(session, visit, person):
    return visit(session.get_one(Account, person.account_id))


@pytest.fixture
def coordinator(session, visit, organisation):
    return visit(make_coordinator(session, organisation))


def test_a_code_is_shown_once_and_invites(session, volunteer, coordinator, organisation, person):
    need = make_need(session, organisation, title="Paint boats")
    session.commit()
    page = f"/invitations?organisation={organisation.id}"
    assert page in volunteer.get(f"/organisations/{organisation.id}").text
    made = volunteer.send(page, "/invitations/codes", {"days": "7"})
    code = re.search(r'value="((?:[A-Z2-9]{4}-){6}[A-Z2-9]{4})"', made.text)
    assert code
    assert code[1] not in volunteer.get("/invitations").text
    path = f"/needs/{need.id}/invitations"
    assert path in coordinator.get(f"/needs/{need.id}/placements").text
    assert coordinator.send(path, path, {"share_code": code[1]}).status_code == 303
    assert "1 invitation sent" in coordinator.get(path).text
    deliver_invitation(session, WORKER, session.scalars(select(Invitation.id)).one(), at=time_of(session))
    session.commit()
    assert "this organisation invited you" in volunteer.get("/proposals").text
    assert "Paint boats" in volunteer.get("/invitations").text
    refusing = f"/invitations/organisations/{organisation.id}"
    volunteer.send("/invitations", refusing, {"refused": "yes"})
    assert "Not from Riverside." in volunteer.get("/invitations").text
    volunteer.send("/invitations", refusing, {"refused": "no"})
    volunteer.send("/invitations", "/invitations/settings", {"welcome": "no"})
    assert "Nobody may invite you." in volunteer.get("/invitations").text
    kept = session.scalars(select(ShareCode)).one()
    assert volunteer.send("/invitations", f"/invitations/codes/{kept.id}/end").status_code == 303
    refused = coordinator.send(path, path, {"share_code": code[1]})
    assert refused.status_code == 422
    assert 'id="error-share_code"' in refused.text


def test_a_past_volunteer_is_known_by_need_and_date_only(session, coordinator, organisation, person):
    past = make_need(session, organisation, title="Read to children")
    proposal = make_proposal(session, person, past)
    actor, at = actor_for(session, person), time_of(session)
    placement = accept_proposal(session, actor, proposal.id, at=at)
    need = make_need(session, organisation, title="Paint boats")
    session.commit()
    path = f"/needs/{need.id}/invitations"
    assert "Zephyrine" in coordinator.get(path).text
    withdraw_proposal(session, actor, proposal.id, at=at)
    session.commit()
    page = coordinator.get(path).text
    assert "Read to children" in page
    for trace in ("Zephyrine", "Quillfeather", str(person.id), str(proposal.id)):
        assert trace not in page
    assert coordinator.send(path, path, {"placement_id": str(placement.id)}).status_code == 303
    assert session.scalars(select(Invitation.placement_id)).all() == [placement.id]
