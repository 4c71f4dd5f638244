"""Levels and registrations."""

from __future__ import annotations

import pytest

from tests.schemas.imports.one_row import read


@pytest.mark.parametrize("cell", ["uk:C2|en", [{"code": "uk", "level": "C2"}, "en"]])
def test_levels_are_read_from_text_and_from_json(cell):
    row = read("languages", {"as": "levels", "column": "l"}, {"l": cell}, kind="volunteers")

    assert row.fields["languages"] == [{"code": "uk", "level": "C2"}, {"code": "en"}]


def test_a_registration_keeps_its_leading_zeros():
    options = {"as": "registrations", "number": "EIN", "registrar": "IRS"}
    row = read("registrations", options, {"EIN": "010564885"}, kind="organisations")

    assert row.fields["registrations"] == [{"registrar": "IRS", "number": "010564885"}]
