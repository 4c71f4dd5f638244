"""Parts of phrases in the reader's language: lists, names of codes, times of the week, distances, hours."""

from __future__ import annotations

from collections.abc import Iterable

from babel.lists import format_list
from babel.units import format_unit

from matching.times import DAYS, PARTS
from models.vocabularies import codes, label
from service.errors import N_
from service.i18n import say

# More than so many things of a kind are counted, not named.
MOST_NAMED = 3
# British English, as the texts are written: no comma before the last of a list.
_LOCALES = {"en": "en_GB"}
_WHOLE_KM = 10

# Translators: each stands in "you are free %(times)s"; the part of the day comes last.
_ON_DAY = {
    "Monday": N_("on Monday %(part)s"),
    "Tuesday": N_("on Tuesday %(part)s"),
    "Wednesday": N_("on Wednesday %(part)s"),
    "Thursday": N_("on Thursday %(part)s"),
    "Friday": N_("on Friday %(part)s"),
    "Saturday": N_("on Saturday %(part)s"),
    "Sunday": N_("on Sunday %(part)s"),
}
# Translators: when on that day, as in "on Monday morning".
_PARTS = {"Morning": N_("morning"), "Afternoon": N_("afternoon"), "Evening": N_("evening")}


def name_codes(vocabulary: str, listed: Iterable[str], language: str) -> str:
    """Name codes within a phrase, the first few of them; a code that is gone stands as it is."""
    known = codes(vocabulary)
    names = [label(vocabulary, one, language) if one in known else one for one in listed]
    return join_names([within_phrase(one, language, vocabulary) for one in names], language)


def within_phrase(name: str, language: str, vocabulary: str) -> str:
    """Write a label as it stands within a phrase: small, but for abbreviations and English language names."""
    is_proper = vocabulary == "languages" and language == "en"
    return name if is_proper or name[1:2].isupper() else name[:1].lower() + name[1:]


def join_names(names: list[str], language: str) -> str:
    """Join names as the language does; where one of them says "and" itself, by semicolons."""
    shown, left = names[:MOST_NAMED], len(names) - MOST_NAMED
    if left > 0:
        told = (", " if not _have_and(shown, language) else "; ").join(shown)
        return say(language, "%(names)s and %(count)s more", names=told, count=left)
    if _have_and(shown, language):
        return "; ".join(shown)
    return format_list(shown, locale=_LOCALES.get(language, language))


def _have_and(names: list[str], language: str) -> bool:
    conjunctions = {"en": (" and ",), "uk": (" і ", " та ", " й "), "ru": (" и ",)}[language]
    return any(one in name for one in conjunctions for name in names)


def quote_each(words: Iterable[str], language: str) -> str:
    """Quote what somebody wrote, each in the quotation marks of the reader's language."""
    quoted = [say(language, "“%(words)s”", words=one) for one in words]
    return join_names(quoted, language)


def name_times(slots: Iterable[str], language: str) -> str:
    """Say on which days and when: "on Tuesday evening and on Saturday morning"."""
    told = []
    for slot in slots:
        day = next(one for one in DAYS if slot.startswith(one))
        part = next(one for one in PARTS if slot.endswith(one))
        told.append(say(language, _ON_DAY[day], part=say(language, _PARTS[part])))
    if len(told) > MOST_NAMED:
        return say(language, "%(times)s and at other times", times=", ".join(told[:MOST_NAMED]))
    joined = join_names(told, language)
    # "і" before "у": Ukrainian keeps vowels apart.
    return joined.replace(" і у ", " і в ") if language == "uk" else joined


def distance(km: float, language: str) -> str:
    """Write a distance: metres below one kilometre, whole kilometres from ten on."""
    shown = round(km) if km >= _WHOLE_KM else round(km, 1)
    if shown < 1:
        return format_unit(max(100, round(shown * 1000)), "length-meter", "short", locale=language)
    return format_unit(shown, "length-kilometer", "short", locale=language)


def hours(count: float, language: str) -> str:
    """Write a number of hours: "1.5 hours"."""
    return format_unit(round(count, 1), "duration-hour", "long", locale=language)
