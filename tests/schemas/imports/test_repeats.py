"""Ids given twice in one file, and rows that look like earlier ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.schemas.imports.building import build_mapping
from service.schemas.imports.repeats import fold_name, map_rows
from service.schemas.imports.rows import RawRow

MAPPING = build_mapping(
    {
        "kind": "organisations",
        "alike_by": ["name"],
        "same_without": ["Автономная некоммерческая организация", "АНО"],
        "external_id": {"column": "id"},
        "fields": {"name": {"column": "name", "when_empty": "refuse"}},
    }
)


def mapped(*rows: tuple[str, str]):
    raw = (RawRow(number, {"id": id_, "name": name}) for number, (id_, name) in enumerate(rows, 2))
    return [
        [(issue.code, issue.fatal, issue.values["row"]) for issue in row.issues]
        for row in map_rows(MAPPING, raw)
    ]


def test_a_later_row_with_the_same_id_and_other_content_is_refused():
    assert mapped(("1", "One"), ("2", "Two"), ("1", "Three"))[2] == [("repeated_external_id", True, "2")]


def test_a_later_row_that_says_the_same_is_no_harm():
    assert mapped(("1", "One"), ("1", " One "))[1] == [("repeated_row", False, "2")]


def test_an_organisation_under_its_long_and_its_short_form_looks_repeated():
    short, long = 'АНО «Клуб "Кибер-атом"', 'Автономная некоммерческая организация "Клуб ""Кибер-атом"'

    assert mapped(("8", short), ("14", long))[1] == [("looks_repeated", False, "2")]


def test_a_refused_row_does_not_stand_in_the_way_of_a_good_one():
    raw = [RawRow(2, {"id": "1", "name": ""}), RawRow(3, {"id": "1", "name": "One"})]

    assert [row.refused for row in map_rows(MAPPING, raw)] == [True, False]


@given(st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("ab")), max_size=12))
def test_of_each_id_one_content_is_taken_the_first(rows):
    raw = [RawRow(number, {"id": id_, "name": name}) for number, (id_, name) in enumerate(rows, 2)]
    taken: dict[str | None, set[str]] = {}
    for row in map_rows(MAPPING, raw):
        if not row.refused:
            taken.setdefault(row.external_id, set()).add(row.fields["name"])

    assert taken == {id_: {dict(reversed(rows))[id_]} for id_, _ in rows}


def test_names_are_compared_without_case_signs_and_spaces():
    assert fold_name('  The "Blue"  CROSS ') == fold_name("the blue cross")
    assert fold_name("Cross Blue") != fold_name("Blue Cross")
