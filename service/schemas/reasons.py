"""Reasons in words: the ranking gives codes and what they are about, the reader gets a short phrase."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from service.i18n import say, say_count
from service.schemas.phrases import distance, hours, name_codes, name_times, quote_each

# From this part of the radius on, a need is nearly as far away as its volunteer would go.
AT_THE_EDGE = 0.8

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


def _listed(params: Params, name: str = "codes") -> list[str]:
    return str(params[name]).split(",")


def _words(language: str, params: Params) -> str:
    return say(language, "you wrote: %(words)s", words=quote_each(_listed(params, "words"), language))


def _similar_text(language: str, _params: Params) -> str:
    return say(language, "it is about what you wrote about")


def _causes(language: str, params: Params) -> str:
    causes = name_codes("causes", _listed(params), language)
    return say(language, "you care about %(causes)s", causes=causes)


def _skills(language: str, params: Params) -> str:
    return say(
        language, "you can do this: %(skills)s", skills=name_codes("skills", _listed(params), language)
    )


def _near(language: str, params: Params) -> str:
    return say(language, "near you: %(distance)s", distance=distance(float(params["km"]), language))


def _far(language: str, params: Params) -> str:
    km = float(params["km"])
    if km >= AT_THE_EDGE * float(params.get("radius_km", math.inf)):
        return say(
            language, "%(distance)s away, nearly as far as you would go", distance=distance(km, language)
        )
    return say(language, "%(distance)s away", distance=distance(km, language))


def _remote(language: str, _params: Params) -> str:
    return say(language, "you can do it from anywhere")


def _time(language: str, params: Params) -> str:
    return say(language, "you are free %(times)s", times=name_times(_listed(params, "slots"), language))


def _language(language: str, params: Params) -> str:
    if params["code"] == language:
        return say(language, "written in your language")
    name = name_codes("languages", [str(params["code"])], language)
    return say(language, "in a language you read: %(name)s", name=name)


def _other_language(language: str, params: Params) -> str:
    name = name_codes("languages", [str(params["code"])], language)
    return say(language, "written in another language: %(name)s", name=name)


def _little_time(language: str, params: Params) -> str:
    return say(language, "takes little time: %(hours)s a week", hours=hours(float(params["hours"]), language))


def _much_time(language: str, params: Params) -> str:
    return say(language, "takes a good deal of time: %(hours)s a week",
               hours=hours(float(params["hours"]), language))  # fmt: skip


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
    return say(language, "has no volunteer yet")


def _places(language: str, params: Params) -> str:
    return say_count(language, "%(count)s place left", "%(count)s places left", int(params["places"]))


def _accepted_there(language: str, _params: Params) -> str:
    return say(language, "you have said yes to this organisation before")


def _like_accepted(language: str, params: Params) -> str:
    causes = name_codes("causes", _listed(params), language)
    return say(language, "like what you said yes to before: %(causes)s", causes=causes)


def _like_declined(language: str, params: Params) -> str:
    causes = name_codes("causes", _listed(params), language)
    return say(language, "you said no to something similar: %(causes)s", causes=causes)


def _declined_there(language: str, _params: Params) -> str:
    return say(language, "you said no to another need of this organisation")


def _no_common_words(language: str, _params: Params) -> str:
    return say(language, "does not mention what you wrote about")


def _no_common_cause(language: str, params: Params) -> str:
    causes = name_codes("causes", _listed(params), language)
    return say(language, "not among your causes: %(causes)s", causes=causes)


def _missing_skill(language: str, params: Params) -> str:
    skills = name_codes("skills", _listed(params), language)
    return say(language, "asks for skills you have not named: %(skills)s", skills=skills)


def _requirement(language: str, params: Params) -> str:
    asked = name_codes("requirements", _listed(params), language)
    return say(language, "asked for beforehand: %(requirements)s", requirements=asked)


def _language_missing(language: str, _params: Params) -> str:
    return say(language, "asks for a language that you have not named")


def _other_location_type(language: str, _params: Params) -> str:
    return say(language, "not of the kind you look for: on site, partly from home or from anywhere")


def _too_far(language: str, _params: Params) -> str:
    return say(language, "farther off than you want to go")


def _wrong_time(language: str, _params: Params) -> str:
    return say(language, "at times when you are not free")


def _invited(language: str, _params: Params) -> str:
    return say(language, "this organisation invited you")


# One for each code of matching.reasons.REASON_CODES, and for each rule of matching.eligibility that
# volunteers may pass when they choose a need by themselves (operations/choosing.py); and for an invitation.
WORDINGS: dict[str, Wording] = {
    "text": _words,
    "similar_text": _similar_text,
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
    "accepted_there": _accepted_there,
    "like_accepted": _like_accepted,
    "no_common_words": _no_common_words,
    "no_common_cause": _no_common_cause,
    "missing_skill": _missing_skill,
    "far": _far,
    "other_language": _other_language,
    "much_time": _much_time,
    "requirement": _requirement,
    "like_declined": _like_declined,
    "declined_there": _declined_there,
    "language_missing": _language_missing,
    "location_type": _other_location_type,
    "too_far": _too_far,
    "wrong_time": _wrong_time,
    "invited": _invited,
}
