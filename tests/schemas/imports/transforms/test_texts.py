"""Text comes out tidy, and what was cut or could not be shown is said."""

from __future__ import annotations

from tests.schemas.imports.one_row import codes, read


def test_text_loses_stray_spaces_and_keeps_its_lines():
    row = read("description", {"column": "d"}, {"d": "  Help\u00a0 us \r\n\n\n\n today  "})

    assert row.fields["description"] == "Help us\n\ntoday"


def test_a_title_is_one_line():
    assert read("title", {"column": "t", "one_line": True}, {"t": " Walk\nthe  dog "}).fields["title"] == (
        "Walk the dog"
    )


def test_a_cut_text_is_taken_and_said():
    row = read("description", {"column": "d", "cut_marks": ["..."]}, {"d": "We are looking for..."})

    assert codes(row) == [("description", "cut_text", False)]
    assert row.fields["description"] == "We are looking for..."


def test_characters_that_cannot_be_shown_are_left_out_and_said():
    row = read("description", {"column": "d"}, {"d": "\x84Aktiv\x93\x07"})

    assert row.fields["description"] == "Aktiv"
    assert codes(row) == [("description", "control_characters", False)]


def test_a_label_in_front_and_what_follows_a_mark_can_be_left_out():
    options = {"column": "t", "drop_start": "Time:", "until": ","}

    assert read("title", options, {"t": "Time:\u00a02 h, or more"}).fields["title"] == "2 h"


def test_html_becomes_the_words_a_reader_sees():
    page = "<p>Help &amp; care</p><script>steal()</script><ul><li>one<li>two</ul>"

    assert read("description", {"as": "html", "column": "d"}, {"d": page}).fields["description"] == (
        "Help & care\n\none\ntwo"
    )


def test_the_first_column_that_has_something_is_taken():
    row = read("description", {"columns": ["a", "b"]}, {"a": " ", "b": "objects"})

    assert row.fields["description"] == "objects"


def test_several_columns_are_joined_with_their_labels():
    parts = [{"column": "d"}, {"column": "time", "label": "Time:"}, {"column": "age", "label": "Ages:"}]
    row = read("description", {"as": "joined", "parts": parts}, {"d": "Pack", "time": "9 AM", "age": ""})

    assert row.fields["description"] == "Pack\nTime: 9 AM"


def test_a_nested_value_is_no_text():
    assert codes(read("title", {"column": "t"}, {"t": {"a": 1}})) == [("title", "not_text", True)]
