"""Advice on a need in words: what keeps it from finding people, and how many more a change would reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matching.advice import Advice
from matching.hints import ADVICE_CODES, Hint
from matching.reasons import Params
from models import Need
from service.errors import N_
from service.i18n import say, say_count
from service.schemas.fields import Flag, Id, OneOf, Part, Schema, Several, Text, Whole
from service.schemas.phrases import name_codes, name_times, quote_each

MOST_PEOPLE = 2_000_000_000
_AT_LEAST = "At least so many, in steps of five; null for few, and where no numbers are told"


class HintShown(Schema):
    """One thing that keeps people from a need, and what would help."""

    code = OneOf(ADVICE_CODES, required=True)
    text = Text(most=2000, required=True, metadata={"description": "In the reader's language"})
    more = Whole(
        least=0,
        most=MOST_PEOPLE,
        allow_none=True,
        required=True,
        metadata={"description": f"How many more volunteers the change would reach. {_AT_LEAST}"},
    )


class AdviceShown(Schema):
    """What keeps a need from finding people, what matters most first."""

    need_id = Id(required=True)
    counted = Flag(
        required=True, metadata={"description": "Volunteers are counted for verified organisations only"}
    )
    reach = Whole(
        least=0,
        most=MOST_PEOPLE,
        allow_none=True,
        required=True,
        metadata={
            "description": f"How many volunteers it suits by place, time, age and language. {_AT_LEAST}"
        },
    )
    suits = Whole(
        least=0,
        most=MOST_PEOPLE,
        allow_none=True,
        required=True,
        metadata={
            "description": f"How many of these share a cause, a skill or a subject with it. {_AT_LEAST}"
        },
    )
    text = Text(
        most=2000, required=True, metadata={"description": "The two numbers, in the reader's language"}
    )
    items = Several(Part(HintShown), most=len(ADVICE_CODES) * 10, required=True)
    next_cursor = Text(most=1000, allow_none=True, required=True)


def show_advice(need: Need, advice: Advice, language: str) -> dict[str, Any]:
    """Put advice into the reader's language."""
    return {
        "need_id": need.id,
        "counted": advice.is_counted,
        "reach": advice.reach,
        "suits": advice.suits,
        "text": word_reach(advice, language),
        "items": [
            {"code": one.code, "text": word_hint(one, need.language, language), "more": one.more}
            for one in advice.hints
        ],
        "next_cursor": None,
    }


def word_reach(advice: Advice, language: str) -> str:
    """Say how many a need reaches, and how many of them it suits."""
    if not advice.is_counted:
        return say(language, "How many volunteers it reaches is told once the organisation is verified.")
    if advice.reach is None:
        return say(language, "As it is, it reaches only a few volunteers.")
    told = say_count(
        language,
        "As it is, it reaches at least %(count)s volunteer.",
        "As it is, it reaches at least %(count)s volunteers.",
        advice.reach,
    )
    if advice.suits is None:
        return f"{told} {say(language, 'Only a few of them care about what it is about.')}"
    suits = say_count(
        language,
        "At least %(count)s of them cares about what it is about.",
        "At least %(count)s of them care about what it is about.",
        advice.suits,
    )
    return f"{told} {suits}"


def word_hint(hint: Hint, text_language: str, language: str) -> str:
    """Put a hint into words, with how many more the change would reach where that is told."""
    if hint.code in _WORDINGS:
        told = _WORDINGS[hint.code](language, hint.params)
    else:
        told = say(language, _PLAIN[hint.code])
    if hint.more is None:
        return told
    if hint.code == "text_language":
        return f"{_strangers(hint, text_language, language)} {told}"
    if hint.code in ("no_causes", "too_far"):
        return f"{told} {_people(hint.more, language)}"
    return f"{told} {_more(hint.more, language)}"


def _more(count: int, language: str) -> str:
    return say_count(
        language,
        "That would reach at least %(count)s more volunteer.",
        "That would reach at least %(count)s more volunteers.",
        count,
    )


