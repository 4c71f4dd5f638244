"""Answers over HTTP: the volunteer decides, and nobody and nothing else."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from models import Event, Need, Placement, Proposal
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import ProposalStatus
from tests.making import (
    headers_for,
    make_account,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
    time_of,
)

ANSWERS = ("accept", "decline", "reconsider", "withdraw")


@pytest.fixture
def scene(session):
    """A volunteer of a centre, to whom a need of one place has been proposed."""

    class Scene:
        centre = make_centre(session)
        organisation = make_organisation(session, centre)
        need = make_need(session, organisation, places=1)
        volunteer = make_volunteer(session, centre, name="Оксана Петренко")
        proposal = make_proposal(session, volunteer, need)
        headers = headers_for(session, volunteer)
        coordinator = headers_for(session, make_coordinator(session, organisation))

    session.commit()
    return Scene


def answer(client, scene, verb, body=None, *, headers=None, proposal_id=None):
    return client.post(
        f"/v1/proposals/{proposal_id or scene.proposal.id}/{verb}",
        json=body or {},
        headers={**(headers or scene.headers), "Idempotency-Key": uuid.uuid4().hex},
    )


def state(session, scene):
    session.expire_all()
    return session.get_one(Proposal, scene.proposal.id).status


def test_accept_takes_the_place_and_tells_the_coordinator(client, scene, session):
    done = answer(client, scene, "accept", {"message": "Can I come on Tuesday?"})

    assert done.status_code == 200
    assert (done.json["status"], done.json["need"]["places_left"]) == ("accepted", 0)
    assert done.json["need"]["status"] == "full"
    seen = client.get(f"/v1/needs/{scene.need.id}/placements", headers=scene.coordinator).json["items"]
    assert [(one["status"], one["message"]) for one in seen] == [("held", "Can I come on Tuesday?")]
    assert seen[0]["volunteer"] == {
        "first_name": "Оксана",
        "email": scene.volunteer.email,
        "contact": "direct",
    }
    mine = client.get(f"/v1/volunteers/{scene.volunteer.id}/placements", headers=scene.headers).json["items"]
    assert [(one["status"], one["need"]["title"]) for one in mine] == [("held", scene.need.title)]
    names = set(session.scalars(select(Event.name)))
    assert {"proposal.accepted", "placement.held", "need.filled"} <= names


def test_what_a_volunteer_wrote_goes_with_them_when_the_placement_ends(client, scene):
    answer(client, scene, "accept", {"message": "Ask for Oksana."})

    answer(client, scene, "withdraw")

    (seen,) = client.get(f"/v1/needs/{scene.need.id}/placements", headers=scene.coordinator).json["items"]
    assert (seen["status"], seen["message"], seen["volunteer"]) == ("withdrawn", None, None)
    (mine,) = client.get(f"/v1/volunteers/{scene.volunteer.id}/placements", headers=scene.headers).json[
        "items"
    ]
    assert mine["message"] == "Ask for Oksana."


@pytest.mark.parametrize(
    "body", [{"waitlist": False}, {"waitlist": True, "shift_ids": []}, {"waitlist": None, "shift_ids": None}]
)
def test_an_acceptance_may_say_all_that_the_contract_names(client, scene, body):
    done = answer(client, scene, "accept", body)

    assert (done.status_code, done.json["status"]) == (200, "accepted")


def test_a_full_need_is_refused_to_who_would_not_wait(client, scene, session):
    scene.need.places_taken, scene.need.status = scene.need.places, NeedStatus.FULL
    session.commit()

    done = answer(client, scene, "accept", {"waitlist": False})

    assert (done.status_code, done.json["code"]) == (409, "need_full")
    assert state(session, scene) is ProposalStatus.PROPOSED


def test_accepting_needs_a_key(client, scene):
    bare = client.post(f"/v1/proposals/{scene.proposal.id}/accept", json={}, headers=scene.headers)

    assert (bare.status_code, bare.json["code"]) == (400, "idempotency_key_missing")


def test_an_acceptance_sent_twice_is_one(client, scene, session):
    headers = {**scene.headers, "Idempotency-Key": "twice"}
    address = f"/v1/proposals/{scene.proposal.id}/accept"

    first, second = (client.post(address, json={}, headers=headers) for _ in range(2))

    assert first.data == second.data
    assert len(session.scalars(select(Placement)).all()) == 1


def test_a_full_need_refuses_and_changes_nothing(client, scene, session):
    answer(client, scene, "accept")
    late = make_volunteer(session)
    proposal = make_proposal(session, late, scene.need)
    headers = headers_for(session, late)
    session.commit()

    done = answer(client, scene, "accept", headers=headers, proposal_id=proposal.id)

    assert (done.status_code, done.json["code"]) == (409, "need_full")
    session.expire_all()
    assert proposal.status is ProposalStatus.PROPOSED
    assert session.get_one(Need, scene.need.id).places_taken == 1


def test_decline_and_reconsider(client, scene, session):
    declined = answer(client, scene, "decline", {"reason": "too_far", "note": "A long way by bus"})
    assert declined.json["status"] == "declined"
    session.expire_all()
    assert session.get_one(Proposal, scene.proposal.id).decline_reason == "too_far"

    assert answer(client, scene, "reconsider").json["status"] == "proposed"
    session.expire_all()
    assert session.get_one(Proposal, scene.proposal.id).note is None


def test_a_no_is_not_shown_to_the_organisation(client, scene):
    answer(client, scene, "decline", {"reason": "other", "note": "I know these people"})

    seen = client.get(f"/v1/needs/{scene.need.id}/placements", headers=scene.coordinator)

    assert seen.json["items"] == []


def test_withdrawing_frees_the_place_and_hides_the_volunteer_again(client, scene, session):
    answer(client, scene, "accept")

    assert answer(client, scene, "withdraw", {"note": "I have moved"}).json["status"] == "withdrawn"

    seen = client.get(f"/v1/needs/{scene.need.id}/placements", headers=scene.coordinator)
    assert [(one["status"], one["volunteer"]) for one in seen.json["items"]] == [("withdrawn", None)]
    assert "Оксана" not in seen.get_data(as_text=True)
    session.expire_all()
    need = session.get_one(Need, scene.need.id)
    assert (need.status, need.places_taken) == (NeedStatus.OPEN, 0)


def test_release_needs_a_reason_and_tells_the_volunteer(client, scene):
    answer(client, scene, "accept")
    seen = client.get(f"/v1/needs/{scene.need.id}/placements", headers=scene.coordinator).json["items"]
    address = f"/v1/placements/{seen[0]['id']}"
    assert client.post(f"{address}/confirm", headers=scene.coordinator).json["status"] == "confirmed"

    bare = client.post(f"{address}/release", json={}, headers=scene.coordinator)
    assert bare.json["errors"][0]["field"] == "reason"
    done = client.post(f"{address}/release", json={"reason": "It rains"}, headers=scene.coordinator)
    assert done.json["status"] == "released"

    mine = client.get(f"/v1/volunteers/{scene.volunteer.id}/placements", headers=scene.headers).json["items"]
    assert mine[0]["release_reason"] == "It rains"
    assert (
        client.get(f"/v1/proposals/{scene.proposal.id}", headers=scene.headers).json["status"] == "released"
    )


def test_a_minors_contact_goes_through_the_centre(client, scene, session):
    scene.volunteer.birth_date = session.info["at"].date().replace(year=session.info["at"].year - 16, day=1)
    session.commit()
    answer(client, scene, "accept")

    seen = client.get(f"/v1/needs/{scene.need.id}/placements", headers=scene.coordinator)

    assert seen.json["items"][0]["volunteer"] == {
        "first_name": "Оксана",
        "email": None,
        "contact": "centre",
    }


@pytest.mark.parametrize("verb", ANSWERS)
@pytest.mark.parametrize("who", ["coordinator", "staff", "centre", "operator"])
def test_nobody_else_decides(client, scene, session, verb, who):
    """I-01: a coordinator, staff, the centre's system, an administrator: 403, and nothing has changed."""
    caller = {
        "coordinator": lambda: make_coordinator(session, scene.organisation),
        "staff": lambda: make_staff(session, scene.centre),
        "centre": lambda: scene.centre,
        "operator": lambda: make_account(session, "operator"),
    }[who]()
    headers = headers_for(session, caller)
    session.commit()

    done = answer(client, scene, verb, headers=headers)

    assert (done.status_code, done.json["code"]) == (403, "not_allowed")
    assert state(session, scene) is ProposalStatus.PROPOSED


