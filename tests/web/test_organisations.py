"""Public pages show verified organisations and their open needs; only the centre's staff verify."""

from __future__ import annotations

import uuid

import pytest

from models import Organisation
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from tests.making import make_centre, make_coordinator, make_need, make_organisation, make_staff


@pytest.fixture
def waiting(session):
    return make_organisation(session, name="New Hands", status=OrganisationStatus.UNVERIFIED)


def test_an_organisation_and_its_open_needs_are_for_everybody(session, visitor):
    organisation = make_organisation(session, name="Riverside", website="https://riverside.example.org")
    make_need(session, organisation, title="Paint the boats")
    make_need(session, organisation, title="A secret draft", status=NeedStatus.DRAFT)
    session.commit()
    page = visitor.get(f"/organisations/{organisation.id}").text

    assert "Riverside" in page
    assert "Paint the boats" in page
    assert "A secret draft" not in page
    assert 'href="https://riverside.example.org"' in page


@pytest.mark.parametrize("status", [OrganisationStatus.UNVERIFIED, OrganisationStatus.SUSPENDED])
def test_what_is_not_verified_is_for_nobody(session, visitor, status):
    organisation = make_organisation(session, status=status)
    need = make_need(session, organisation)
    session.commit()

    assert visitor.get(f"/organisations/{organisation.id}").status_code == 404
    assert visitor.get(f"/needs/{need.id}").status_code == 404
    assert visitor.get(f"/needs/{uuid.uuid4()}").status_code == 404


def test_staff_verify_what_waits_at_their_centre(session, visit, waiting):
    from models import Centre

    browser = visit(make_staff(session, session.get_one(Centre, waiting.centre_id)))
    assert "New Hands" in browser.get("/staff/organisations").text
    browser.send(
        "/staff/organisations", f"/staff/organisations/{waiting.id}/verification", {"note": "Phoned them"}
    )
    session.expire_all()

    kept = session.get_one(Organisation, waiting.id)
    assert (kept.status, kept.status_note) == (OrganisationStatus.VERIFIED, "Phoned them")
    page = browser.get("/staff/organisations").text
    assert "New Hands is verified" in page
    assert f"/staff/organisations/{waiting.id}" not in page


@pytest.mark.parametrize("kind", ["staff of another centre", "its coordinator"])
def test_nobody_else_verifies(session, visit, waiting, kind):
    if kind == "its coordinator":
        browser = visit(make_coordinator(session, waiting))
    else:
        browser = visit(make_staff(session, make_centre(session)))
        assert "New Hands" not in browser.get("/staff/organisations").text
    answer = browser.client.post(
        f"/staff/organisations/{waiting.id}/verification", data={"csrf_token": browser.token("/")}
    )

    assert answer.status_code in (403, 404)
    session.expire_all()
    assert session.get_one(Organisation, waiting.id).status is OrganisationStatus.UNVERIFIED
