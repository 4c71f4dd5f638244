"""Reading tables: long cells are taken, and nothing of it stays in the process."""

import csv

import pytest

from matching.evaluation.tables import NoSuchTableError, read_table


def test_a_cell_of_any_length_is_read_and_the_limit_of_the_process_stays(tmp_path):
    before = csv.field_size_limit()
    (tmp_path / "texts.csv").write_text(f"id,text\n1,{'a' * 200_000}\n", encoding="utf-8")

    (record,) = read_table(tmp_path, "texts.csv")

    assert len(record["text"]) == 200_000
    assert csv.field_size_limit() == before


def test_the_limit_stays_when_a_table_cannot_be_read(tmp_path):
    before = csv.field_size_limit()
    (tmp_path / "torn.csv").write_bytes(b"id,text\n1,\xff\n")

    with pytest.raises(UnicodeDecodeError):
        read_table(tmp_path, "torn.csv")
    assert csv.field_size_limit() == before


def test_a_table_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NoSuchTableError, match=r"texts\.csv"):
        read_table(tmp_path, "texts.csv")
