"""Reasons in words: the ranking gives codes and what they are about, the reader gets a short phrase."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from babel.numbers import format_decimal
from babel.units import format_unit

from models.vocabularies import codes, label
from service.i18n import say, say_count

# More than so many things of a kind are counted, not named.
MOST_NAMED = 3

Params = Mapping[str, str | int | float]
Wording = Callable[[str, Params], str]


def show_reasons(reasons: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Put kept reasons, [{code, weight, params}], into words; a code of a ranking long gone is left out."""
    return [
        {
            "code": one["code"],
            "text": word_reason(one["code"], tuple(one["params"].items()), language),
            "weight": one["weight"],
        }
        for one in reasons
        if one["code"] in WORDINGS
    ]


@lru_cache(maxsize=16384)
def word_reason(code: str, params: tuple[tuple[str, Any], ...], language: str) -> str:
    """Put one reason into words; KeyError where there are none for its code."""
    return WORDINGS[code](language, dict(params))


def _named(vocabulary: str, listed: str | float, language: str) -> str:
    """Name codes that are joined by commas, the first few of them."""
    wanted = str(listed).split(",")
    known = codes(vocabulary)
    return _some([label(vocabulary, one, language) if one in known else one for one in wanted], language)


def _some(names: list[str], language: str) -> str:
    shown = "; ".join(names[:MOST_NAMED])
    left = len(names) - MOST_NAMED
    if left <= 0:
        return shown
    return say(language, "%(names)s and %(count)s more", names=shown, count=left)


def _words(language: str, params: Params) -> str:
    return say(language, "you wrote: %(words)s", words=_some(str(params["words"]).split(","), language))


def _causes(language: str, params: Params) -> str:
    return say(language, "you care about: %(causes)s", causes=_named("causes", params["codes"], language))


def _skills(language: str, params: Params) -> str:
    return say(language, "you can: %(skills)s", skills=_named("skills", params["codes"], language))


def _near(language: str, params: Params) -> str:
    return say(language, "near you: %(distance)s", distance=_kilometres(params, language))


def _far(language: str, params: Params) -> str:
    return say(language, "far from you: %(distance)s", distance=_kilometres(params, language))


def _kilometres(params: Params, language: str) -> str:
    return format_unit(float(params["km"]), "length-kilometer", "short", locale=language)


def _remote(language: str, _params: Params) -> str:
    return say(language, "can be done from anywhere")


def _time(language: str, params: Params) -> str:
    return say(language, "you are free: %(slots)s", slots=_named("slots", params["slots"], language))


def _language(language: str, params: Params) -> str:
    return say(
        language, "you read its language: %(name)s", name=_named("languages", params["code"], language)
    )


def _other_language(language: str, params: Params) -> str:
    name = _named("languages", params["code"], language)
    return say(language, "written in another language: %(name)s", name=name)


def _little_time(language: str, params: Params) -> str:
    return say(language, "takes little time: %(hours)s h a week", hours=_hours(params, language))


def _much_time(language: str, params: Params) -> str:
    return say(language, "takes much time: %(hours)s h a week", hours=_hours(params, language))


def _hours(params: Params, language: str) -> str:
    return format_decimal(params["hours"], locale=language)


def _new(language: str, params: Params) -> str:
    if not params["days"]:
        return say(language, "just published")
    return say_count(
        language, "published %(count)s day ago", "published %(count)s days ago", int(params["days"])
    )


def _starts_soon(language: str, params: Params) -> str:
    if not params["days"]:
        return say(language, "starts within a day")
    return say_count(language, "starts in %(count)s day", "starts in %(count)s days", int(params["days"]))


def _no_volunteer_yet(language: str, _params: Params) -> str:
    return say(language, "nobody has come forward yet")


def _places(language: str, params: Params) -> str:
    return say_count(language, "%(count)s place left", "%(count)s places left", int(params["places"]))


def _no_common_words(language: str, _params: Params) -> str:
    return say(language, "not what you wrote about")


def _no_common_cause(language: str, params: Params) -> str:
    return say(language, "another cause: %(causes)s", causes=_named("causes", params["codes"], language))


def _missing_skill(language: str, params: Params) -> str:
    skills = _named("skills", params["codes"], language)
    return say(language, "asks for what you have not named: %(skills)s", skills=skills)


def _requirement(language: str, params: Params) -> str:
    asked = _named("requirements", params["codes"], language)
    return say(language, "asked for beforehand: %(requirements)s", requirements=asked)


# One for each code of matching.reasons.REASON_CODES.
WORDINGS: dict[str, Wording] = {
    "text": _words,
    "cause": _causes,
    "skill": _skills,
    "near": _near,
    "remote": _remote,
    "time": _time,
    "language": _language,
    "little_time": _little_time,
    "new": _new,
    "starts_soon": _starts_soon,
    "no_volunteer_yet": _no_volunteer_yet,
    "places": _places,
    "no_common_words": _no_common_words,
    "no_common_cause": _no_common_cause,
    "missing_skill": _missing_skill,
    "far": _far,
    "other_language": _other_language,
    "much_time": _much_time,
    "requirement": _requirement,
}
