"""Files over HTTP: who may bring them, what is checked, what is told of each row."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from models import Import, ImportRow, Job
from service.access.actors import WORKER
from service.queries.imports import get_import
from service.schemas.import_runs import clean_name
from service.schemas.imports.catalogue import load_mapping
from tests.files import messy
from tests.making import (
    headers_for,
    make_centre,
    make_coordinator,
    make_organisation,
    make_staff,
    make_volunteer,
)
from tests.operations.bringing import NEED, file_of, finish
from tests.schemas.imports.files import xlsx_file

CONTENT = messy.MESSY.read_bytes()
SIMPLE = file_of([{**NEED, "external_id": "1"}])


@pytest.fixture
def centre(session):
    return make_centre(session)


@pytest.fixture
def headers(session, centre):
    return headers_for(session, centre)


def send(client, headers, content=CONTENT, name="messy.csv", key="one", **over) -> Any:
    form: dict[str, Any] = {"kind": "needs", "mapping": "nyc", **over}
    form["file"] = FileStorage(io.BytesIO(content), name)
    # Put into bytes here: the client's own temporary files stay open after long ones.
    mark, body = encode_multipart({name: value for name, value in form.items() if value is not None})
    more = {"Idempotency-Key": key} if key else {}
    kind = f"multipart/form-data; boundary={mark}"
    return client.post("/v1/imports", data=body, content_type=kind, headers={**headers, **more})


def errors_of(answer):
    assert answer.status_code == 422, answer.json
    return [(one["field"], one["code"]) for one in answer.json["errors"]]


def run(session, answer):
    session.expire_all()
    done = finish(session, get_import(session, WORKER, uuid.UUID(answer.json["id"])))
    session.commit()
    return done


def kept(session):
    session.expire_all()
    return [session.scalar(select(func.count()).select_from(one)) for one in (Import, ImportRow, Job)]


def test_from_the_file_to_what_became_of_its_rows(client, session, headers):
    sent = send(client, headers, publish="true", rows=str(messy.READ))

    assert sent.status_code == 202
    assert {name: sent.json[name] for name in ("status", "kind", "mapping", "read", "added", "refused")} == {
        "status": "waiting",
        "kind": "needs",
        "mapping": "nyc",
        "read": messy.READ,
        "added": 0,
        "refused": 0,
    }
    run(session, sent)
    done = client.get(f"/v1/imports/{sent.json['id']}", headers=headers).json
    assert {**done, "updated_at": ""} == {
        **sent.json,
        "status": "done",
        "added": messy.ADDED,
        "unchanged": messy.UNCHANGED,
        "refused": len(messy.REFUSED),
        "finished_at": done["finished_at"],
        "updated_at": "",
    }
    assert done["finished_at"]

    refused = client.get(f"/v1/imports/{done['id']}/rows?status=refused&limit=100", headers=headers).json
    told = {one["number"]: one for one in refused["items"]}
    assert told.keys() == messy.REFUSED.keys()
    assert told[13] == {
        "number": 13,
        "status": "refused",
        "subject_id": None,
        "issues": [
            {
                "field": "places",
                "code": "not_an_integer",
                "message": "“a few” is not a whole number.",
                "fatal": True,
            }
        ],
        "raw": told[13]["raw"],
    }
    assert told[13]["raw"]["title"] == "Bake for the fair"


def test_organisations_are_never_verified_by_a_centres_system(client, session, headers, centre):
    assert errors_of(send(client, headers, verify="true")) == [("verify", "unknown_field")]

    run(session, send(client, headers, publish="true"))

    seen = client.get("/v1/organisations", headers=headers).json["items"]
    assert {one["status"] for one in seen} == {"unverified"}
    assert client.get("/v1/needs").json["items"] == []


def test_rows_are_paged_in_the_order_of_the_file(client, session, headers):
    started = run(session, send(client, headers))
    numbers, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/v1/imports/{started.id}/rows?limit=7{cursor}", headers=headers).json
        numbers += [one["number"] for one in page["items"]]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"

    assert numbers == [one for one in range(2, 35) if one != 15]
    answer = client.get(f"/v1/imports/{started.id}/rows?cursor=eyJh", headers=headers)
    assert errors_of(answer) == [("cursor", "invalid")]


def test_words_are_in_the_readers_language(client, session, headers):
    started = run(session, send(client, headers))

    address = f"/v1/imports/{started.id}/rows?status=refused&limit=1"
    words = {
        client.get(address, headers={**headers, "Accept-Language": one}).json["items"][0]["issues"][0][
            "message"
        ]
        for one in ("en", "uk", "ru")
    }
    assert len(words) == 3


# ----------------------------------------------------------------- who


def test_only_a_centres_system_with_the_scope_brings_files(client, session, centre):
    organisation = make_organisation(session, centre)
    callers = (make_coordinator(session, organisation), make_staff(session, centre), make_volunteer(session))
    for one in callers:
        assert send(client, headers_for(session, one)).status_code == 403
    assert send(client, headers_for(session, centre, ["needs:write"])).status_code == 403
    assert send(client, {}).status_code == 401
    assert kept(session) == [0, 0, 0]


def test_another_centres_import_is_not_there(client, session, headers, centre):
    mine = run(session, send(client, headers))
    other = headers_for(session, make_centre(session))

    for path in ("", "/rows"):
        assert client.get(f"/v1/imports/{mine.id}{path}", headers=other).status_code == 404
        assert client.get(f"/v1/imports/{centre.id}{path}", headers=headers).status_code == 404
    assert client.get("/v1/imports", headers=other).json["items"] == []
    assert [one["id"] for one in client.get("/v1/imports", headers=headers).json["items"]] == [str(mine.id)]


def test_the_centres_staff_see_what_became_of_a_file(client, session, headers, centre):
    mine = run(session, send(client, headers))
    staff, stranger = make_staff(session, centre), make_staff(session, make_centre(session))

    assert client.get(f"/v1/imports/{mine.id}", headers=headers_for(session, staff)).json["read"] == mine.read
    assert client.get(f"/v1/imports/{mine.id}", headers=headers_for(session, stranger)).status_code == 404
    volunteer = headers_for(session, make_volunteer(session, centre))
    assert client.get(f"/v1/imports/{mine.id}", headers=volunteer).status_code == 403


# ----------------------------------------------------------------- once


def test_a_file_needs_a_key(client, session, headers):
    assert send(client, headers, key=None).json["code"] == "idempotency_key_missing"
    assert kept(session) == [0, 0, 0]


def test_the_same_file_under_the_same_key_is_one_import(client, session, headers):
    first, again = send(client, headers), send(client, headers)

    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.status_code, again.json) == (202, first.json)
    assert kept(session)[0] == 1


def test_another_file_under_the_same_key_is_refused(client, session, headers):
    send(client, headers)

    assert send(client, headers, CONTENT + b"\n").json["code"] == "idempotency_key_reused"
    assert send(client, headers, publish="true").json["code"] == "idempotency_key_reused"


# ----------------------------------------------------------------- what is checked


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"rows": "3"}, [("rows", "mismatch")]),
        ({"rows": "three"}, [("rows", "invalid")]),
        ({"sha256": "0" * 64}, [("sha256", "mismatch")]),
        ({"kind": "cars"}, [("kind", "unknown_code")]),
        ({"kind": None}, [("kind", "required")]),
        ({"mapping": None}, [("mapping", "required")]),
        ({"mapping": "nobody"}, [("mapping", "unknown_mapping")]),
        ({"mapping": "/etc/passwd"}, [("mapping", "unknown_mapping")]),
        ({"mapping": "irs"}, [("mapping", "unknown_mapping")]),
        ({"mapping": '{"kind": "needs", "kind": "needs"}'}, [("mapping", "not_a_mapping")]),
        ({"publish": "perhaps"}, [("publish", "invalid")]),
        ({"colour": "green"}, [("colour", "unknown_field")]),
        ({"content": b""}, [("file", "empty_file")]),
        ({"content": b"%PDF-1.7"}, [("file", "not_a_table")]),
        ({"content": CONTENT + b'"'}, [("file", "unclosed_quote")]),
        ({"content": b"opportunity_id\n1\n"}, [("file", "columns_missing")]),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_is_kept(client, session, headers, said, errors):
    assert errors_of(send(client, headers, **said)) == errors
    assert kept(session) == [0, 0, 0]


def test_a_mapping_of_ones_own_is_taken_and_its_mistakes_are_named(client, session, headers):
    own = {**load_mapping("nyc").plain, "name": "mine"}
    taken = send(client, headers, mapping=json.dumps(own), sha256=hashlib.sha256(CONTENT).hexdigest().upper())
    assert (taken.status_code, taken.json["mapping"]) == (202, "mine")

    own["fields"] = {**own["fields"], "colour": {"column": "x"}, "title": {"colum": "x"}}
    assert set(errors_of(send(client, headers, mapping=json.dumps(own), key="two"))) >= {
        ("mapping.fields.colour", "unknown_target"),
        ("mapping.fields.title.colum", "unknown_option"),
    }
    other = json.dumps(load_mapping("irs").plain)
    assert errors_of(send(client, headers, mapping=other, key="two")) == [("mapping.kind", "wrong_kind")]


def test_a_file_is_a_file_and_the_body_multipart(client, headers):
    said = {"kind": "needs", "mapping": "nyc", "file": "words"}
    with_key = {**headers, "Idempotency-Key": "k"}
    as_words = client.post("/v1/imports", data=said, headers=with_key, content_type="multipart/form-data")
    assert errors_of(as_words) == [("file", "invalid")]
    assert client.post("/v1/imports", json=said, headers=with_key).status_code == 415
    assert client.post("/v1/imports", data=said, headers=with_key).status_code == 415
    assert errors_of(client.post("/v1/imports", headers=with_key)) == [
        ("file", "required"),
        ("kind", "required"),
        ("mapping", "required"),
    ]


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\Documents\\passwd", "a/pass\x00wd", "pass\nwd"])
def test_of_a_files_name_only_what_can_be_shown_is_kept(name):
    assert clean_name(name) == "passwd"


def test_a_files_name_may_be_long(client, headers):
    assert send(client, headers, name="ї" * 300 + ".csv").json["filename"] == "ї" * 251 + ".csv"


def test_the_content_decides_what_a_file_is(client, session, headers):
    rows = [["external_id", "title", "description", "organisation", "places"]]
    rows += [["1", "Plant trees", "Boots.", "Green Corner", "3"]]

    sent = send(client, headers, xlsx_file(rows), "needs.csv", mapping="halfway")

    assert [one["code"] for one in sent.json["notices"]] == ["name_differs"]
    assert run(session, sent).added == 1


def test_a_file_may_be_longer_than_other_bodies_but_not_by_any_length(client, headers):
    line = b'{"external_id": "%d", "title": "t", "description": "%s", "organisation": "o"}\n'
    long = b"".join(line % (one, b"d" * 9000) for one in range(400))
    assert len(long) > 3_000_000

    assert send(client, headers, long, mapping="halfway").status_code == 202
    assert errors_of(send(client, headers, b"x" * 20_000_001, key="two")) == [("file", "too_large")]
    assert send(client, headers, b"x" * 21_000_001, key="three").status_code == 413
    assert send(client, {}, b"x" * 21_000_001, key="four").status_code == 401
    organisation = {"name": "n", "description": "d" * 2_100_000}
    assert client.post("/v1/organisations", json=organisation, headers=headers).status_code == 413


def test_an_import_changes_its_tag_as_it_goes(client, session, headers):
    sent = send(client, headers, SIMPLE, mapping="halfway")
    address = f"/v1/imports/{sent.json['id']}"
    before = client.get(address, headers=headers).headers["ETag"]
    session.expire_all()
    run(session, sent)

    after = client.get(address, headers=headers).headers["ETag"]
    assert before == sent.headers["ETag"] != after
    assert client.get(address, headers={**headers, "If-None-Match": after}).status_code == 304
