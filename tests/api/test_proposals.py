"""The volunteer's list over HTTP: made, refreshed, paged, and nobody else's business."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from models import Proposal
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from models.proposals import ProposalStatus
from service.schemas.proposals import ProposalShown
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


def address(volunteer, rest="") -> str:
    return f"/v1/volunteers/{volunteer.id}/proposals{rest}"


def refresh(client, session, volunteer):
    answer = client.post(address(volunteer, "/refresh"), headers=headers_for(session, volunteer))
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def listed(client, session, volunteer, **query):
    answer = client.get(address(volunteer), headers=headers_for(session, volunteer), query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def titles(items):
    return [one["need"]["title"] for one in items]


def test_refresh_proposes_open_needs_with_reasons_in_words(client, session):
    organisation = make_organisation(session, name="Warm Hands", causes=["OlderPeople"])
    need = make_need(session, organisation, causes=["OlderPeople"], title="Walk with older people")
    volunteer = make_volunteer(session, causes=["OlderPeople"])

    items = refresh(client, session, volunteer)

    assert [one["need"]["id"] for one in items] == [str(need.id)]
    proposal = items[0]
    assert proposal["status"] == "proposed"
    assert proposal["origin"] == "ranking"
    assert proposal["organisation"]["name"] == "Warm Hands"
    assert proposal["organisation"]["status"] == "verified"
    assert proposal["model"] == "rules-3"
    words = {one["code"]: one["text"] for one in proposal["reasons"]}
    assert words["near"] == "near you: 100 m"
    assert words["cause"] == "you care about older people"
    assert items == listed(client, session, volunteer)


def test_two_volunteers_with_different_causes_get_different_first_proposals(client, session):
    make_need(session, causes=["AnimalWelfare"], title="Walk dogs", description="Dogs in our shelter.")
    make_need(session, causes=["OlderPeople"], title="Read aloud", description="Books for older people.")
    first = make_volunteer(session, causes=["AnimalWelfare"], interests="dogs and cats")
    second = make_volunteer(session, causes=["OlderPeople"], interests="older people")

    assert titles(refresh(client, session, first))[0] == "Walk dogs"
    assert titles(refresh(client, session, second))[0] == "Read aloud"


def test_what_was_answered_never_comes_back(client, session):
    volunteer = make_volunteer(session)
    needs = {one: make_need(session) for one in ProposalStatus}
    for status, need in needs.items():
        by = {"accepted_by": volunteer.id} if status is ProposalStatus.ACCEPTED else {}
        proposal = make_proposal(session, volunteer, need)
        proposal.status, proposal.accepted_by = status, by.get("accepted_by")
    session.flush()

    refresh(client, session, volunteer)

    proposed = listed(client, session, volunteer, status="proposed")
    again = {needs[ProposalStatus.PROPOSED].id, needs[ProposalStatus.EXPIRED].id}
    assert {one["need"]["id"] for one in proposed} == {str(one) for one in again}
    for status in set(ProposalStatus) - {ProposalStatus.PROPOSED, ProposalStatus.EXPIRED}:
        kept = listed(client, session, volunteer, status=status.value)
        assert [one["need"]["id"] for one in kept] == [str(needs[status].id)]


def test_the_list_shows_what_waits_for_an_answer_unless_asked_for_more(client, session):
    volunteer = make_volunteer(session)
    for status in ("proposed", "snoozed", "offered", "declined", "withdrawn", "expired"):
        make_proposal(session, volunteer, make_need(session), status=ProposalStatus(status))

    shown = {one["status"] for one in listed(client, session, volunteer)}
    asked = {one["status"] for one in listed(client, session, volunteer, status=["declined", "expired"])}

    assert shown == {"proposed", "snoozed", "offered"}
    assert asked == {"declined", "expired"}


def test_needs_of_a_suspended_organisation_are_not_listed_and_expire_with_the_next_refresh(client, session):
    organisation = make_organisation(session)
    make_need(session, organisation)
    volunteer = make_volunteer(session)
    assert len(refresh(client, session, volunteer)) == 1

    session.expire_all()
    organisation.status = OrganisationStatus.SUSPENDED
    session.commit()

    assert listed(client, session, volunteer) == []
    assert refresh(client, session, volunteer) == []
    assert len(listed(client, session, volunteer, status="expired")) == 1


def test_a_need_that_closed_without_a_word_is_not_listed(client, session):
    need = make_need(session)
    volunteer = make_volunteer(session)
    assert len(refresh(client, session, volunteer)) == 1

    session.expire_all()
    need.status = NeedStatus.CANCELLED
    session.commit()

    assert listed(client, session, volunteer) == []


def test_paging_loses_and_doubles_nothing_even_among_equal_places(client, session):
    volunteer = make_volunteer(session)
    organisation = make_organisation(session)
    for number in range(13):
        make_proposal(session, volunteer, make_need(session, organisation), position=number * 5 % 13 // 4)
    places = {str(one.id): one.position for one in session.scalars(select(Proposal))}
    headers, seen, cursor = headers_for(session, volunteer), [], None
    while True:
        query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = client.get(address(volunteer), headers=headers, query_string=query).json
        seen += [(places[one["id"]], uuid.UUID(one["id"])) for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(seen) == 13
    assert seen == sorted(set(seen))


def test_a_cursor_of_another_kind_is_refused(client, session):
    volunteer = make_volunteer(session)
    query = {"cursor": "WyJhIl0"}
    answer = client.get(address(volunteer), headers=headers_for(session, volunteer), query_string=query)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "cursor"


def test_reasons_come_in_the_readers_language(client, session):
    make_need(session)
    volunteer = make_volunteer(session)
    refresh(client, session, volunteer)

    def words(language):
        headers = headers_for(session, volunteer) | {"Accept-Language": language}
        reasons = client.get(address(volunteer), headers=headers).json["items"][0]["reasons"]
        return next(one["text"] for one in reasons if one["code"] == "near")

    assert words("uk") == "поруч із вами: 100 м"
    assert words("ru") == "рядом с вами: 100 м"


def others(session, volunteer, centre):
    """Everyone else, with whether they are refused as the wrong kind or shown nothing."""
    organisation = make_organisation(session, centre)
    return {
        "anyone": ({}, 401),
        "another volunteer": (headers_for(session, make_volunteer(session, centre)), 404),
        "coordinator": (headers_for(session, make_coordinator(session, organisation)), 403),
        "staff of the centre": (headers_for(session, make_staff(session, centre)), 403),
        "operator": (headers_for(session, make_account(session, "operator")), 403),
        "the centre's token": (headers_for(session, centre), 403),
    }


@pytest.mark.parametrize("who", ["anyone", "another volunteer", "coordinator", "staff of the centre",
                                 "operator", "the centre's token"])  # fmt: skip
def test_nobody_else_gets_at_a_volunteers_list(client, session, who):
    centre = make_centre(session)
    volunteer = make_volunteer(session, centre)
    proposal = make_proposal(session, volunteer, make_need(session))
    headers, status = others(session, volunteer, centre)[who]

    asked = [
        client.get(address(volunteer), headers=headers),
        client.post(address(volunteer, "/refresh"), headers=headers),
        client.get(f"/v1/proposals/{proposal.id}", headers=headers),
    ]

    assert [one.status_code for one in asked] == [status] * 3


def test_a_proposal_is_read_with_its_tag_and_the_nonexistent_is_not_found(client, session):
    volunteer = make_volunteer(session)
    proposal = make_proposal(session, volunteer, make_need(session, title="Plant trees"))
    headers = headers_for(session, volunteer)

    answer = client.get(f"/v1/proposals/{proposal.id}", headers=headers)
    again = client.get(
        f"/v1/proposals/{proposal.id}", headers=headers | {"If-None-Match": answer.headers["ETag"]}
    )

    assert answer.json["need"]["title"] == "Plant trees"
    assert again.status_code == 304
    assert client.get(f"/v1/proposals/{uuid.uuid4()}", headers=headers).status_code == 404


def test_a_proposal_looks_as_its_schema_says(client, session):
    need = make_need(session, title="Plant trees", starts_at=session.info["at"], rrule="FREQ=WEEKLY", slots=7)
    volunteer = make_volunteer(session)
    proposal = make_proposal(session, volunteer, need)
    beside = client.get(f"/v1/needs/{need.id}").json
    organisation = client.get(f"/v1/organisations/{need.organisation_id}").json

    shown = client.get(f"/v1/proposals/{proposal.id}", headers=headers_for(session, volunteer)).json

    assert set(shown) == set(ProposalShown().fields)
    assert shown["need"] == beside
    assert shown["organisation"] == organisation
    ProposalShown().load(shown)


def test_a_page_of_the_list_takes_one_statement_besides_those_that_say_who_asks(client, session, connection):
    volunteer = make_volunteer(session)
    for _ in range(20):
        make_proposal(session, volunteer, make_need(session))
    headers = headers_for(session, volunteer)
    client.get(address(volunteer), headers=headers)
    statements = []
    event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))

    assert len(client.get(address(volunteer), headers=headers).json["items"]) == 20

    reads = [one for one in statements if one.startswith("SELECT")]
    # The token, its account, the volunteer behind it; and the list.
    assert len(reads) == 4, reads


def test_a_need_that_was_found_is_chosen_and_says_what_does_not_fit(client, session):
    volunteer, need = make_volunteer(session), make_need(session, latitude=41.0, longitude=2.0)
    headers = headers_for(session, volunteer)

    answer = client.post(f"/v1/needs/{need.id}/choose", headers=headers)

    assert (answer.status_code, answer.json["status"], answer.json["origin"]) == (200, "proposed", "search")
    assert {"code": "too_far", "text": "farther off than you want to go", "weight": 0} in answer.json[
        "reasons"
    ]
    assert client.get(f"/v1/proposals/{answer.json['id']}", headers=headers).json == answer.json
    for owner in (make_coordinator(session, make_organisation(session)), make_account(session, "operator")):
        refused = client.post(f"/v1/needs/{need.id}/choose", headers=headers_for(session, owner))
        assert refused.status_code == 403


def test_not_now_names_its_time_and_stays_in_the_list(client, session):
    volunteer = make_volunteer(session)
    proposal = make_proposal(session, volunteer, make_need(session))
    headers, path = headers_for(session, volunteer), f"/v1/proposals/{proposal.id}/snooze"

    until = (time_of(session) + timedelta(days=3)).isoformat().replace("+00:00", "Z")
    answer = client.post(path, headers=headers, json={"until": until})

    assert (answer.status_code, answer.json["status"]) == (200, "snoozed")
    assert answer.json["snoozed_until"] == until
    assert [one["status"] for one in listed(client, session, volunteer)] == ["snoozed"]
    for wrong in ({}, {"until": "2020-01-01T00:00:00Z"}, {"until": None}, {"until": until, "more": 1}):
        refused = client.post(path, headers=headers, json=wrong)
        assert refused.status_code == 422
        assert refused.json["errors"][0]["field"] in ("until", "more")
