"""What a person or a centre's system does over HTTP, step by step, against a served Halfway."""

from __future__ import annotations

import uuid
from email import message_from_bytes
from email.policy import default

import httpx

from tests.cli.conftest import wait_for
from tests.files.messy import MESSY

PASSWORD = "river stones sing at dawn"
# Lower Manhattan, where the made-up and the real needs lie.
HERE = {"latitude": 40.71, "longitude": -74.0, "place": "Lower Manhattan"}


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


def add_account(command, kind, *where):
    name = f"{kind}@example.org"
    return command("account", "add", name, "--kind", kind, "--name", kind.title(), *where, stdin=PASSWORD)
