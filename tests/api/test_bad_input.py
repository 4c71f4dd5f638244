"""What no honest client sends, in addresses, headers and files: never a 500, and the field is named."""

from __future__ import annotations

import base64
import io
import json
import uuid
from functools import cache
from itertools import product
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.world import FILES, World, make_world

NOBODY = "00000000-0000-0000-0000-000000000000"
# Every list of the API, and who may read it.
LISTS = {
    "/v1/needs": "anyone",
    "/v1/needs?q=clothes": "anyone",
    "/v1/needs?updated_since=2020-01-01T00:00:00Z": "staff",
    "/v1/organisations": "staff",
    "/v1/organisations?q=org": "anyone",
    "/v1/organisations?updated_since=2020-01-01T00:00:00Z": "anyone",
    "/v1/volunteers": "staff",
    "/v1/imports": "staff",
    "/v1/imports/{import_id}/rows": "staff",
    "/v1/tokens": "staff",
    "/v1/volunteers/{volunteer_id}/proposals": "volunteer",
    "/v1/volunteers/{volunteer_id}/placements": "volunteer",
    "/v1/needs/{need_id}/placements": "coordinator",
}
NOT_NUMBERS = [
    *("", "x", "NaN", "inf", "true", "0x10", "1_0", "%00", "%D9%A3", "--1", "1%002"),
    *("9" * 30, "-" + "9" * 30, "1" * 5000),
]
NOT_TIMES = [
    *("", "x", "%00", "2026-02-30", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z", "99999-01-01"),
    *("0001-01-01", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00%2B23:59", "9999-12-31"),
    *("9999-12-31T23:59:59-23:59", "1899-12-31", "2201-01-01T00:00:00Z", "2026-01-01T00:00:00%2B99:99"),
]
NOT_POINTS = [
    *("", "x", ",", "1", "1,", ",1", "1,2,3", "NaN,NaN", "nan,0", "inf,inf", "1e999,0", "1e1,0", "91,0"),
    *("0,181", "-90.1,0", "%D9%A1,%D9%A2", "0x1,0x1", "1_0,1_0", "0,0%00", "9" * 4000 + ",0"),
]
NOT_CODES = ["", "x", "%00", "COMMUNITY", "Community,Health", "%ED%A0%80", "%FF", "é", "x" * 20_000]
BAD_VALUES = {
    "q": ["%00", "a%00b", "x" * 301, "x" * 100_000],
    "limit": [*NOT_NUMBERS, "0", "-1", "101", "1.5", "1e1"],
    "radius_km": [*NOT_NUMBERS, "-1", "20101", "1e400"],
    "near": NOT_POINTS,
    "from": NOT_TIMES,
    "to": NOT_TIMES,
    "updated_since": [*NOT_TIMES, "2026-01-01", "2026-01-01T00:00:00"],
    "organisation": [*NOT_CODES, "00000000-0000-0000-0000-00000000000g"],
    **dict.fromkeys(("cause", "skill", "language", "location_type", "status", "slot"), NOT_CODES),
}

FILTERS_OF_ORGANISATIONS = {"q", "cause", "status", "updated_since", "limit"}


def cursor(plain: Any) -> str:
    """Write a cursor as ours are written."""
    text = plain if isinstance(plain, bytes) else json.dumps(plain).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


BAD_CURSORS = [
    *("", "x", "%00", "%ED%A0%80", "é", "=", "a" * 1001),
    *map(cursor, (None, [], {}, "x", 5, ["x", "y"], [[], {}], [None, None], [True, NOBODY, 1])),
    *map(cursor, (b"\xff\xfe", b"[" * 700, b'["\\ud800", "\\u0000"]')),
    *map(cursor, ([float("nan"), NOBODY], [float("inf"), NOBODY], [10**400, NOBODY], [10**400])),
    *map(cursor, (["0001-01-01T00:00:00+23:59", NOBODY], ["9999-12-31T23:59:59-23:59", NOBODY])),
    *map(cursor, (["2026-01-01T00:00:00", NOBODY], ["2026-01-01T00:00:00Z", 5])),
]


# Whole numbers as large as one likes: some lists may take them, and none may break.
LARGE = [[10**30], [10**30, NOBODY], [-(10**30), NOBODY], [1e308, NOBODY], [2**63]]
# How an unknown name is said back.
UNKNOWN = {"surprise": "surprise", "limit[]": "limit[]", "%00": "�", "a" * 9000: "a" * 200}


@pytest.fixture
def worlds(session):
    """Make rows, and the headers of a kind of caller who may see them, when first asked."""

    @cache
    def world_of(caller: str) -> World:
        made = make_world(session, caller) if caller != "anyone" else World({}, {})
        session.commit()
        return made

    return world_of


@pytest.fixture
def ask(client: FlaskClient, worlds):
    """Ask as one kind of caller; ids in braces are those of the rows."""

    def asked(path: str, caller: str, method: str = "GET", headers: Any = None, **more: Any):
        world = worlds(caller)
        for name, ids in world.ids.items():
            path = path.replace(f"{{{name}}}", ids[0] if ids else NOBODY)
        return client.open(path, method=method, headers={**world.headers, **(headers or {})}, **more)

    return asked


def refused(answer) -> list[str]:
    """Check that an answer is a problem which names fields; give their names."""
    found = json.loads(answer.data)
    assert (answer.status_code, found["code"]) == (422, "invalid"), found
    assert answer.content_type == "application/problem+json"
    return [one["field"] for one in found["errors"]]


def also(path: str, query: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{query}"


@pytest.mark.parametrize("path", LISTS)
def test_a_list_names_what_it_cannot_take(ask, path):
    def named(query: str) -> list[str]:
        return refused(ask(also(path, query), LISTS[path]))

    for one in BAD_CURSORS:
        assert named(f"cursor={one}") == ["cursor"], one
    for one in BAD_VALUES["limit"]:
        assert named(f"limit={one}") == ["limit"], one
    for name, shown in UNKNOWN.items():
        assert named(f"{name}=1") == [shown], name
    # Which one is meant?
    assert named("limit=1&limit=2") == ["limit"]
    for plain in LARGE:
        answer = ask(also(path, f"cursor={cursor(plain)}"), LISTS[path])
        assert answer.status_code in (200, 422), plain


@pytest.mark.parametrize("path", ["/v1/needs", "/v1/needs?q=clothes", "/v1/organisations"])
def test_a_filter_that_cannot_be_read_is_named(ask, path):
    known = FILTERS_OF_ORGANISATIONS if "organisations" in path else BAD_VALUES.keys()
    for name in known - ({"q"} if "?" in path else set()):
        for one in BAD_VALUES[name]:
            fields = refused(ask(also(path, f"{name}={one}"), "anyone"))
            assert {field.partition(".")[0] for field in fields} == {name}, (name, one)


def test_a_list_of_codes_may_repeat_its_name_but_not_forever(ask):
    assert ask("/v1/needs?cause=Community&cause=Health", "anyone").status_code == 200
    assert ask("/v1/needs?" + "&".join(["cause=Community"] * 100), "anyone").status_code == 200
    assert refused(ask("/v1/needs?" + "&".join(["cause=Community"] * 101), "anyone")) == ["cause"]


ODD = [
    *("near=90,180&radius_km=0", "near=-90,-180&radius_km=20100", "near=0,0&radius_km=0.000001"),
    *("from=2200-12-31&to=1900-01-01", "from=1900-01-01T00:00:00-23:59", "to=2200-12-31T23:59:59-23:59"),
    *(
        "q=%25%5F%5C",
        "q='%3B+DROP+TABLE+needs%3B--",
        'q="%22%22*OR+NOT+(((',
        "q=%F0%9F%92%A9",
        "q=%E2%80%AE",
    ),
    *("q=" + "%CC%81" * 200, "q=%20", "q=", "q=%ED%A0%80", "q=%FF", "&&&"),
]


def test_what_is_odd_but_allowed_is_answered(ask):
    for query in ODD:
        assert ask(f"/v1/needs?{query}", "anyone").status_code == 200, query
        if query.startswith("q"):
            assert ask(f"/v1/organisations?{query}", "anyone").status_code == 200, query


@pytest.mark.parametrize(
    "language", ["", "*", ";;;=", "en;q=x,uk;q=9", "x" * 20_000, "é", "zz", ",,uk", "uk\t;q"]
)
def test_a_language_that_nobody_speaks_is_answered_in_one_that_we_do(ask, language):
    answer = ask("/v1/needs?limit=0", "anyone", headers={"Accept-Language": language})

    assert refused(answer) == ["limit"]


def test_headers_of_reading_that_make_no_sense_are_passed_over(ask):
    names = ["If-None-Match", "If-Modified-Since", "Range", "Accept", "Cookie", "X-Request-Id"]
    values = ("", "x" * 20_000, '"', 'W/"', "bytes=5-1", "é", "\x7f", "Thu, 99 Foo 0000", "," * 1000)
    paths = ("/v1/needs/{need_id}", "/v1/vocabularies/causes")
    for name, value, path in product(names, values, paths):
        answer = ask(path, "staff", headers={name: value})
        assert answer.status_code in (200, 206, 304, 416), (path, name, value)


def test_headers_of_writing_that_make_no_sense_are_refused_by_their_code(ask):
    def answered(method: str, **headers: str) -> tuple[int, str]:
        path = "/v1/needs/{need_id}" if method == "PATCH" else "/v1/needs/{need_id}/close"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = ask(path, "staff", method, headers=named, json={})
        return answer.status_code, answer.json.get("code")

    for key in ("", " ", "x" * 256, "é", "a\x7fb"):
        assert answered("POST", Idempotency_Key=key) == (400, "idempotency_key_invalid"), key
    for tag in ("", ",", " "):
        assert answered("PATCH", If_Match=tag) == (428, "precondition_required"), tag
    for tag in ('"', "x" * 20_000, "é", 'W/"x"'):
        assert answered("PATCH", If_Match=tag)[0] in (412, 428), tag
    for token in ("", "Bearer", "Bearer é", "Bearer " + "x" * 20_000, "Basic YTpi", "Bearer hw_staff_a_b_c"):
        assert answered("POST", Authorization=token) == (401, "not_signed_in"), token


def test_an_address_that_is_none_is_not_found_however_it_looks(ask):
    paths = (
        *("/v1/needs/" + "a" * 10_000, "/v1/" + "a/" * 3000, "/v1/needs/%00", "/v1/needs/%ED%A0%80"),
        *("/v1/vocabularies/%00", "/v1/needs/" + NOBODY + "%00", "/v1/needs/../../etc/passwd", "/v1/needs;x"),
    )
    for path, method in product(paths, ("GET", "POST", "PATCH", "DELETE", "PUT")):
        answer = ask(path, "staff", method)
        assert answer.status_code == 404, (method, path)
        assert len(answer.json["instance"]) <= 1000


def test_a_thousand_unknown_fields_are_not_all_sent_back(ask):
    body = {f"field{number}" * 40: number for number in range(5000)}

    answer = ask("/v1/needs", "staff", "POST", json=body)

    fields = refused(answer)
    assert len(fields) == 100
    assert max(map(len, fields)) == 200


def part(name: str, content: bytes, more: bytes = b"") -> bytes:
    head = b'--X\r\nContent-Disposition: form-data; name="' + name.encode() + b'"' + more
    return head + b"\r\n\r\n" + content + b"\r\n"


FILE = part("file", FILES["needs"], b'; filename="a.csv"')
GOOD = FILE + part("kind", b"needs") + part("mapping", b"halfway_needs")


WRONG_BODIES = [
    (b"--X--", {"file", "kind", "mapping"}),
    (b"--X\r\n\r\n--X--", {"file", "kind", "mapping"}),
    (b"garbage", {"file", "kind", "mapping"}),
    (b"--X\r\n" + b"A: b\r\n" * 5000 + b"\r\n\r\n--X--", {"file", "kind", "mapping"}),
    (FILE[:40], {"file", "kind", "mapping"}),
    (GOOD + part("kind", b"needs") + b"--X--", {"kind"}),
    (GOOD + FILE + b"--X--", {"file"}),
    (GOOD + part("surprise", b"1") + b"--X--", {"surprise"}),
    (GOOD + part("rows", b"9" * 30) + b"--X--", {"rows"}),
    (GOOD + part("rows", b"\x00") + b"--X--", {"rows"}),
    (GOOD + part("sha256", b"\xff\x00") + b"--X--", {"sha256"}),
    (GOOD + part("publish", b"perhaps") + b"--X--", {"publish"}),
    (part("file", b"no file", b"") + GOOD.replace(FILE, b"") + b"--X--", {"file"}),
    (GOOD.replace(b"halfway_needs", b"../../etc/passwd") + b"--X--", {"mapping"}),
    (GOOD.replace(b"halfway_needs", b"nyc\x00") + b"--X--", {"mapping"}),
    (GOOD.replace(b"halfway_needs", b"{" * 5000) + b"--X--", {"mapping"}),
    (GOOD.replace(b"halfway_needs", b'{"kind": 1, "kind": 2}') + b"--X--", {"mapping"}),
    (GOOD.replace(b"\r\n\r\nneeds", b"\r\n\r\n\xff\xfe") + b"--X--", {"kind"}),
    (GOOD.replace(FILES["needs"], b"\x00" * 100) + b"--X--", {"file"}),
    (GOOD.replace(FILES["needs"], b"PK\x03\x04" + b"x" * 100) + b"--X--", {"file"}),
]


def test_a_multipart_body_that_is_torn_or_wrong_names_the_part(ask):
    for body, fields in WRONG_BODIES:
        assert set(refused(send(ask, body))) == fields, body[:300]


def test_a_file_that_comes_as_something_else_is_a_415(ask):
    for said in ("application/json", "text/plain", "multipart/mixed; boundary=X", ""):
        assert send(ask, GOOD + b"--X--", said).status_code == 415, said


def test_a_multipart_body_whose_parts_cannot_be_told_is_refused(ask):
    for boundary in ("", "; boundary=", "; boundary=" + "X" * 5000, "; boundary=é"):
        answer = send(ask, GOOD + b"--X--", f"multipart/form-data{boundary}")
        assert answer.status_code in (413, 422), boundary


def test_more_parts_than_any_form_has_are_too_many(ask):
    assert send(ask, b"".join(part(f"a{n}", b"1") for n in range(1500)) + b"--X--").status_code == 413


def test_a_name_of_a_file_leads_nowhere(ask):
    name = b'; filename="../../\xe2\x80\xae\x07x.csv"'
    answer = send(ask, GOOD.replace(b'; filename="a.csv"', name) + b"--X--")

    assert answer.status_code == 202
    assert answer.json["filename"] == "x.csv"


def send(ask, body: bytes, content_type: str = "multipart/form-data; boundary=X"):
    headers = {"Content-Type": content_type, "Idempotency-Key": uuid.uuid4().hex}
    return ask(
        "/v1/imports",
        "centre",
        "POST",
        headers=headers,
        input_stream=io.BytesIO(body),
        content_length=len(body),
    )
