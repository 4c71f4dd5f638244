"""From a file of needs to a volunteer who accepted one: over HTTP to a real gunicorn, as each person."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from email import message_from_bytes
from email.policy import default

import httpx
import pytest

from tests.cli.conftest import children_of, wait_for
from tests.files.messy import ADDED, MESSY, READ, REFUSED, UNCHANGED

pytestmark = pytest.mark.slow
PASSWORD = "river stones sing at dawn"
SCOPES = ("needs:read", "needs:write", "organisations:read", "imports:write")
# Lower Manhattan, where the made-up and the real needs lie.
HERE = {"latitude": 40.71, "longitude": -74.0, "place": "Lower Manhattan"}
# Made-up organisations of the messy file, by what a volunteer of each cause should meet first.
GREEN, ELDERS = "Green Corner", "Harbour Elders Club"


@pytest.fixture
def settings(settings_of_its_own, committed_database_url, tmp_path):
    return {
        "database_url": committed_database_url,
        "mail_url": f"folder:{tmp_path / 'mail'}",
        "secret_key_file": str(tmp_path / "key"),
        "workers": "2",
    }


@pytest.fixture
def command(settings):
    """Run a command as an operator does, with a password on its standard input; give its last line."""

    def run(*arguments, stdin=""):
        environment = os.environ | {f"HALFWAY_{name.upper()}": value for name, value in settings.items()}
        done = subprocess.run(
            [sys.executable, "-m", "service.cli", *arguments],
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    return run


@pytest.fixture
def served(start, settings, command):
    """Serve a centre with one member of staff, and give clients for whoever asks."""
    command("centre", "add", "Harbour Centre", "--timezone", "America/New_York")
    process = start("serve", **settings)

    def client(token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=process.address, headers=headers, timeout=60)

    with client() as anyone:
        wait_for(lambda: is_ready(anyone))
    yield client
    below = children_of(process.pid)
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=10)[0]
    assert process.returncode == 0
    assert not set(below) & set(children_of(1))
    assert "Traceback" not in said


def is_ready(client):
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def post(client, address, body=None, expected=200):
    answer = client.post(address, json=body or {}, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert answer.status_code == expected, answer.text
    return answer.json() if answer.content else None


def all_of(client, address, **wanted):
    """Read a list page by page."""
    items, cursor = [], None
    while True:
        page = client.get(
            address, params={**wanted, "limit": 50, **({"cursor": cursor} if cursor else {})}
        ).json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def code_for(address, tmp_path):
    """Read the code out of the confirmation that the job worker has mailed."""
    for path in (tmp_path / "mail").glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=default)
        if message["To"] == address:
            return message.get_content().split("/confirm?code=")[1].split()[0]
    return None


def sign_up(served, tmp_path, name, causes, interests, language="en"):
    """Sign up as a person does, down to a profile; give their client and their id."""
    email = f"{name.casefold()}@example.org"
    person = {
        "email": email,
        "password": PASSWORD,
        "name": name,
        "kind": "volunteer",
        "language": language,
        "centre": "Harbour Centre",
    }
    with served() as anyone:
        post(anyone, "/v1/accounts", person, 202)
        code = wait_for(lambda: code_for(email, tmp_path))
        post(anyone, "/v1/accounts/confirm", {"code": code}, 204)
        token = post(anyone, "/v1/tokens", {"email": email, "password": PASSWORD}, 201)["token"]
    me = served(token)
    volunteer_id = me.get("/v1/me").json()["volunteer_id"]
    profile = me.get(f"/v1/volunteers/{volunteer_id}")
    said = {"causes": causes, "interests": interests, "location": HERE, "radius_km": 30}
    changed = me.patch(
        f"/v1/volunteers/{volunteer_id}", json=said, headers={"If-Match": profile.headers["ETag"]}
    )
    assert changed.status_code == 200, changed.text
    return me, volunteer_id


def proposals_of(client, volunteer_id):
    return post(client, f"/v1/volunteers/{volunteer_id}/proposals/refresh")["items"]


def import_over_http(system):
    """Bring the messy file in as a centre's system does, and wait until every row is accounted for."""
    with MESSY.open("rb") as file:
        started = system.post(
            "/v1/imports",
            files={"file": (MESSY.name, file)},
            data={"kind": "needs", "mapping": "nyc"},
            headers={"Idempotency-Key": "messy"},
        )
    assert started.status_code == 202, started.text
    address = f"/v1/imports/{started.json()['id']}"
    wait_for(lambda: system.get(address).json()["status"] == "done")
    return system.get(address).json(), all_of(system, f"{address}/rows", status="refused")


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
    assert "Довкілля" in " ".join(reason["text"] for reason in for_nancy[0]["reasons"])
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


def add_account(command, kind, *where):
    name = f"{kind}@example.org"
    return command("account", "add", name, "--kind", kind, "--name", kind.title(), *where, stdin=PASSWORD)


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
