"""Websites, and the organisations behind them."""

from __future__ import annotations

import pytest

from service.schemas.imports.mapping import MappedRow
from service.schemas.imports.rows import RawRow
from tests.schemas.imports.one_row import codes, mapping, read


@pytest.mark.parametrize(
    ("found", "website"),
    [
        ("www.salvationarmy.org.uk", "https://www.salvationarmy.org.uk"),
        ("http://a.example/b?c", "http://a.example/b?c"),
        ("https://допомога.укр", "https://допомога.укр"),
    ],
)
def test_a_website_gets_a_scheme_where_it_has_none(found, website):
    row = read("website", {"as": "website", "column": "w"}, {"w": found}, kind="organisations")

    assert row.fields["website"] == website


@pytest.mark.parametrize(
    "found", ["http://Kings Avenue", "none", "javascript:alert(1)", "http://.none", "[x"]
)
def test_what_is_no_website_is_left_out_and_said(found):
    row = read("website", {"as": "website", "column": "w"}, {"w": found}, kind="organisations")

    assert "website" not in row.fields
    assert codes(row) == [("website", "not_a_website", False)]


def test_a_website_can_stand_for_an_organisation_that_is_not_named():
    names = {"fmsc.org": "Feed My Starving Children"}
    options = {
        "as": "host",
        "column": "w",
        "names": names,
        "not_these": ["magazine.example"],
        "when_empty": "refuse",
    }
    made = mapping({"title": {"column": "t"}}, organisation={"name": options})

    def organisation(address: str) -> MappedRow:
        return made.apply(RawRow(2, {"id": "1", "w": address, "t": "x"}))

    assert organisation("https://www.fmsc.org/x").organisation == {"name": "Feed My Starving Children"}
    assert organisation("https://www.other.org/x").organisation == {"name": "other.org"}
    for address in ("", "https://magazine.example/x"):
        assert codes(organisation(address)) == [("organisation.name", "required", True)]
