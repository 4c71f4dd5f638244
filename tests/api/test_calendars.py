"""Calendars over HTTP: by their key, by nobody else, and public ones by anyone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import CalendarKey, Event
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service.operations.needs import cancel_need
from service.operations.proposals import accept_proposal, withdraw_proposal
from tests.making import (
    actor_for,
    headers_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
    time_of,
)


@pytest.fixture
def scene(session):
    """A volunteer who has accepted a need of next week."""

    class Scene:
        at = time_of(session)
        organisation = make_organisation(session, name="Riverside")
        dates = {"starts_at": at + timedelta(days=7), "ends_at": at + timedelta(days=7, hours=2)}  # noqa: RUF012
        need = make_need(session, organisation, title="Paint boats", **dates)
        volunteer = make_volunteer(session, name="Oksana Unmistakable")
        headers = headers_for(session, volunteer)
        coordinator = make_coordinator(session, organisation, email="boss@example.org")
        key_address = f"/v1/volunteers/{volunteer.id}/calendar-key"
        address = f"/v1/volunteers/{volunteer.id}/calendar.ics"
        placement = accept_proposal(
            session, actor_for(session, volunteer), make_proposal(session, volunteer, need).id, at=at
        )

    session.commit()
    return Scene


def renew(client, scene):
    made = client.post(scene.key_address, headers=scene.headers)
    assert made.status_code == 201
    return made.json["url"].partition(str(scene.volunteer.id))[2].removeprefix("/calendar.ics?key=")


def test_a_calendar_program_reads_the_placements_by_the_key_alone(client, scene):
    key = renew(client, scene)
    found = client.get(f"{scene.address}?key={key}")
    assert found.status_code == 200
    assert found.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert found.text.count("BEGIN:VEVENT") == 1
    assert "SUMMARY:Paint boats" in found.text
    assert "STATUS:TENTATIVE" in found.text
    for hidden in ("Unmistakable", "boss@example.org", scene.volunteer.email, key):
        assert hidden not in found.text
    again = client.get(f"{scene.address}?key={key}", headers={"If-None-Match": found.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_new_key_stops_the_old_one_at_once_and_only_a_hash_is_kept(client, scene, session):
    old = renew(client, scene)
    new = renew(client, scene)
    assert client.get(f"{scene.address}?key={old}").status_code == 404
    assert client.get(f"{scene.address}?key={new}").status_code == 200
    session.expire_all()
    (kept,) = session.scalars(select(CalendarKey))
    assert new not in (kept.key_hash, str(kept.id))
    assert client.get(scene.key_address, headers=scene.headers).json["created_at"]
    assert client.delete(scene.key_address, headers=scene.headers).status_code == 204
    assert client.delete(scene.key_address, headers=scene.headers).status_code == 204
    assert client.get(f"{scene.address}?key={new}").status_code == 404
    assert client.get(scene.key_address, headers=scene.headers).json == {"created_at": None}
    names = [one for one in session.scalars(select(Event.name)) if one.startswith("calendar.")]
    assert names == ["calendar.renewed", "calendar.renewed", "calendar.ended"]


def test_to_all_others_it_is_not_there(client, scene, session):
    other = make_volunteer(session)
    theirs = headers_for(session, other)
    staff = headers_for(session, make_staff(session, _centre(session, scene)))
    session.commit()
    key = renew(client, scene)
    for asked, headers in (
        (scene.address, {}),
        (f"{scene.address}?key=", {}),
        (f"{scene.address}?key=x{key[1:]}", {}),
        (f"/v1/volunteers/{other.id}/calendar.ics?key={key}", {}),
        (scene.address, theirs),
        (scene.address, staff),
    ):
        assert client.get(asked, headers=headers).status_code == 404, asked
    assert client.get(scene.address, headers=scene.headers).status_code == 200
    for method in (client.get, client.post, client.delete):
        assert method(scene.key_address, headers=theirs).status_code == 404
        assert method(scene.key_address, headers=staff).status_code == 403
        assert method(scene.key_address).status_code == 401


def _centre(session, scene):
    from models import Centre

    return session.get_one(Centre, scene.organisation.centre_id)


def test_what_is_given_back_or_cancelled_is_so_for_a_while_and_then_gone(client, scene, session):
    key = renew(client, scene)
    withdraw_proposal(session, actor_for(session, scene.volunteer), scene.placement.proposal_id, at=scene.at)
    other = make_need(session, scene.organisation, title="Read aloud", **scene.dates)
    proposal = make_proposal(session, scene.volunteer, other)
    accept_proposal(session, actor_for(session, scene.volunteer), proposal.id, at=scene.at)
    cancel_need(session, actor_for(session, scene.coordinator), other.id, at=scene.at)
    session.commit()
    text = client.get(f"{scene.address}?key={key}").text
    assert text.count("STATUS:CANCELLED") == text.count("BEGIN:VEVENT") == 2
    scene.placement.ended_at = other.closed_at = scene.at - timedelta(days=31)
    session.commit()
    assert "BEGIN:VEVENT" not in client.get(f"{scene.address}?key={key}").text


def test_an_organisations_open_needs_are_for_anyone(client, scene, session):
    make_need(session, scene.organisation, title="Undated")
    make_need(session, scene.organisation, title="Draft", status=NeedStatus.DRAFT, **scene.dates)
    weekly = {
        **scene.dates,
        "starts_at": scene.at - timedelta(days=90),
        "ends_at": scene.at - timedelta(days=90),
    }
    make_need(session, scene.organisation, title="Weekly", rrule="FREQ=WEEKLY", **weekly)
    gone = make_need(session, scene.organisation, title="Gone", **scene.dates)
    cancel_need(session, actor_for(session, scene.coordinator), gone.id, at=scene.at)
    session.commit()
    address = f"/v1/organisations/{scene.organisation.id}/calendar.ics"
    found = client.get(address)
    titles = [one.removeprefix("SUMMARY:") for one in found.text.split("\r\n") if one.startswith("SUMMARY:")]
    assert sorted(titles) == ["Gone", "Paint boats", "Weekly"]
    assert found.text.count("STATUS:CANCELLED") == 1
    assert "public" in found.headers["Cache-Control"]
    assert "boss@example.org" not in found.text


@pytest.mark.parametrize("status", ["unverified", "suspended"])
def test_an_organisation_that_is_not_verified_has_no_calendar(client, scene, session, status):
    scene.organisation.status = OrganisationStatus(status)
    session.commit()
    address = f"/v1/organisations/{scene.organisation.id}/calendar.ics"
    coordinator = headers_for(session, scene.coordinator)
    session.commit()
    assert client.get(address).status_code == 404
    assert client.get(address, headers=coordinator).status_code == 404
