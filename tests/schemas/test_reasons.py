"""Reasons in words: every code in every language, with names and numbers as each language writes them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from matching.index import Index
from matching.made_up import AT, openings, people
from matching.ranking import rank
from matching.reasons import REASON_CODES
from service.i18n import LANGUAGES, catalogue
from service.schemas.reasons import WORDINGS, show_reasons, word_reason

EXAMPLES: dict[str, dict[str, Any]] = {
    "text": {"words": "older people"},
    "cause": {"codes": "OlderPeople"},
    "skill": {"codes": "first_aid,gardening"},
    "near": {"km": 1.2},
    "remote": {},
    "time": {"slots": "TuesdayEvening"},
    "language": {"code": "uk"},
    "little_time": {"hours": 1.5},
    "new": {"days": 3},
    "starts_soon": {"days": 2},
    "no_volunteer_yet": {},
    "places": {"places": 5},
    "no_common_words": {},
    "no_common_cause": {"codes": "Health"},
    "missing_skill": {"codes": "first_aid"},
    "far": {"km": 12.0},
    "other_language": {"code": "de"},
    "much_time": {"hours": 8},
    "requirement": {"codes": "background_check"},
}
CYRILLIC = re.compile(r"[а-яіїєґ]", re.IGNORECASE)


def words(code, params, language="en"):
    return word_reason(code, tuple(params.items()), language)


def test_every_code_of_the_ranking_has_words_and_an_example():
    assert set(WORDINGS) == set(REASON_CODES) == set(EXAMPLES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", REASON_CODES)
def test_every_code_is_said_in_every_language(code, language):
    said = words(code, EXAMPLES[code], language)

    own = said.replace("older people", "")
    assert bool(CYRILLIC.search(own)) == (language != "en"), said
    assert "%" not in said


@pytest.mark.parametrize("language", ["uk", "ru"])
@pytest.mark.parametrize("code", REASON_CODES)
def test_every_phrase_is_translated_and_not_taken_from_english(code, language, monkeypatch):
    for days in (0, 1, 2, 5):
        asked: list[tuple[tuple[str, ...], str]] = []
        translations = catalogue(language)
        monkeypatch.setattr(
            "service.i18n.catalogue", lambda _, kept=translations, log=asked: _Listening(kept, log)
        )
        WORDINGS[code](language, EXAMPLES[code] | ({"days": days} if "days" in EXAMPLES[code] else {}))
        assert asked
        assert all(told not in english for english, told in asked)


class _Listening:
    """A catalogue that notes what it was asked and what it said."""

    def __init__(self, kept, log):
        self.kept, self.log = kept, log

    def ugettext(self, text):
        told = self.kept.ugettext(text)
        self.log.append(((text,), told))
        return told

    def ungettext(self, one, many, count):
        told = self.kept.ungettext(one, many, count)
        self.log.append(((one, many), told))
        return told


@pytest.mark.parametrize(
    ("code", "params", "english", "ukrainian"),
    [
        ("near", {"km": 1.2}, "near you: 1.2 km", "поруч із вами: 1,2 км"),
        ("text", {"words": "старші люди"}, "you wrote: старші люди", "ви писали: старші люди"),
        ("new", {"days": 0}, "just published", "щойно опубліковано"),
        ("new", {"days": 1}, "published 1 day ago", "опубліковано 1 день тому"),
        ("new", {"days": 3}, "published 3 days ago", "опубліковано 3 дні тому"),
        ("new", {"days": 11}, "published 11 days ago", "опубліковано 11 днів тому"),
        ("much_time", {"hours": 7.5}, "takes much time: 7.5 h a week", "багато часу: 7,5 год на тиждень"),
        ("cause", {"codes": "OlderPeople"}, "you care about: Older people", None),
        (
            "time",
            {"slots": "MondayMorning,TuesdayEvening,FridayMorning,SundayEvening,SundayMorning"},
            "you are free: Monday morning; Tuesday evening; Friday morning and 2 more",
            None,
        ),
    ],
)
def test_names_and_numbers_are_those_of_the_language(code, params, english, ukrainian):
    assert words(code, params) == english
    if ukrainian:
        assert words(code, params, "uk") == ukrainian


def test_a_code_that_nobody_knows_any_more_is_left_out():
    kept = [
        {"code": "gone", "weight": 0.2, "params": {}},
        {"code": "remote", "weight": 0.1, "params": {}},
    ]

    assert show_reasons(kept, "en") == [
        {"code": "remote", "text": "can be done from anywhere", "weight": 0.1}
    ]


def test_what_the_ranking_really_says_can_be_said_in_every_language():
    index = Index.build(openings(300, seed=5))
    said = [
        reason
        for person in people(30, seed=6)
        for one in rank(person, index, at=AT)
        for reason in one.reasons
    ]

    assert len({one.code for one in said}) > 10
    for language in LANGUAGES:
        for one in said:
            assert word_reason(one.code, tuple(one.params.items()), language)
