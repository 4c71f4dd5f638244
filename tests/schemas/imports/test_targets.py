"""What a mapping fills is what the API's schemas take: an import comes in through the same door."""

from __future__ import annotations

import uuid

import pytest

from service.schemas.imports.catalogue import load_mapping
from service.schemas.imports.reading import read_file
from service.schemas.imports.repeats import map_rows
from service.schemas.imports.report import PUBLIC_FILES
from service.schemas.imports.targets import KINDS, TARGETS
from service.schemas.needs import NeedNew
from service.schemas.organisations import OrganisationNew
from service.schemas.volunteers import VolunteerNew

SCHEMAS = {"needs": NeedNew, "organisations": OrganisationNew, "volunteers": VolunteerNew}


@pytest.mark.parametrize("kind", KINDS)
def test_every_target_is_a_field_of_the_api(kind):
    assert TARGETS[kind].keys() <= SCHEMAS[kind]().fields.keys()


def test_a_volunteer_with_everything_passes_the_schema():
    line = (
        b'{"external_id": "1", "name": "Ann", "email": "ann@example.org", "interests": "dogs",'
        b' "language": "en", "causes": ["Health"], "skills": ["first_aid"], "languages": ["en:B2"],'
        b' "availability": ["MondayMorning"], "location": {"latitude": 50.45, "longitude": 30.52},'
        b' "radius_km": 10, "location_types": ["onsite"], "birth_date": "2001-01-31"}'
    )
    (row,) = map_rows(load_mapping("halfway", "volunteers"), read_file(line))

    assert row.fields.keys() == TARGETS["volunteers"].keys()
    assert SCHEMAS["volunteers"]().validate(row.json_fields()) == {}


@pytest.mark.data
@pytest.mark.parametrize(("mapping", "file"), PUBLIC_FILES)
def test_every_good_row_of_a_public_file_passes_the_schema(shared_data, mapping, file):
    chosen = load_mapping(mapping)
    beside = {"organisation_id": str(uuid.UUID(int=1))} if chosen.kind == "needs" else {}
    good = [row for row in map_rows(chosen, read_file(shared_data / file)) if not row.refused]

    schema = SCHEMAS[chosen.kind]()
    refused = {
        row.number: schema.validate(row.json_fields() | beside | {"external_id": row.external_id})
        for row in good
    }

    assert good
    assert {number: errors for number, errors in refused.items() if errors} == {}
