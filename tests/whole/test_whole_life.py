"""A whole life between volunteers and an organisation, over HTTP to a real gunicorn, as each person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.cli.conftest import wait_for
from tests.whole.served import HERE, add_account, post, sign_up

pytestmark = pytest.mark.slow
TITLE, WALKS = "Read to children", "Saturday walks"


def items(client, address):
    """Read a short list."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def an_hour_in_two_days():
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    return {"starts_at": at.isoformat(), "ends_at": (at + timedelta(hours=1)).isoformat()}


def publish_need(coordinator, organisation_id, **fields):
    need = {"organisation_id": organisation_id, "description": "Come as you are.", "places": 1,
            "causes": ["Community"], "location_type": "onsite", "location": HERE,
            "timezone": "America/New_York", "language": "en", **fields}  # fmt: skip
    return post(coordinator, "/v1/needs", need, 201)["id"]


@dataclass
class People:
    """Who takes part, each with a client of their own."""

    staff: httpx.Client
    coordinator: httpx.Client
    nancy: httpx.Client
    omar: httpx.Client
    nancy_id: str
    omar_id: str
    organisation_id: str = ""


@pytest.fixture
def people(served, command, tmp_path):
    staff = served(add_account(command, "staff", "--centre", "Harbour Centre"))
    coordinator = served(add_account(command, "coordinator"))
    nancy, nancy_id = sign_up(served, tmp_path, "Nancy", ["Community"], "reading aloud")
    omar, omar_id = sign_up(served, tmp_path, "Omar", ["Community"], "children and books")
    yield People(staff, coordinator, nancy, omar, nancy_id, omar_id)
    for one in (staff, coordinator, nancy, omar):
        one.close()


def test_a_whole_life_between_volunteers_and_an_organisation(served, people):
    need_id = an_organisation_comes_in(served, people)
    proposal_id = a_volunteer_gets_to_know_it(people, need_id)
    his = the_only_place_is_taken_and_waited_for(people, need_id, proposal_id)
    placement_id = what_comes_free_is_offered(people, need_id, proposal_id, his)
    time_is_given_and_thanked_for(people, need_id, placement_id)
    a_school_checks_his_record(served, people)
    some_dates_are_taken_and_some_given_back(people)
    everybody_is_told(people, placement_id)


def an_organisation_comes_in(served, people):
    """An organisation comes in; once the centre vouches for it, its need can be found by everybody."""
    library = {"name": "Corner Library", "description": "Books for all.", "centre": "Harbour Centre",
               "causes": ["Community"], "location": HERE}  # fmt: skip
    people.organisation_id = post(people.coordinator, "/v1/organisations", library, 201)["id"]
    verdict = {"status": "verified", "note": "We have met them."}
    post(people.staff, f"/v1/organisations/{people.organisation_id}/verification", verdict)
    need_id = publish_need(people.coordinator, people.organisation_id, title=TITLE)
    post(people.coordinator, f"/v1/needs/{need_id}/publish")
    with served() as anyone:
        assert [one["title"] for one in items(anyone, "/v1/needs?q=children")] == [TITLE]
    return need_id


def a_volunteer_gets_to_know_it(people, need_id):
    """Nancy gets to know them: the library answers a volunteer whom it does not know."""
    proposal = post(people.nancy, f"/v1/needs/{need_id}/choose")["id"]
    question = {"kind": "question", "text": "Is there a bus?"}
    asked = post(people.nancy, f"/v1/proposals/{proposal}/introductions", question, 201)
    visit = {"kind": "visit", **an_hour_in_two_days(), "timezone": "America/New_York"}
    slot = post(
        people.coordinator, f"/v1/organisations/{people.organisation_id}/introduction-slots", visit, 201
    )["id"]
    post(people.nancy, f"/v1/proposals/{proposal}/introductions", {"kind": "visit", "slot_id": slot}, 201)
    seen = people.coordinator.get(f"/v1/organisations/{people.organisation_id}/introductions")
    assert [one["status"] for one in seen.json()["items"]] == ["asked", "booked"]
    assert "nancy" not in seen.text.casefold()
    post(people.coordinator, f"/v1/introductions/{asked['id']}/reply", {"text": "Yes, number 7."})
    assert items(people.nancy, f"/v1/proposals/{proposal}/introductions")[0]["reply"] == "Yes, number 7."
    return proposal


def the_only_place_is_taken_and_waited_for(people, need_id, proposal):
    """She takes the only place; Omar finds it full, and waits."""
    assert (
        post(people.nancy, f"/v1/proposals/{proposal}/accept", {"message": "See you!"})["status"]
        == "accepted"
    )
    his = post(people.omar, f"/v1/needs/{need_id}/choose")["id"]
    assert post(people.omar, f"/v1/proposals/{his}/accept", {}, 409)["code"] == "need_full"
    assert post(people.omar, f"/v1/proposals/{his}/accept", {"waitlist": True})["status"] == "waitlisted"
    (held,) = items(people.coordinator, f"/v1/needs/{need_id}/placements")
    assert held["volunteer"]["first_name"] == "Nancy"
    post(people.coordinator, f"/v1/placements/{held['id']}/messages", {"text": "Come by the side door."}, 201)
    (told,) = items(people.nancy, f"/v1/proposals/{proposal}/messages")
    assert told["text"] == "Come by the side door."
    return his


