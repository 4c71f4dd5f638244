"""Words to vectors: spellings meet, languages meet, and the numbers are scikit-learn's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from matching.lexicon import lexicon
from matching.text import Texts
from matching.vectors import CONCEPT_SHARE, FIRST_NGRAM, FIRST_WORD, NGRAM_WEIGHT, Text, vectors
from matching.words import fold, ngrams, spelled_words, words

TEXTS = [
    "Plow the snow, and plow it well",
    "Zebra crossing by the school gate for the school",
    "Снігу багато, лопат мало",
    "Лопаты и лопаты, снег и снег",
    "snow shovels wanted",
]


def concepts_of(said: str) -> set[str]:
    ids = vectors([Text(body=said)]).ids
    return {lexicon().names[one] for one in ids if one < FIRST_WORD}


def words_and_runs(text: str) -> list[str]:
    return words(text) + [f"run:{run}" for word in words(text) for run in ngrams(word)]


@pytest.mark.parametrize("apostrophe", "'’ʼ`ʹ")
def test_the_apostrophe_may_be_typed_in_any_way(apostrophe):
    assert words(f"сім{apostrophe}я") == words("сім'я")
    assert spelled_words(f"Сім{apostrophe}я!") == [(f"Сім{apostrophe}я", "сімя")]


def test_spellings_of_one_word_fold_together():
    assert fold("ЁЛКА Ґанок Café ЇЖАК Йод e\u0301 а\u0301рка") == "елка ганок cafe їжак йод e арка"


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("concept", "said"),
    [
        ("older_people", ["старші люди", "людям похилого віку", "пожилые люди", "older people", "Seniors"]),
        ("children", ["з дітьми", "детям", "children", "діти"]),
        ("animals", ["безпритульні собаки", "кошкам", "dogs and cats", "притулок для тварин"]),
        ("driving", ["маю авто", "водитель", "driver"]),
        ("refugees", ["допомога біженцям", "беженцам", "refugees", "внутрішньо переміщені"]),
        ("families", ["сім’ї", "семьям", "families"]),
        ("blood", ["здати кров", "сдать кровь", "blood donation"]),
        ("translation", ["переклад", "перевод", "translation"]),
        ("communication", ["соціальні мережі", "социальные сети", "social media"]),
    ],
)
def test_a_concept_is_met_in_three_languages(concept, said):
    assert [one for one in said if concept not in concepts_of(one)] == []


@pytest.mark.parametrize("said", ["care", "article", "partner", "гравій", "деталь", "catalogue"])
def test_a_stem_does_not_catch_its_neighbours(said):
    assert not {"driving", "arts", "animals", "games", "children"} & concepts_of(said)


def test_letter_runs_are_those_of_scikit_learn():
    analyse = CountVectorizer(analyzer="char_wb", ngram_range=(4, 4)).build_analyzer()

    assert [ngrams(word) for word in ("снігу", "snow", "it", "a")] == [
        analyse(word) for word in ("снігу", "snow", "it", "a")
    ]


def test_vectors_are_scikit_learns_damped_counts_at_length_one():
    """lnc: TfidfTransformer without idf over words and runs, the runs at their smaller weight."""
    count = CountVectorizer(analyzer=words_and_runs)
    expected = TfidfTransformer(use_idf=False, sublinear_tf=True, norm=None).fit_transform(
        count.fit_transform(TEXTS)
    )
    is_run = np.array([name.startswith("run:") for name in count.get_feature_names_out()])
    expected = expected.multiply(np.where(is_run, NGRAM_WEIGHT, 1.0)).tocsr()
    made = vectors([Text(body=text) for text in TEXTS])
    for row, run in enumerate(np.split(np.arange(len(made.ids)), np.cumsum(made.lengths)[:-1])):
        own = run[made.ids[run] >= FIRST_WORD]
        whole = expected[row].data / np.linalg.norm(expected[row].data)

        assert np.allclose(np.sort(made.weights[own]), np.sort(whole * np.sqrt(1 - CONCEPT_SHARE)), atol=1e-9)


def test_rarity_is_scikit_learns_smoothed_idf():
    texts = Texts()
    texts.extend([Text(body=text) for text in TEXTS])
    count = CountVectorizer(analyzer=words)
    fitted = TfidfTransformer().fit(count.fit_transform(TEXTS))
    for word, place in count.vocabulary_.items():
        ids = vectors([Text(body=word)]).ids
        own = ids[(ids >= FIRST_WORD) & (ids < FIRST_NGRAM)]

        assert texts.rarity(own) == pytest.approx(fitted.idf_[place])


def test_a_text_asked_of_itself_is_nearly_one_and_nothing_is_more():
    texts = Texts()
    texts.extend([Text(body="feed dogs"), Text(body="feed the dogs and walk the dogs"), Text(body="zebra")])
    found = texts.similarities(texts.query("feed dogs"), np.arange(3))

    assert found[0] == pytest.approx(1.0, abs=0.05)
    assert found.argmax() == 0
    assert found[2] == 0


def met(texts, query, rows):
    """The words that some rows met."""
    return texts.met(query, texts.held(query, np.array(rows)).ids_in(np.arange(len(rows))))


def test_met_words_are_the_persons_own_as_they_spelled_them():
    texts = Texts()
    texts.extend([Text(body="We visit older people at home"), Text(body="Прибирання парку")])
    query = texts.query("Люблю старші люди, прибирати та зебри; Older!")

    assert met(texts, query, [0]) == [("старші", "люди", "Older")]
    assert met(texts, query, [1]) == [("прибирати",)]


def test_a_word_that_shares_a_few_letters_is_not_met():
    texts = Texts()
    texts.extend([Text(body="plantation"), Text(body="stationery")])
    query = texts.query("plantations stations")

    assert met(texts, query, [0]) == [("plantations",)]
    assert met(texts, query, [1]) == [()]


def test_the_concepts_name_causes_that_there_are():
    path = Path(__file__).parents[2] / "models" / "vocabularies" / "causes.json"
    known = json.loads(path.read_text(encoding="utf-8"))

    assert set(lexicon().causes) - {cause["code"] for cause in known} == set()


def test_a_need_without_words_is_met_by_its_cause():
    texts = Texts()
    texts.extend([Text(title="x1", causes=frozenset({"AnimalWelfare"})), Text(title="y2")])

    assert (texts.similarities(texts.query("люблю собак"), np.arange(2)) > 0).tolist() == [True, False]
