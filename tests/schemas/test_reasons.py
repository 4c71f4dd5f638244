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
from service.operations.proposal_steps import MAY_BE_PASSED
from service.schemas.reasons import WORDINGS, show_reasons, word_reason

EXAMPLES: dict[str, dict[str, Any]] = {
    "text": {"words": "older people"},
    "similar_text": {},
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
    "accepted_there": {},
    "like_accepted": {"codes": "OlderPeople"},
    "no_common_words": {},
    "no_common_cause": {"codes": "Health"},
    "missing_skill": {"codes": "first_aid"},
    "far": {"km": 12.0, "radius_km": 15.0},
    "other_language": {"code": "de"},
    "much_time": {"hours": 8},
    "requirement": {"codes": "background_check"},
    "like_declined": {"codes": "Health"},
    "declined_there": {},
    "language_missing": {},
    "location_type": {},
    "too_far": {},
    "wrong_time": {},
    "invited": {},
}
CYRILLIC = re.compile(r"[а-яіїєґ]", re.IGNORECASE)


def words(code, params, language="en"):
    return word_reason(code, tuple(params.items()), language)


def test_every_code_of_the_ranking_has_words_and_an_example():
    assert set(WORDINGS) == {*REASON_CODES, *filter(None, MAY_BE_PASSED.values()), "invited"} == set(EXAMPLES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", EXAMPLES)
def test_every_code_is_said_in_every_language(code, language):
    said = words(code, EXAMPLES[code], language)

    own = said.replace("older people", "")
    assert bool(CYRILLIC.search(own)) == (language != "en"), said
    assert "%" not in said


@pytest.mark.parametrize("language", ["uk", "ru"])
@pytest.mark.parametrize("code", EXAMPLES)
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
    ("code", "params", "english", "ukrainian", "russian"),
    [
        ("near", {"km": 1.2}, "near you: 1.2 km", "поруч із вами: 1,2 км", "рядом с вами: 1,2 км"),
        ("near", {"km": 0.3}, "near you: 300 m", "поруч із вами: 300 м", "рядом с вами: 300 м"),
        ("near", {"km": 0.0}, "near you: 100 m", "поруч із вами: 100 м", "рядом с вами: 100 м"),
        ("far", {"km": 7.5, "radius_km": 12.0}, "7.5 km away", "за 7,5 км від вас", "в 7,5 км от вас"),
        # As proposals were kept before the radius was told.
        ("far", {"km": 12.4}, "12 km away", "за 12 км від вас", "в 12 км от вас"),
        (
            "far",
            {"km": 12.4, "radius_km": 15.0},
            "12 km away, nearly as far as you would go",
            "за 12 км від вас, майже на межі того, куди ви готові їхати",
            "в 12 км от вас, почти на пределе того, куда вы готовы ехать",
        ),
        (
            "text",
            {"words": "старші люди"},
            "you wrote: “старші люди”",
            "ви писали: «старші люди»",
            "вы писали: «старші люди»",
        ),
        (
            "text",
            {"words": "dogs,garden"},
            "you wrote: “dogs” and “garden”",
            "ви писали: «dogs» і «garden»",
            "вы писали: «dogs» и «garden»",
        ),
        ("new", {"days": 0}, "just published", "щойно опубліковано", "только что опубликовано"),
        ("new", {"days": 1}, "published 1 day ago", "опубліковано 1 день тому", None),
        ("new", {"days": 3}, "published 3 days ago", "опубліковано 3 дні тому", None),
        ("new", {"days": 11}, "published 11 days ago", "опубліковано 11 днів тому", None),
        (
            "much_time",
            {"hours": 7.5},
            "takes a good deal of time: 7.5 hours a week",
            "чимало часу: 7,5 години на тиждень",
            "немало времени: 7,5 часа в неделю",
        ),
        (
            "little_time",
            {"hours": 1.0},
            "takes little time: 1 hour a week",
            "небагато часу: 1 година на тиждень",
            "немного времени: 1 час в неделю",
        ),
        (
            "cause",
            {"codes": "Health,OlderPeople"},
            "you care about health and older people",
            "вам це небайдуже: здоров’я і літні люди",
            "вам это небезразлично: здоровье и пожилые люди",
        ),
        # Names that say "and" themselves are kept apart otherwise; an abbreviation stays one.
        (
            "cause",
            {"codes": "ArtsAndCulture,LGBT"},
            "you care about arts and culture; LGBT people",
            "вам це небайдуже: мистецтво і культура; ЛГБТ-люди",
            "вам это небезразлично: искусство и культура; ЛГБТ-сообщество",
        ),
        (
            "language",
            {"code": "uk"},
            "in a language you read: Ukrainian",
            "написано вашою мовою",
            "на языке, который вы знаете: украинский",
        ),
        (
            "time",
            {"slots": "TuesdayEvening"},
            "you are free on Tuesday evening",
            "ви вільні у вівторок увечері",
            "вы свободны во вторник вечером",
        ),
        (
            "time",
            {"slots": "WednesdayMorning,SaturdayAfternoon"},
            "you are free on Wednesday morning and on Saturday afternoon",
            "ви вільні у середу вранці і в суботу вдень",
            "вы свободны в среду утром и в субботу днём",
        ),
        (
            "time",
            {"slots": "MondayMorning,TuesdayEvening,FridayMorning,SundayEvening,SundayMorning"},
            "you are free on Monday morning, on Tuesday evening, on Friday morning and at other times",
            "ви вільні у понеділок вранці, у вівторок увечері, у п’ятницю вранці та в інший час",
            "вы свободны в понедельник утром, во вторник вечером, в пятницу утром и в другое время",
        ),
    ],
)
def test_names_and_numbers_are_those_of_the_language(code, params, english, ukrainian, russian):
    assert words(code, params).replace("\xa0", " ") == english
    assert words(code, params, "uk").replace("\xa0", " ") == ukrainian
    if russian:
        assert words(code, params, "ru").replace("\xa0", " ") == russian


def test_a_code_that_nobody_knows_any_more_is_left_out():
    kept = [
        {"code": "gone", "weight": 0.2, "params": {}},
        {"code": "remote", "weight": 0.1, "params": {}},
    ]

    assert show_reasons(kept, "en") == [
        {"code": "remote", "text": "you can do it from anywhere", "weight": 0.1}
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