def _people(count: int, language: str) -> str:
    return say_count(
        language,
        "This is about at least %(count)s volunteer.",
        "This is about at least %(count)s volunteers.",
        count,
    )


def _strangers(hint: Hint, text_language: str, language: str) -> str:
    return say_count(
        language,
        "At least %(count)s volunteer whom it reaches does not read its language (%(name)s).",
        "At least %(count)s volunteers whom it reaches do not read its language (%(name)s).",
        hint.more or 0,
        name=name_codes("languages", [text_language], language),
    )


def _text_language(language: str, params: Params) -> str:
    name = name_codes("languages", [str(params["code"])], language)
    return say(language, "They read this one: %(name)s. Could you say it in both?", name=name)


def _more_time(language: str, params: Params) -> str:
    times = name_times([str(params["slot"])], language)
    return say(language, "Could it be done %(times)s, too?", times=times)


def _minimum_age(language: str, params: Params) -> str:
    if not params["age"]:
        return say(language, "Could it do without a least age?")
    return say(language, "Could people come from the age of %(age)s on?", age=params["age"])


def _languages(language: str, params: Params) -> str:
    name = name_codes("languages", [str(params["code"])], language)
    return say(language, "Is this language really needed: %(name)s?", name=name)


def _unusual_words(language: str, params: Params) -> str:
    words = quote_each(str(params["words"]).split(","), language)
    return say(
        language, "Volunteers hardly ever use these words: %(words)s. Say it as you would to a neighbour.",
        words=words,
    )  # fmt: skip


def _short_text(language: str, params: Params) -> str:
    return say_count(
        language,
        "The text has only %(count)s word. Say what one does there, with whom, and what it is good for.",
        "The text has only %(count)s words. Say what one does there, with whom, and what it is good for.",
        int(params["words"]),
    )


def _little_notice(language: str, params: Params) -> str:
    if not params["days"]:
        return say(language, "There is less than a day left. Many need a week or two to make room.")
    return say_count(
        language,
        "There is %(count)s day left. Many need a week or two to make room.",
        "There are %(count)s days left. Many need a week or two to make room.",
        int(params["days"]),
    )


def _requirement(language: str, params: Params) -> str:
    asked = name_codes("requirements", str(params["codes"]).split(","), language)
    return say(
        language,
        "Each thing asked for beforehand puts some people off (%(asked)s). "
        "Ask for what must be, and say how you help with it.",
        asked=asked,
    )


_PLAIN = {
    "unverified": N_("Nobody sees it until the volunteer centre has verified the organisation."),
    "draft": N_("It is a draft: nobody sees it until you publish it."),
    "closed": N_("It is closed: nobody is asked any more."),
    "full": N_("All places are taken. With more places, more people could come."),
    "not_yet": N_("Nobody sees it before its publish date."),
    "over": N_("Its time has passed. With new dates it can be found again."),
    "no_place": N_("It does not say where it is: put it on the map, and people nearby will be asked."),
    "remote": N_("Could it be done from home?"),
    "hybrid": N_("Could a part of it be done from home?"),
    "too_far": N_("For some, it is just beyond the way they would go. Could it be nearer to them, or could "
                  "you pay or share the ride?"),
    "any_time": N_("Could people choose the time themselves?"),
    "maximum_age": N_("Could it do without an upper age?"),
    "age": N_("Could it do without asking an age? Many have not said theirs."),
    "no_causes": N_("It names no cause, and many look by causes. Name one to three."),
    "no_subject": N_("The text does not say plainly what it is about. Name whom it helps, and how."),
    "no_skills": N_("It names no skills. Name those that help, and people who have them will find it."),
    "no_dates": N_("It does not say when. Name dates, times of the week or hours a week."),
    "one_place": N_("There is one place only. Many like to come in twos."),
}  # fmt: skip

_WORDINGS: dict[str, Callable[[str, Params], str]] = {
    "text_language": _text_language,
    "more_time": _more_time,
    "minimum_age": _minimum_age,
    "languages": _languages,
    "unusual_words": _unusual_words,
    "short_text": _short_text,
    "little_notice": _little_notice,
    "requirement": _requirement,
}