@pytest.mark.parametrize("verb", ANSWERS)
def test_another_volunteer_finds_nothing_to_decide(client, scene, session, verb):
    headers = headers_for(session, make_volunteer(session, scene.centre))
    session.commit()

    done = answer(client, scene, verb, headers=headers)

    assert (done.status_code, done.json["code"]) == (404, "not_found")
    assert state(session, scene) is ProposalStatus.PROPOSED


@pytest.mark.parametrize("verb", ANSWERS)
def test_nobody_at_all_is_asked_to_sign_in(client, scene, session, verb):
    done = client.post(f"/v1/proposals/{scene.proposal.id}/{verb}", json={})

    assert done.status_code == 401
    assert state(session, scene) is ProposalStatus.PROPOSED


@pytest.mark.parametrize("verb", ANSWERS)
@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_only_a_post_decides(client, scene, session, verb, method):
    """Mail scanners follow links: a GET or HEAD, however often, changes nothing."""
    for _ in range(5):
        done = getattr(client, method)(f"/v1/proposals/{scene.proposal.id}/{verb}", headers=scene.headers)
        assert done.status_code == 405
    assert state(session, scene) is ProposalStatus.PROPOSED


@pytest.mark.parametrize("status", [OrganisationStatus.UNVERIFIED, OrganisationStatus.SUSPENDED])
def test_needs_of_an_organisation_without_trust_are_not_accepted(client, scene, session, status):
    """I-20."""
    scene.organisation.status = status
    session.commit()

    done = answer(client, scene, "accept")

    assert (done.status_code, done.json["code"]) == (409, "need_closed")
    assert state(session, scene) is ProposalStatus.PROPOSED


