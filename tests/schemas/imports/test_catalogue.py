"""The shipped mappings are sound, speak only our codes, and are found by name and never by path."""

from __future__ import annotations

import json

import pytest

from models import vocabularies
from service.errors import Invalid
from service.schemas.imports.catalogue import list_mappings, load_mapping
from service.schemas.imports.reading import read_file
from service.schemas.imports.repeats import map_rows
from tests.schemas.imports.files import csv_file, json_lines_file

ENTRIES = list_mappings()


def test_every_mapping_says_what_it_is_for():
    assert {"nyc", "minnesota", "uk_charities", "halfway_needs"} <= {one.name for one in ENTRIES}
    assert all(one.title and one.about for one in ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: one.name)
def test_every_code_of_a_mapping_is_in_our_vocabularies(entry):
    fields = load_mapping(entry.name).plain["fields"]

    for field in ("causes", "skills", "languages"):
        table = fields.get(field, {}).get("table", {})
        codes = {code for ours in table.values() for code in ours}
        assert codes <= vocabularies.codes(field), field
    assert fields.get("language", {}).get("value", "en") in vocabularies.codes("languages")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: one.name)
def test_a_mapping_is_the_same_when_made_again_from_its_own_data(entry):
    mapping = load_mapping(entry.name)
    kept = json.loads(json.dumps(mapping.plain))

    assert load_mapping(kept, entry.kind) == mapping


def test_one_name_serves_several_kinds_and_hyphens_will_do():
    assert load_mapping("halfway", "volunteers").name == "halfway_volunteers"
    assert load_mapping("halfway", "needs").name == "halfway_needs"
    assert load_mapping("Halfway-Organisations").name == "halfway_organisations"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("halfway", None), ("nyc", "volunteers"), ("nothing", None), ("../nyc", None), ("", None)],
)
def test_a_name_that_fits_nothing_or_several_is_refused(name, kind):
    with pytest.raises(Invalid) as caught:
        load_mapping(name, kind)

    assert caught.value.errors[0].code == "unknown_mapping"


def test_text_from_outside_is_never_taken_for_a_path(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('kind = "needs"')

    with pytest.raises(Invalid) as caught:
        load_mapping(str(path))

    assert caught.value.errors[0].code == "unknown_mapping"


def test_a_mapping_of_ones_own_is_read_from_toml_and_json(tmp_path):
    plain = {"kind": "organisations", "external_id": {"columns": ["id"]}, "fields": {"name": {"column": "n"}}}
    as_json, as_toml = tmp_path / "own.json", tmp_path / "own.toml"
    as_json.write_text(json.dumps(plain))
    as_toml.write_text(
        'kind = "organisations"\n[external_id]\ncolumns = ["id"]\n[fields]\nname = { column = "n" }\n'
    )

    assert load_mapping(as_json) == load_mapping(as_toml) == load_mapping(plain)


@pytest.mark.parametrize("content", ["{", "\xff", "[" * 100_000, "[1]"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, content):
    path = tmp_path / "own.json"
    path.write_text(content, encoding="latin-1")

    with pytest.raises(Invalid) as caught:
        load_mapping(path)

    assert caught.value.errors[0].code == "not_a_mapping"


def test_our_own_names_come_from_a_sheet_and_from_json_lines_alike():
    """Lists as a|b in cells or as lists, the place in columns or as an object."""
    mapping = load_mapping("halfway", "needs")
    cells = {
        "external_id": "n1",
        "organisation": "Café Hope",
        "title": "Cook",
        "description": "For 40 guests",
        "causes": "Care|Health",
        "places": "3",
        "timezone": "Europe/Kyiv",
        "starts_at": "2026-12-01 10:00",
        "latitude": "50.45",
        "longitude": "30.52",
        "place": "Київ",
    }
    table = csv_file([list(cells), list(cells.values())])
    lines = json_lines_file(
        [
            {
                "external_id": "n1",
                "organisation": {"name": "Café Hope"},
                "title": "Cook",
                "description": "For 40 guests",
                "causes": ["Care", "Health"],
                "places": 3,
                "timezone": "Europe/Kyiv",
                "starts_at": "2026-12-01T08:00:00Z",
                "location": {"latitude": 50.45, "longitude": 30.52, "place": "Київ"},
            }
        ]
    )

    (from_table,) = map_rows(mapping, read_file(table))
    (from_lines,) = map_rows(mapping, read_file(lines))

    assert from_table.issues == from_lines.issues == []
    assert from_table.fields == from_lines.fields
    assert from_table.organisation == from_lines.organisation == {"name": "Café Hope"}
    assert from_table.fields["places"] == 3
    assert from_table.fields["location"]["place"] == "Київ"
