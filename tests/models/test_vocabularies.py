"""The vocabularies: complete in three languages, every code once, and slots that survive being a mask."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vocabularies import NAMES, codes, entries, label, slot_codes, slots_mask

CYRILLIC = re.compile(r"[а-яёіїєґ]", re.IGNORECASE)
LATIN = re.compile(r"[a-z]", re.IGNORECASE)
UKRAINIAN_ONLY = re.compile(r"[іїєґ]", re.IGNORECASE)
RUSSIAN_ONLY = re.compile(r"[ыэёъ]", re.IGNORECASE)
SLOTS = sorted(codes("slots"))


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_has_words_in_three_languages_without_stray_spaces(name):
    for entry in entries(name):
        assert set(entry.labels) == {"en", "uk", "ru"}, entry.code
        assert all(words and words == words.strip() for words in entry.labels.values()), entry.code


@pytest.mark.parametrize("name", NAMES)
def test_english_is_latin_and_the_others_are_cyrillic(name):
    for entry in entries(name):
        assert not CYRILLIC.search(entry.labels["en"]), entry.code
        assert LATIN.search(entry.labels["en"]), entry.code
        for language in ("uk", "ru"):
            assert CYRILLIC.search(entry.labels[language]), entry.code
            assert not LATIN.search(entry.labels[language]), entry.code


@pytest.mark.parametrize("name", NAMES)
def test_no_ukrainian_letter_in_russian_words_and_the_other_way_round(name):
    for entry in entries(name):
        assert not RUSSIAN_ONLY.search(entry.labels["uk"]), entry.code
        assert not UKRAINIAN_ONLY.search(entry.labels["ru"]), entry.code


@pytest.mark.parametrize("name", NAMES)
def test_every_code_and_every_label_stands_once(name):
    assert len(codes(name)) == len(entries(name))
    for language in ("en", "uk", "ru"):
        words = [entry.labels[language].casefold() for entry in entries(name)]
        assert len(set(words)) == len(words), sorted(word for word in words if words.count(word) > 1)


@pytest.mark.parametrize("name", ["skills", "requirements", "rewards", "accessibility", "decline_reasons"])
def test_codes_of_our_own_are_snake_case(name):
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes(name))


def test_causes_nest_under_causes_and_carry_known_classifications():
    for entry in entries("causes"):
        assert re.fullmatch(r"([A-Z][a-z]+)+|LGBT", entry.code)
        assert entry.extras.get("broader", "Community") in codes("causes")
        assert entry.extras.get("icnptso", "L") in set("ABCDEFGHIJKL")
        assert set(entry.extras.get("sdg", [])) <= set(range(1, 18))


def test_no_cause_is_broader_than_itself():
    broader = {entry.code: entry.extras.get("broader", "") for entry in entries("causes")}
    for code in broader:
        climbed = [code]
        while above := broader[climbed[-1]]:
            assert above not in climbed
            climbed.append(above)


def test_esco_addresses_are_used_once():
    addresses = [entry.extras["esco"] for entry in entries("skills") if "esco" in entry.extras]

    assert len(set(addresses)) == len(addresses)
    assert all(re.fullmatch(r"http://data\.europa\.eu/esco/skill/[0-9a-f-]{36}", one) for one in addresses)


def test_skills_of_one_group_stand_together():
    groups = [entry.extras["group"] for entry in entries("skills")]
    runs = 1 + sum(earlier != later for earlier, later in pairwise(groups))

    assert runs == len(set(groups))


def test_decline_reasons_are_those_of_the_contract():
    assert codes("decline_reasons") == {
        "too_far", "wrong_time", "not_interested", "skills", "already_busy", "other",
    }  # fmt: skip


def test_slots_run_from_monday_morning_to_sunday_evening():
    ordered = entries("slots")

    assert [entry.extras["index"] for entry in ordered] == list(range(21))
    assert (ordered[0].code, ordered[5].code, ordered[20].code) == (
        "MondayMorning",
        "TuesdayEvening",
        "SundayEvening",
    )


def test_a_slot_is_the_bit_of_its_weekday_times_three_and_its_part():
    assert slots_mask([]) == 0
    assert slots_mask(["MondayMorning", "WednesdayAfternoon"]) == 1 | 1 << (2 * 3 + 1)


@given(st.lists(st.sampled_from(SLOTS)))
def test_slots_come_back_from_a_mask_once_and_in_order(slots):
    back = slot_codes(slots_mask(slots))

    assert set(back) == set(slots)
    assert list(back) == [entry.code for entry in entries("slots") if entry.code in slots]


@pytest.mark.parametrize("mask", [-1, 1 << 21])
def test_a_bit_that_stands_for_no_slot_is_refused(mask):
    with pytest.raises(ValueError, match="21 slots"):
        slot_codes(mask)


def test_labels_speak_the_readers_language_and_english_where_they_do_not_know_it():
    assert label("causes", "AnimalWelfare", "uk") == "Допомога тваринам"
    assert label("languages", "uk", "ru") == "украинский"
    assert label("causes", "AnimalWelfare", "de") == "Animal welfare"


def test_unknown_vocabularies_and_codes_are_refused():
    with pytest.raises(KeyError):
        entries("colours")
    with pytest.raises(KeyError):
        label("causes", "Nonsense", "en")