@pytest.mark.parametrize("verb", ["accept", "decline"])
@pytest.mark.parametrize("end", ["close", "cancel"])
def test_an_answer_to_a_need_that_has_closed_says_so(client, scene, session, verb, end):
    """Nobody has decided: the proposal expired with its need."""
    ended = client.post(f"/v1/needs/{scene.need.id}/{end}", headers=scene.coordinator)
    assert (ended.status_code, state(session, scene)) == (200, ProposalStatus.EXPIRED)

    done = answer(client, scene, verb)

    assert (done.status_code, done.json["code"]) == (409, "need_closed")
    assert state(session, scene) is ProposalStatus.EXPIRED


def test_whoever_comes_after_the_last_place_is_told_that_it_is_full(client, scene, session):
    """A ranking in between lets proposals of a full need expire."""
    scene.need.places_taken, scene.need.status = scene.need.places, NeedStatus.FULL
    scene.proposal.expire(time_of(session))
    session.commit()

    done = answer(client, scene, "accept")

    assert (done.status_code, done.json["code"]) == (409, "need_full")


@pytest.mark.parametrize(("verb", "status"), [("accept", "accepted"), ("decline", "declined")])
def test_a_proposal_that_only_gave_way_to_better_ones_can_still_be_answered(
    client, scene, session, verb, status
):
    scene.proposal.expire(time_of(session))
    session.commit()

    done = answer(client, scene, verb)

    assert (done.status_code, done.json["status"]) == (200, status)
    about = session.scalars(select(Event).where(Event.subject_id == scene.proposal.id).order_by(Event.number))
    assert [(one.from_state, one.to_state) for one in about] == [
        ("expired", "proposed"),
        ("proposed", status),
    ]


def test_a_proposal_that_no_longer_fits_stays_expired(client, scene, session):
    """I-25."""
    scene.proposal.expire(time_of(session))
    scene.volunteer.latitude = 0.0
    session.commit()

    done = answer(client, scene, "accept")

    assert (done.status_code, done.json["code"]) == (409, "already_decided")
    assert state(session, scene) is ProposalStatus.EXPIRED


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_a_proposal_is_answered_once(client, scene, verb):
    answer(client, scene, "decline")

    done = answer(client, scene, verb)

    assert (done.status_code, done.json["code"]) == (409, "already_decided")


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("decline", {"reason": "because"}, "reason"),
        ("decline", {"reason": 5}, "reason"),
        ("decline", {"note": "x" * 2001}, "note"),
        ("accept", {"message": ["hello"]}, "message"),
        ("accept", {"waitlist": "yes"}, "waitlist"),
        ("accept", {"shift_ids": [str(uuid.UUID(int=1))]}, "shift_ids"),
        ("accept", {"status": "accepted"}, "status"),
        ("withdraw", {"notes": "x"}, "notes"),
    ],
)
def test_an_answer_that_cannot_be_read_names_the_field(client, scene, session, verb, body, field):
    done = answer(client, scene, verb, body)

    assert (done.status_code, done.json["errors"][0]["field"]) == (422, field)
    assert state(session, scene) is ProposalStatus.PROPOSED