def what_comes_free_is_offered(people, need_id, proposal, his):
    """She gives it back: it is offered to him, and he decides again. Of her nothing is left to see."""
    post(people.nancy, f"/v1/proposals/{proposal}/withdraw", {"note": "I am moving."})
    offered = people.omar.get(f"/v1/proposals/{his}").json()
    assert offered["status"] == "offered"
    assert offered["decision_due"]
    assert "place_offered" in {one["kind"] for one in items(people.omar, "/v1/notices")}
    assert post(people.omar, f"/v1/proposals/{his}/accept")["status"] == "accepted"
    answer = people.coordinator.get(f"/v1/needs/{need_id}/placements")
    assert [one["status"] for one in answer.json()["items"]] == ["withdrawn", "held"]
    assert "Nancy" not in answer.text
    placement = answer.json()["items"][1]["id"]
    post(people.coordinator, f"/v1/placements/{placement}/confirm")
    return placement


def time_is_given_and_thanked_for(people, need_id, placement):
    """He gives his time; the library counts otherwise, he agrees, and it thanks him."""
    given = post(
        people.omar,
        f"/v1/placements/{placement}/hours",
        {"date": f"{datetime.now(UTC):%F}", "minutes": 90},
        201,
    )
    post(
        people.coordinator,
        f"/v1/hours/{given['id']}/correct",
        {"minutes": 60, "reason": "We closed at five."},
    )
    assert post(people.omar, f"/v1/hours/{given['id']}/accept")["status"] == "confirmed"
    post(people.coordinator, f"/v1/placements/{placement}/complete", {"thanks": "The children ask for you."})
    (mine,) = items(people.omar, f"/v1/volunteers/{people.omar_id}/placements")
    assert (mine["status"], mine["thanks"]) == ("completed", "The children ask for you.")
    assert "Omar" not in people.coordinator.get(f"/v1/needs/{need_id}/placements").text
    post(people.omar, f"/v1/placements/{placement}/feedback", {"rating": 5, "text": "Lovely."})
    post(people.coordinator, f"/v1/placements/{placement}/feedback", {"rating": 5, "would_again": True})


def a_school_checks_his_record(served, people):
    """A school checks his record by its code; ended, it opens nothing."""
    record = post(people.omar, f"/v1/volunteers/{people.omar_id}/records", {}, 201)
    paper = people.omar.get(f"/v1/volunteers/{people.omar_id}/records/{record['id']}.pdf")
    assert paper.content.startswith(b"%PDF")
    with served() as school:
        checked = school.get("/v1/records", params={"code": record["code"]})
        assert checked.status_code == 200, checked.text
        assert "Corner Library" in checked.text
        post(people.omar, f"/v1/volunteers/{people.omar_id}/records/{record['id']}/revoke")
        assert "Corner Library" not in school.get("/v1/records", params={"code": record["code"]}).text


def some_dates_are_taken_and_some_given_back(people):
    """A need with dates: each takes the ones they can, and gives single ones back."""
    walks = publish_need(people.coordinator, people.organisation_id, title=WALKS)
    saturdays = {**an_hour_in_two_days(), "rrule": "FREQ=WEEKLY;COUNT=3"}
    post(people.coordinator, f"/v1/needs/{walks}/shifts", saturdays, 201)
    post(people.coordinator, f"/v1/needs/{walks}/publish")
    first, second, third = (one["id"] for one in items(people.nancy, f"/v1/needs/{walks}/shifts"))
    hers = post(people.nancy, f"/v1/needs/{walks}/choose")["id"]
    assert post(people.nancy, f"/v1/proposals/{hers}/accept", {}, 422)["errors"][0]["field"] == "shift_ids"
    post(people.nancy, f"/v1/proposals/{hers}/accept", {"shift_ids": [first, second]})
    his = post(people.omar, f"/v1/needs/{walks}/choose")["id"]
    assert (
        post(people.omar, f"/v1/proposals/{his}/accept", {"shift_ids": [first]}, 409)["code"] == "need_full"
    )
    post(people.omar, f"/v1/proposals/{his}/accept", {"shift_ids": [third]})
    walk = next(
        one
        for one in items(people.nancy, f"/v1/volunteers/{people.nancy_id}/placements")
        if one["status"] == "held"
    )
    chosen = people.nancy.get(f"/v1/placements/{walk['id']}/shifts")
    kept = people.nancy.put(
        f"/v1/placements/{walk['id']}/shifts",
        json={"shift_ids": [second]},
        headers={"If-Match": chosen.headers.get("ETag", "*")},
    )
    assert kept.status_code == 200, kept.text


def everybody_is_told(people, placement):
    """It stands in her calendar, Omar is asked for more, and everybody has been told what concerns them."""
    key = post(people.nancy, f"/v1/volunteers/{people.nancy_id}/calendar-key", {}, 201)
    # The address is the one under which the world would reach the service.
    calendar = people.nancy.get("/v1" + key["url"].partition("/v1")[2])
    assert WALKS in calendar.text
    more = publish_need(people.coordinator, people.organisation_id, title="Mend the books")
    post(people.coordinator, f"/v1/needs/{more}/publish")
    post(people.coordinator, f"/v1/needs/{more}/invitations", {"placement_id": placement}, 202)
    wait_for(lambda: items(people.omar, f"/v1/volunteers/{people.omar_id}/invitations"))
    assert {"somebody_accepted", "somebody_withdrew"} <= {
        one["kind"] for one in items(people.coordinator, "/v1/notices?limit=100")
    }
    assert {"placement_confirmed", "placement_completed"} & {
        one["kind"] for one in items(people.omar, "/v1/notices?limit=100")
    }
