"""From a file of needs to a volunteer who accepted one: over HTTP to a real gunicorn, as each person."""

from __future__ import annotations

import json

import pytest

from tests.files.messy import ADDED, READ, REFUSED, UNCHANGED
from tests.whole.served import add_account, all_of, import_over_http, post, proposals_of, sign_up

pytestmark = pytest.mark.slow
SCOPES = ("needs:read", "needs:write", "organisations:read", "imports:write")
# Made-up organisations of the messy file, by what a volunteer of each cause should meet first.
GREEN, ELDERS = "Green Corner", "Harbour Elders Club"


def test_from_a_file_of_needs_to_a_volunteer_who_accepted(served, command, tmp_path):
    issued = [part for scope in SCOPES for part in ("--scope", scope)]
    system = served(command("token", "issue", "--centre", "Harbour Centre", *issued))
    staff = served(add_account(command, "staff", "--centre", "Harbour Centre"))

    # The centre's system brings a file: good rows are in, each bad one is named with its reason.
    done, refused = import_over_http(system)
    counts = {name: done[name] for name in ("read", "added", "unchanged", "refused")}
    assert counts == {"read": READ, "added": ADDED, "unchanged": UNCHANGED, "refused": len(REFUSED)}
    assert {one["number"] for one in refused} == set(REFUSED)

    # Nobody sees anything before the centre's staff have verified the organisations.
    with served() as anyone:
        assert anyone.get("/v1/needs").json()["items"] == []
        organisations = all_of(system, "/v1/organisations")
        refused_to_system = {"status": "verified", "note": "trust me"}
        for one in organisations:
            address = f"/v1/organisations/{one['id']}/verification"
            post(system, address, refused_to_system, 403)
            post(staff, address, {"status": "verified", "note": "We have met them."})
        for need in all_of(system, "/v1/needs"):
            if need["status"] == "draft":
                post(system, f"/v1/needs/{need['id']}/publish")
        public = all_of(anyone, "/v1/needs")
        assert public
        found = anyone.get("/v1/needs", params={"q": "street trees"}).json()["items"]
        assert found[0]["title"] == "Water the street trees"

    # Two volunteers who care about different things meet different needs first, with reasons in their words.
    nancy, nancy_id = sign_up(served, tmp_path, "Nancy", ["Environment"], "дерева, садівництво", "uk")
    omar, omar_id = sign_up(served, tmp_path, "Omar", ["OlderPeople", "Care"], "reading to older people")
    for_nancy, for_omar = proposals_of(nancy, nancy_id), proposals_of(omar, omar_id)
    assert for_nancy[0]["organisation"]["name"] == GREEN
    assert for_omar[0]["organisation"]["name"] == ELDERS
    assert "довкілля" in " ".join(reason["text"] for reason in for_nancy[0]["reasons"])
    assert all(one["reasons"] for one in for_nancy + for_omar)

    # She accepts one and declines one; nobody else can, and the declined one never comes back.
    accepted, declined = for_nancy[0], for_nancy[1]
    coordinator = served(
        add_account(command, "coordinator", "--organisation", accepted["organisation"]["id"])
    )
    for other, expected in ((system, 403), (staff, 403), (coordinator, 403), (omar, 404)):
        post(other, f"/v1/proposals/{accepted['id']}/accept", {}, expected)
    message = {"message": "Чи можна прийти з донькою?"}
    assert post(nancy, f"/v1/proposals/{accepted['id']}/accept", message)["status"] == "accepted"
    post(nancy, f"/v1/proposals/{declined['id']}/decline", {"reason": "too_far"})
    again = {one["need"]["id"] for one in proposals_of(nancy, nancy_id)}
    assert not again & {accepted["need"]["id"], declined["need"]["id"]}

    # The coordinator sees exactly who accepted, and of the no nothing at all.
    address = f"/v1/needs/{accepted['need']['id']}/placements"
    (placement,) = coordinator.get(address).json()["items"]
    assert placement["volunteer"]["first_name"] == "Nancy"
    assert placement["message"] == message["message"]
    assert post(coordinator, f"/v1/placements/{placement['id']}/confirm")["status"] == "confirmed"
    assert staff.get(address).status_code == 403
    assert omar.get(f"/v1/volunteers/{nancy_id}/proposals").status_code == 404
    (mine,) = nancy.get(f"/v1/volunteers/{nancy_id}/placements").json()["items"]
    assert mine["status"] == "confirmed"

    # Suspended, the organisation is off everywhere at once, on whichever worker one asks.
    post(
        staff,
        f"/v1/organisations/{for_omar[0]['organisation']['id']}/verification",
        {"status": "suspended", "note": "They do not answer."},
    )
    for _ in range(8):
        assert ELDERS not in json.dumps(proposals_of(omar, omar_id))
    post(omar, f"/v1/proposals/{for_omar[0]['id']}/accept", {}, 409)
    for one in (system, staff, coordinator, nancy, omar):
        one.close()


@pytest.mark.data
def test_real_needs_of_new_york_become_proposals(served, command, shared_data, tmp_path):
    file = shared_data / "needs_nyc_service" / "opportunities.csv"
    arguments = ("--centre", "Harbour Centre", "--mapping", "nyc", "--verify", "--publish", "--json")

    told = json.loads(command("import", "needs", str(file), *arguments, "--shift-weeks", "800"))

    assert told["read"] == told["added"] + told["updated"] + told["unchanged"] + told["refused"]
    assert told["added"] > 400
    gardener, gardener_id = sign_up(served, tmp_path, "Nancy", ["Environment"], "gardens, trees, parks")
    tutor, tutor_id = sign_up(served, tmp_path, "Omar", ["EducationLanguages"], "teaching math to children")
    for_gardener = proposals_of(gardener, gardener_id)
    for_tutor = proposals_of(tutor, tutor_id)
    assert len(for_gardener) == len(for_tutor) == 20
    assert for_gardener[0]["need"]["id"] != for_tutor[0]["need"]["id"]
    assert "Environment" in for_gardener[0]["need"]["causes"]
    assert "EducationLanguages" in for_tutor[0]["need"]["causes"]
    accepted = post(gardener, f"/v1/proposals/{for_gardener[0]['id']}/accept")
    assert accepted["status"] == "accepted"
    gardener.close()
    tutor.close()
