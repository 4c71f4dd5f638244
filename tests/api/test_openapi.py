"""The document at /openapi.json: valid, complete both ways, and the same as the doors themselves."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from schemathesis.openapi import from_dict

from service.access.policy import POLICY
from service.errors import CODES

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
PROBLEM = "application/problem+json"
# Properties that hold one code of a closed list, but for those whose list grows with what they name.
CODED = {"status", "kind", "origin", "code", "contact", "location_type"}
# Codes that come by mail, or stand on a record, are secrets, not lists.
MAILED = {"CodeGiven.code", "TakeOver.code", "PasswordReset.code", "RecordShown.code"}
OPEN_LISTS = {"FieldError.code", "IssueShown.code", "EntryShown.code", *MAILED}


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    found = client.get("/openapi.json").json
    assert isinstance(found, dict)
    return found


@pytest.fixture
def operations(document) -> dict[tuple[str, str], dict[str, Any]]:
    """All operations by method and path, with the parameters of their paths among theirs."""
    return {
        (method.upper(), path): {
            **one,
            "parameters": [
                find(document, p) for p in (*item.get("parameters", ()), *one.get("parameters", ()))
            ],
        }
        for path, item in document["paths"].items()
        for method, one in item.items()
        if method.upper() in METHODS
    }


def answered_in(path: str) -> str:
    """Say in which form an address answers."""
    if path.endswith(".pdf"):
        return "application/pdf"
    return "text/calendar" if path.endswith(".ics") else "application/json"


def find(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, where the part is one."""
    if "$ref" not in part:
        return part
    _, components, kind, name = part["$ref"].split("/")
    found: dict[str, Any] = document[components][kind][name]
    return found


def routes(app: Flask) -> dict[tuple[str, str], Any]:
    """All views of the API by method and path, as the document writes paths."""
    return {
        (method, re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)): app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/")
        for method in (rule.methods or set()) & METHODS
    }


def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    loaded = from_dict(document)
    loaded.validate()
    assert all(found.ok() for found in loaded.get_all_operations())


def test_every_route_is_in_the_document_and_nothing_else(app, operations):
    assert set(routes(app)) == set(operations)


def test_every_operation_says_what_it_is(document, operations):
    tags = {one["name"] for one in document["tags"]}
    names = [one["operationId"] for one in operations.values()]
    assert len(set(names)) == len(names)
    for key, one in operations.items():
        assert one["operationId"].isidentifier(), key
        assert one["summary"].endswith("."), key
        assert one["tags"], key
        assert set(one["tags"]) <= tags, key


def test_every_operation_says_by_the_policy_who_may_call_it(app, operations):
    views = routes(app)
    for key, one in operations.items():
        rule = POLICY[views[key].rule]
        assert one["security"] == ([{"token": []}] if rule.kinds else [{}, {"token": []}]), key
        assert ("403" in one["responses"]) == bool(rule.kinds), key
        assert (rule.scope or "") in one["description"], key


def test_every_operation_names_its_refusals_as_problems(document, operations):
    for key, one in operations.items():
        answers = {status: find(document, answer) for status, answer in one["responses"].items()}
        assert {"default", "401", "503"} <= answers.keys(), key
        assert any(status.startswith("2") for status in answers), key
        for status, answer in answers.items():
            content = set(answer.get("content", ()))
            expected = {
                "2": set() if status == "204" else {answered_in(key[1])},
                "3": set(),
            }.get(status[0], {PROBLEM})
            assert content == expected, (key, status)
        if key[0] != "GET":
            assert {"400", "409", "411", "413"} <= answers.keys(), key
        if "requestBody" in one:
            assert {"415", "422"} <= answers.keys(), key


def test_every_refusal_says_which_codes_it_can_have(document):
    for name, answer in document["components"]["responses"].items():
        if name not in ("DEFAULT_ERROR", "NOT_MODIFIED"):
            assert set(re.findall(r"`(\w+)`", answer["description"])) <= CODES.keys(), name
            assert "`" in answer["description"], name


def test_headers_that_a_request_takes_are_named(app, operations):
    views = routes(app)
    for key, one in operations.items():
        headers = {p["name"]: p.get("required", False) for p in one["parameters"] if p["in"] == "header"}
        expected = {}
        if key[0] == "POST":
            expected["Idempotency-Key"] = views[key].needs_key
        if key[0] in ("PATCH", "PUT"):
            expected["If-Match"] = True
        if "304" in one["responses"]:
            expected["If-None-Match"] = False
        assert headers == expected, key


def test_a_thing_that_is_read_has_an_etag_and_can_be_asked_for_if_changed(operations):
    for (method, path), one in operations.items():
        if method == "GET" and path.endswith("}"):
            assert "ETag" in one["responses"]["200"]["headers"], path
            assert "304" in one["responses"], path


def test_path_parameters_are_uuids_or_codes(operations):
    for key, one in operations.items():
        inside = {p["name"]: p["schema"] for p in one["parameters"] if p["in"] == "path"}
        assert set(inside) == set(re.findall(r"{(\w+)}", key[1])), key
        assert all(schema.get("format") == "uuid" or "enum" in schema for schema in inside.values()), key


def test_names_of_schemas_are_ours_and_each_is_used(document):
    text = json.dumps(document)
    for name in document["components"]["schemas"]:
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name), name
        assert not name.endswith("Schema"), name
        assert f'"#/components/schemas/{name}"' in text, name


def test_codes_are_closed_lists(document):
    schemas = document["components"]["schemas"]
    assert set(schemas["Problem"]["properties"]["code"]["enum"]) == set(CODES)
    for name, schema in schemas.items():
        for field, one in schema["properties"].items():
            if field in CODED and one["type"] != "integer" and f"{name}.{field}" not in OPEN_LISTS:
                assert "enum" in one, f"{name}.{field}"


def test_nothing_unknown_may_be_sent(document, operations):
    for key, one in operations.items():
        for content in one.get("requestBody", {}).get("content", {}).values():
            assert find(document, content["schema"])["additionalProperties"] is False, key


def test_what_is_answered_is_always_there_whole(document, operations):
    """A field that may be missing from an answer is a field that nobody can rely on."""
    may_be_missing = {
        "Problem": {"errors"},
        "EntryShown": {"broader", "esco", "group", "icnptso", "index", "sdg"},
    }
    inner = {"SkillHad": {"level"}, "LanguageSpoken": {"level"}, "Location": {"place"}}
    sent = {
        content["schema"]["$ref"].rpartition("/")[2]
        for one in operations.values()
        for content in one.get("requestBody", {}).get("content", {}).values()
    }
    for name, schema in document["components"]["schemas"].items():
        missing = schema["properties"].keys() - set(schema.get("required", ()))
        if name not in sent:
            assert missing == {**may_be_missing, **inner}.get(name, set()), name
