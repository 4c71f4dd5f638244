"""A mapping with mistakes is refused, every mistake under its dotted path, all at once."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Invalid
from service.schemas.imports.building import build_mapping

GOOD: dict[str, Any] = {
    "kind": "needs",
    "external_id": {"column": "id"},
    "organisation": {"name": {"column": "org"}},
    "fields": {"title": {"column": "title"}},
}


def errors_of(plain: object) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        build_mapping(plain)
    return [(error.field, error.code) for error in caught.value.errors]


@pytest.mark.parametrize(
    ("field", "options", "error"),
    [
        ("tittle", {"column": "t"}, ("fields.tittle", "unknown_target")),
        ("status", {"as": "constant", "value": "open"}, ("fields.status", "unknown_target")),
        ("title", {"as": "magic", "column": "t"}, ("fields.title.as", "unknown_way")),
        ("title", {"as": "integer", "column": "t"}, ("fields.title.as", "wrong_shape")),
        ("places", {"column": "t"}, ("fields.places.as", "wrong_shape")),
        ("title", {"colum": "t"}, ("fields.title.colum", "unknown_option")),
        ("title", {}, ("fields.title.columns", "option_missing")),
        ("title", {"column": 5}, ("fields.title.columns", "wrong_type")),
        ("title", {"columns": ["a", 5]}, ("fields.title.columns.1", "wrong_type")),
        ("title", "title", ("fields.title", "wrong_type")),
        ("title", {"column": "t", "when_empty": "shrug"}, ("fields.title.when_empty", "not_one_of")),
        (
            "places",
            {"as": "integer", "column": "t", "sentinels": [True]},
            ("fields.places.sentinels.0", "wrong_type"),
        ),
        (
            "starts_at",
            {"as": "time", "column": "t", "formats": ["%c"]},
            ("fields.starts_at.formats.0", "bad_value"),
        ),
        ("starts_at", {"as": "time", "column": "t", "day": "noon"}, ("fields.starts_at.day", "not_one_of")),
        (
            "location",
            {"as": "location", "otherwise": [{"column": "c", "places": {"X": [1, "2", "X"]}}]},
            ("fields.location.otherwise.0.places.X.longitude", "wrong_type"),
        ),
    ],
)
def test_a_mistake_in_a_field_is_named_by_its_path(field, options, error):
    assert error in errors_of(GOOD | {"fields": {field: options}})


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"kind": "people"}, ("kind", "not_one_of")),
        ({"timezone": "Mars/Base"}, ("timezone", "bad_value")),
        ({"fields": {}}, ("fields", "option_missing")),
        ({"fields": []}, ("fields", "option_missing")),
        ({"external_id": {}}, ("external_id.columns", "option_missing")),
        ({"external_id": {"columns": []}}, ("external_id.columns", "bad_value")),
        ({"organisation": {}}, ("organisation", "option_missing")),
        ({"organisation": {"boss": {"column": "b"}}}, ("organisation.boss", "unknown_target")),
        ({"unknown_columns": "guess"}, ("unknown_columns", "not_one_of")),
        ({"colour": "red"}, ("colour", "unknown_option")),
        ({"kind": "volunteers"}, ("organisation", "unknown_option")),
    ],
)
def test_a_mistake_at_the_top_is_named_too(change, error):
    assert error in errors_of(GOOD | change)


def test_all_mistakes_come_at_once():
    plain = GOOD | {"timezone": "nowhere", "fields": {"title": {"as": "magic"}, "places": {"as": "integer"}}}

    assert len(errors_of(plain)) == 3


def test_a_mapping_sets_no_decision_and_no_status():
    """No file can say that somebody accepted, or that an organisation is verified."""
    for kind in ("needs", "organisations", "volunteers"):
        for field in (
            "id",
            "status",
            "centre_id",
            "account_id",
            "organisation_id",
            "verified_at",
            "own_edits",
        ):
            plain = GOOD | {"kind": kind, "fields": {field: {"column": "x"}}}
            assert (f"fields.{field}", "unknown_target") in errors_of(plain)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["kind", "fields", "title", "as", "column", "columns", "external_id", "name", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(json_values, st.sampled_from([*GOOD, "timezone", "empty", "name"]))
def test_whatever_comes_in_is_a_mapping_or_refused(value, key):
    with contextlib.suppress(Invalid):
        assert build_mapping(GOOD | {key: value}).fields
