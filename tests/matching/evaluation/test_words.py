"""The text protocol, on the real texts where they are."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from click.testing import CliRunner

from matching.embedding import is_installed
from matching.evaluation import embedded as embedded_module
from matching.evaluation.placing import by_all, by_vectors, by_words, by_words_and_letters
from matching.evaluation.tables import NoSuchTableError
from matching.evaluation.translations import judge_translations
from matching.evaluation.words import _needs, _parts, _vectors, judge_words
from matching.vectors import Text
from service.cli.rank import evaluate_ranking


@pytest.mark.slow
@pytest.mark.data
def test_meanings_find_translations_that_letters_and_words_do_not(shared_data):
    rows = judge_translations(shared_data, None, lambda _: None)
    found = {(row.ranker, row.segment): row for row in rows}

    for segment in ("uk_en", "en_uk"):
        assert found["plain", segment].recall_at_1 > 0.7
        assert found["plain", segment].low > found["tf_idf", segment].recall_at_1
        assert found["plain", segment].recall_at_1 > found["plain_no_meanings", segment].recall_at_1 + 0.1
        if is_installed():
            assert found["halfway", segment].recall_at_1 > 0.95


NEEDS = "needs_nyc_service/opportunities.csv"
INITIATIVES = "needs_ukraine_parallel/initiatives_uk_en.csv"
SAID = {"Health": "nurse clinic blood health", "Education": "teach school read pupils"}


@pytest.fixture(autouse=True)
def nothing_embedded(monkeypatch, request):
    """Texts are embedded nowhere here: it takes seconds, and the extra may be there or not."""
    for module in ("embedded", "translations", "words") if "data" not in request.keywords else ():
        monkeypatch.setattr(f"matching.evaluation.{module}.is_installed", lambda: False)


def table(place, name, columns, rows):
    file = place / name
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as handle:
        written = csv.writer(handle)
        written.writerow(columns)
        written.writerows(rows)


def needs(place, numbers, label=None):
    """A few needs of two categories, as the data set has them."""
    labels = [list(SAID)[number % 2] for number in numbers]
    rows = [
        (number, SAID[one], f"{SAID[one]} number {number}", one if label is None else label)
        for number, one in zip(numbers, labels, strict=True)
    ]
    table(place, NEEDS, ["opportunity_id", "title", "summary", "category_desc"], rows)


def initiatives(place, numbers):
    rows = [(f"пес {one}", f"собака {one}", f"dog {one}", f"hound {one}") for one in numbers]
    table(place, INITIATIVES, ["name_uk", "description_uk", "name_en", "description_en"], rows)


def judged(train, test=None):
    """Give the numbers of texts judged, by segment, and all that was said."""
    said: list[str] = []
    rows = judge_words(train, test, said.append)
    return {row.segment: row.n for row in rows}, "\n".join(said)


def test_a_test_part_is_put_right_by_what_is_learnt_from_the_other(tmp_path):
    needs(tmp_path / "train", range(12))
    needs(tmp_path / "test", range(12, 17))
    texts, held = _parts(_needs, tmp_path / "train", tmp_path / "test")
    _, said, labels = (np.array(column, object) for column in zip(*texts, strict=True))
    vectors = np.array([[len(one), one.count("nurse"), one.count("school")] for one in said], np.int8)

    assert held.tolist() == [False] * 12 + [True] * 5
    for place in (by_words, by_words_and_letters, by_vectors, by_all):
        assert (place(said, vectors, labels.astype(str), held) == labels[held]).all()


@pytest.mark.parametrize("size", [1, 40])
def test_a_test_part_of_any_size_is_judged_whole(tmp_path, size):
    train, test = tmp_path / "train", tmp_path / "test"
    needs(train, range(8))
    needs(test, range(8, 8 + size))
    initiatives(train, range(5))
    initiatives(test, range(5, 5 + size))

    found, _ = judged(train, test)

    assert found == {"en_uk": size, "uk_en": size, "nyc_category": size}


@pytest.mark.parametrize("numbers", [[0, 1], [0, 1, 3], [0, 2, 4, 1], [0, 2, 4, 1, 3]])
def test_few_texts_are_learnt_from_without_a_search_for_settings(tmp_path, numbers):
    needs(tmp_path, numbers)
    texts = _needs(tmp_path)
    said = np.array([one.said for one in texts] * 2, object)
    labels = np.array([one.label for one in texts] * 2)
    vectors = np.random.default_rng(1).integers(-9, 9, (len(said), 3)).astype(np.int8)

    for place in (by_words, by_words_and_letters, by_vectors, by_all):
        placed = place(said, vectors, labels, np.arange(len(said)) >= len(texts))
        assert set(placed) <= set(SAID)


def test_what_is_in_the_test_part_is_not_learnt_from(tmp_path):
    needs(tmp_path / "train", range(8))
    needs(tmp_path / "test", range(6, 10))

    texts, held = _parts(_needs, tmp_path / "train", tmp_path / "test")

    assert [one.name for one, later in zip(texts, held, strict=True) if not later] == list("012345")


def test_tables_that_are_missing_are_left_out_with_a_word(tmp_path):
    needs(tmp_path, range(12))

    found, said = judged(tmp_path)

    assert set(found) == {"nyc_category"}
    assert f"uk_en is left out: There is no {INITIATIVES} in {tmp_path}." in said
    assert "icnptso_section is left out: There is no orgs_uk_charities/top2000.csv" in said


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (("", None), "too few texts that people put anywhere in train"),
        (("Health", None), "too few texts that people put anywhere in train"),
        ((None, ""), "no text that people put anywhere in test"),
        ((None, "  "), "no text that people put anywhere in test"),
    ],
)
def test_a_table_without_labels_is_left_out_with_a_word(tmp_path, monkeypatch, labels, reason):
    monkeypatch.chdir(tmp_path)
    for part, label in zip(("train", "test"), labels, strict=True):
        initiatives(tmp_path / part, range(4))
        needs(tmp_path / part, range(6), label)

    found, said = judged(tmp_path / "train", tmp_path / "test")

    assert set(found) == {"en_uk", "uk_en"}
    assert f"nyc_category is left out: {reason}" in said.replace(f"{tmp_path}/", "")


def test_texts_without_words_are_left_out_with_a_word(tmp_path):
    initiatives(tmp_path, range(4))
    rows = [(number, "the", "of", list(SAID)[number % 2]) for number in range(20)]
    table(tmp_path, NEEDS, ["opportunity_id", "title", "summary", "category_desc"], rows)

    found, said = judged(tmp_path)

    assert set(found) == {"en_uk", "uk_en"}
    assert "nyc_category is left out: tf_idf can learn nothing from these texts" in said


def test_a_test_part_without_translations_is_left_out_with_a_word(tmp_path):
    train, test = tmp_path / "train", tmp_path / "test"
    initiatives(train, range(4))
    initiatives(test, [])
    needs(train, range(6))
    needs(test, range(6, 9))

    found, said = judged(train, test)

    assert set(found) == {"nyc_category"}
    assert f"uk_en is left out: no text in {test} has a translation." in said


def test_a_table_that_lacks_a_column_is_named_with_it(tmp_path):
    table(tmp_path, NEEDS, ["opportunity_id", "title", "summary"], [])

    with pytest.raises(NoSuchTableError, match="has no column category_desc"):
        judge_words(tmp_path, None, lambda _: None)


def test_where_nothing_can_be_judged_the_command_says_why(tmp_path):
    result = CliRunner().invoke(evaluate_ranking, ["--protocol", "text", "--train", str(tmp_path)])

    assert result.exit_code == 1
    assert f"nyc_category is left out: There is no {NEEDS} in {tmp_path}." in result.output
    assert "Traceback" not in result.output


def test_the_same_words_are_embedded_once_and_the_run_says_how_far_it_is(monkeypatch):
    asked: list[Text] = []
    said: list[str] = []

    def embed(texts):
        asked.extend(texts)
        return [one.body.encode() for one in texts]

    monkeypatch.setattr(embedded_module, "is_installed", lambda: True)
    monkeypatch.setattr(embedded_module, "embed", embed)
    texts = [Text(body=f"text {number % 50}") for number in range(120)]

    found = embedded_module.embedded("needs", texts, said.append)

    assert [one.vector for one in found] == [one.body.encode() for one in texts]
    assert len(asked) == 50
    assert [word.split(",")[0] for word in said] == [
        "needs: 40 of 50 texts embedded",
        "needs: 50 of 50 texts embedded",
    ]


def test_a_segment_of_too_many_texts_is_not_embedded(monkeypatch):
    said: list[str] = []
    monkeypatch.setattr("matching.evaluation.words.is_installed", lambda: True)

    assert len(_vectors("many", [Text(body="one")] * 6001, said.append)) == 0
    assert "6001 texts are too many to embed" in said[0]
