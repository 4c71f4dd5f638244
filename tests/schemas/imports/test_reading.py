"""Rows come out of files whole, under their columns, and with the numbers that a person sees."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.schemas.imports.issues import FileUnreadable
from service.schemas.imports.reading import Limits, count_rows, read_file
from tests.schemas.imports.files import csv_file, json_lines_file, xlsx_file, xlsx_with_sheet

# What all three kinds of file can hold: XML has no control characters, a cell keeps no bare carriage return.
words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")) | st.just("\n"), min_size=1, max_size=12
).map(lambda text: f"x{text}")  # a spreadsheet takes `=…` for a formula
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(words, min_size=width, max_size=width), max_size=8)
)


def cells_of(data: bytes, name: str = "") -> list[list[str]]:
    return [list(row.cells.values()) for row in read_file(data, name)]


def reason_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(FileUnreadable) as caught:
        list(read_file(data, limits=limits) if limits else read_file(data))
    return caught.value.reason


def header(table: list[list[str]]) -> list[str]:
    return [f"column {place}" for place in range(len(table[0]) if table else 1)]


@example(table=[["x,"]], delimiter=";", encoding="utf-8")  # one column, and a comma that parts nothing
@given(tables, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_csv_file_loses_no_row_and_no_letter(table, delimiter, encoding):
    file = csv_file([header(table), *table], delimiter=delimiter, encoding=encoding)

    assert cells_of(file) == table


@given(tables)
def test_a_sheet_and_json_lines_hold_the_same_rows_as_csv(table):
    table = table or [["x"]]  # JSON Lines without a row are an empty file
    names = header(table)
    from_csv = cells_of(csv_file([names, *table]))

    assert cells_of(xlsx_file([names, *table])) == from_csv
    assert cells_of(json_lines_file(dict(zip(names, row, strict=True)) for row in table)) == from_csv


@given(tables)
def test_row_numbers_count_records_after_the_header_and_lines_say_where_they_start(table):
    """I-34: a cell with a line break moves the line, never the row."""
    file = csv_file([header(table), *table])
    text = file.decode()

    rows = list(read_file(file))

    assert [row.number for row in rows] == list(range(2, len(table) + 2))
    for row, cells in zip(rows, table, strict=True):
        assert row.line is not None
        rest = "".join(text.splitlines(keepends=True)[row.line - 1 :]) if "\n" not in "".join(cells) else text
        assert cells[0].replace('"', '""') in rest


def test_a_row_behind_a_cell_with_line_breaks_keeps_its_number():
    rows = list(read_file(b'a,b\n1,"x\ny\nz"\n2,w\n'))

    assert [(row.number, row.line) for row in rows] == [(2, 2), (3, 5)]


def test_blank_rows_are_left_out_but_counted():
    assert [row.number for row in read_file(b"a,b\n1,2\n\n,\n3,4\n")] == [2, 5]
    assert [row.number for row in read_file(xlsx_file([["a"], ["1"], [None], ["2"]]))] == [2, 4]
    assert [row.number for row in read_file(b'{"a":1}\n\n{"a":2}\n')] == [1, 3]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"1", "too_few_cells"),
        (b"1,2,3", "too_many_cells"),
        (b'"1"x,2', "broken_quotes"),
        (b"1\x00,2", "nul"),
    ],
)
def test_a_bad_row_is_named_and_the_next_one_read(line, code):
    bad, good = read_file(b"a,b\n" + line + b"\n5,6\n")

    assert [issue.code for issue in bad.issues] == [code]
    assert bad.issues[0].fatal
    assert (good.number, good.cells, good.issues) == (3, {"a": "5", "b": "6"}, ())


def test_empty_cells_behind_the_last_column_are_no_mistake():
    (row,) = read_file(b"a,b,,\n1,2,,\n")

    assert (dict(row.cells), row.issues) == ({"a": "1", "b": "2"}, ())


def test_columns_lose_stray_spaces_and_get_a_name_where_they_have_none():
    reading = read_file(b"\xef\xbb\xbf Community  Council ,,b\n1,2,3\n")

    assert reading.columns == ("Community Council", "column_2", "b")
    assert [issue.code for issue in reading.notices] == ["unnamed_columns"]


def test_windows_1251_is_told_by_its_words_and_said():
    reading = read_file("назва;місто\nДопомога;Київ\n".encode("cp1251"))

    assert [dict(row.cells) for row in reading] == [{"назва": "Допомога", "місто": "Київ"}]
    assert [issue.code for issue in reading.notices] == ["encoding_guessed"]


def test_a_western_encoding_is_not_taken_for_another():
    assert reason_of("name,café\nRené,Zoë Ångström\n".encode("cp1252")) == "bad_encoding"


def test_utf_16_without_a_mark_is_told_by_its_zeros():
    assert cells_of("a,b\n1,2\n".encode("utf-16-le")) == [["1", "2"]]
    assert cells_of("a,b\n1,2\n".encode("utf-16-be")) == [["1", "2"]]


def test_a_file_that_breaks_off_deep_inside_gives_no_row_at_all():
    with pytest.raises(FileUnreadable) as caught:
        read_file(b"a,b\n" + b"1,2\n" * 500_000 + b"caf\xe9,2\n")

    assert caught.value.reason == "bad_encoding"
    assert "500002" in str(caught.value.detail)


def test_the_delimiter_is_the_one_that_fits_the_rows():
    assert read_file(b"Street, No;Town\nA, 1;X\nB;Y\n").columns == ("Street, No", "Town")
    assert read_file(b"title,tags\nx,a;b;c\ny,d;e\n").columns == ("title", "tags")
    assert read_file(b"only\n1\n2\n").columns == ("only",)
    assert cells_of(b"only\nx,\ny\n") == [["x,"], ["y"]]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b" \n \n", "empty_file"),
        (b"\n\na,b\n", "header_missing"),
        (b",,\n1,2,3\n", "header_missing"),
        (b"a,b, a\n1,2,3\n", "duplicate_columns"),
        (b'a,b\n1,"2\n3,4\n', "unclosed_quote"),
        (b'a,b\n1,"' + b"x\n" * 100_000 + b'"\n', "cell_too_long"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"<html><table></table></html>", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "old_spreadsheet"),
        (b"PK\x03\x04 no archive", "broken_spreadsheet"),
        (b'[{"a": 1}]', "json_not_lines"),
        (b'{\n "a": 1\n}\n', "json_not_lines"),
    ],
)
def test_what_is_no_table_is_refused_as_a_whole(data, reason):
    assert reason_of(data) == reason


def test_a_missing_path_is_refused_and_not_an_accident(tmp_path):
    with pytest.raises(FileUnreadable):
        read_file(tmp_path / "nothing.csv")


def test_a_path_reads_as_its_bytes_do(tmp_path):
    path = tmp_path / "needs.csv"
    path.write_bytes(b"a,b\n1,2\n")

    assert list(read_file(path)) == list(read_file(b"a,b\n1,2\n"))


def test_content_decides_and_a_name_that_differs_is_said():
    reading = read_file(b"a,b\n1,2\n", "needs.xlsx")

    assert reading.format == "csv"
    assert [issue.code for issue in reading.notices] == ["name_differs"]
    assert read_file(b"a,b\n1,2\n", "needs.csv").notices == ()


def test_limits_stop_a_file_that_is_too_large():
    assert reason_of(b"a\n" + b"1\n" * 50, Limits(size=60)) == "too_large"
    assert reason_of(b"a\n" + b"1\n" * 50, Limits(rows=49)) == "too_many_rows"
    assert reason_of(b"a,b,c\n1,2,3\n", Limits(columns=2)) == "too_many_columns"
    assert reason_of(xlsx_file([["a", "b", "c"]]), Limits(columns=2)) == "too_many_columns"


@given(tables)
def test_counting_agrees_with_reading(table):
    names = header(table)
    for file in (csv_file([names, *table]), xlsx_file([names, *table])):
        assert count_rows(file) == len(list(read_file(file)))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{'a': 1}", "bad_json"),
        (b"[1, 2]", "not_an_object"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"a": NaN}', "bad_json"),
        (b'{"a": 1e999}', "bad_json"),
        (b'{"a": 9223372036854775808}', "bad_json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "bad_json"),
        (b'{"a": "\\ud800"}', "bad_json"),
        (b'{"a": "\\u0000"}', "nul"),
        (b'{"a\\u0000": 1}', "nul"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "too_deep"),
    ],
)
def test_json_lines_are_strict_line_by_line(line, code):
    first, bad, last = read_file(b'{"a": 0}\n' + line + b'\n{"a": {"b": [1, "two"]}}\n')

    assert [issue.code for issue in bad.issues] == [code]
    assert (first.number, bad.number, last.number) == (1, 2, 3)
    assert last.cells == {"a": {"b": [1, "two"]}}


def test_cells_of_a_sheet_become_the_text_a_csv_file_would_hold():
    day, moment = date(2026, 9, 1), datetime(2026, 9, 1, 10, 30)  # noqa: DTZ001 a sheet knows no zone
    file = xlsx_file([["a", "b", "c", "d", "e", "f"], [day, moment, 5.0, 5.25, True, "01234"]])

    assert cells_of(file) == [["2026-09-01", "2026-09-01T10:30:00", "5", "5.25", "true", "01234"]]


def test_an_error_in_a_cell_refuses_its_row_under_its_column():
    (row,) = read_file(xlsx_file([["places"], ["#REF!"]]))

    assert [(issue.field, issue.code) for issue in row.issues] == [("places", "cell_error")]


def test_only_the_first_sheet_is_read_and_the_others_are_named():
    reading = read_file(xlsx_file([["a"], ["1"]], "Notes", "Old"))

    assert [issue.values["sheets"] for issue in reading.notices] == ["Notes, Old"]


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked():
    bomb = xlsx_with_sheet(" " * 5_000_000)
    assert len(bomb) < 20_000

    assert reason_of(bomb, Limits(unpacked=4_000_000)) == "too_large_unpacked"


def test_an_archive_that_lies_about_its_size_is_broken():
    bomb = xlsx_with_sheet(" " * 5_000_000)
    size = zipfile.ZipFile(io.BytesIO(bomb)).getinfo("xl/worksheets/sheet1.xml").file_size
    lying = bomb.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))

    assert reason_of(lying, Limits(unpacked=4_000_000)) == "broken_spreadsheet"


def test_two_cells_at_the_far_corners_of_a_sheet_do_not_make_a_giant():
    corner = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'

    assert reason_of(xlsx_with_sheet(corner)) == "too_many_columns"


def test_a_row_number_beyond_any_sheet_ends_the_reading():
    beyond = '<row r="1"><c r="A1"><v>1</v></c></row><row r="99999999999"><c r="A2"><v>1</v></c></row>'

    assert reason_of(xlsx_with_sheet(beyond)) == "too_many_rows"


def test_entities_that_grow_without_end_are_refused():
    grow = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    sheet = (
        f'{grow}]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row></sheetData></worksheet>'

    assert (
        reason_of(_with_part(xlsx_file([["a"]]), "xl/worksheets/sheet1.xml", sheet + row))
        == "broken_spreadsheet"
    )


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_damaged_part_is_a_broken_spreadsheet(part):
    assert reason_of(_with_part(xlsx_file([["a"], ["1"]]), part, "<open")) == "broken_spreadsheet"


def _with_part(file: bytes, name: str, content: str) -> bytes:
    made, changed = zipfile.ZipFile(io.BytesIO(file)), io.BytesIO()
    with made, zipfile.ZipFile(changed, "w") as archive:
        for part in made.namelist():
            archive.writestr(part, content if part == name else made.read(part))
    return changed.getvalue()
