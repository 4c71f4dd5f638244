"""Why a need is proposed: the parts of its utility as codes with what they are about, no words.

Each feature's contribution (`matching.model`) is told by at most one reason, whose `weight` is exactly
that contribution: above 0 it speaks for the need, below 0 against it. A reason is told only where what it
says is true of this pair, whatever the model made of it: a learned table may find the far end of a radius
good or a free Tuesday bad, and then nothing is said. So reasons need not add up; the contributions of a
`Match` do. Lists within params are joined by commas.

For:

- ``text`` {words}: the volunteer's own words, as they wrote them, that the need holds or means
- ``similar_text`` {}: its text means something like what the volunteer wrote, in other words
- ``cause`` {codes}: causes in common
- ``skill`` {codes}: asked skills that the volunteer has, at the level or below it
- ``near`` {km}: kilometres, to one decimal place; within half of their radius, and `NEAR_KM`
- ``remote`` {}: can be done from anywhere
- ``time`` {slots}: names of the slots in common (TuesdayEvening)
- ``language`` {code}: the language the need is written in, which the volunteer reads
- ``little_time`` {hours}: hours a week, at most `LITTLE_HOURS`
- ``new`` {days}: full days since publication, at most 14
- ``starts_soon`` {days}: full days until the start, at most 14
- ``no_volunteer_yet`` {}: nobody has come of it, and it stands higher for that: fair exposure's own term
- ``places`` {places}: how many places are left, two or more
- ``accepted_there`` {}: the volunteer said yes to a need of this organisation before
- ``like_accepted`` {codes}: causes of the need, which needs that the volunteer said yes to have, too

Against:

- ``no_common_words`` {}: nothing that the volunteer wrote is found in it
- ``no_common_cause`` {codes}: the need's causes, none of them the volunteer's
- ``missing_skill`` {codes}: asked skills that the volunteer has not listed, at that level
- ``far`` {km, radius_km}: kilometres, to one decimal place, of those that they would go; not `near`
- ``other_language`` {code}: the language the need is written in
- ``much_time`` {hours}: hours a week, more than `LITTLE_HOURS`
- ``requirement`` {codes}: what is asked for beforehand
- ``like_declined`` {codes}: causes of the need, which needs that the volunteer said no to have, too
- ``declined_there`` {}: the volunteer said no to another need of this organisation
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from matching.arrays import Floats
from matching.facts import Pair
from matching.features import FEATURES, NEW_DAYS, SOON_DAYS, has_skill
from matching.profiles import LOCATION_TYPES, REMOTE
from matching.rows import UNKNOWN
from matching.taste import is_same_organisation, shared_causes
from matching.times import ALL_SLOTS, slot_names
from matching.words import spelled_runs

Params = dict[str, str | int | float]

FOR_CODES = (
    "text", "similar_text", "cause", "skill", "near", "remote", "time", "language", "little_time",
    "new", "starts_soon", "no_volunteer_yet", "places", "accepted_there", "like_accepted",
)  # fmt: skip
AGAINST_CODES = (
    "no_common_words", "no_common_cause", "missing_skill", "far", "other_language", "much_time",
    "requirement", "like_declined", "declined_there",
)  # fmt: skip
REASON_CODES = FOR_CODES + AGAINST_CODES

#: So many hours a week are little: an afternoon.
LITTLE_HOURS = 5.0

_REMOTE = LOCATION_TYPES.index(REMOTE)
_FEW_PLACES = 2
#: From this likeness of meaning on, a text is about what somebody wrote about.
_ALIKE = 0.35


class Reason(NamedTuple):
    """One thing that speaks for a need (weight above 0) or against it (below 0)."""

    code: str
    weight: float
    params: Params


Told = tuple[str, Params] | None


def largest_first(contributions: Floats) -> list[list[int]]:
    """Put the features of each row in order of what they added, equals in their own."""
    order: list[list[int]] = np.argsort(-contributions, axis=1, kind="stable").tolist()
    return order


def reasons_of(
    pair: Pair,
    contributions: Sequence[float],
    order: Sequence[int],
    *,
    most_for: int = 5,
    most_against: int = 2,
) -> tuple[Reason, ...]:
    """Tell the largest contributions, those for the need first; each side's largest first.

    `order` numbers the features in order of what they added (`largest_first`).
    """
    told: list[Reason] = []
    for feature in order:
        weight = contributions[feature]
        if weight <= 0 or len(told) == most_for:
            break
        said = _IN_ORDER[feature](pair, weight)
        if said is not None:
            told.append(Reason(said[0], weight, said[1]))
    most = len(told) + most_against
    for feature in reversed(order):
        weight = contributions[feature]
        if weight >= 0 or len(told) == most:
            break
        said = _IN_ORDER[feature](pair, weight)
        if said is not None:
            told.append(Reason(said[0], weight, said[1]))
    return tuple(told)


def _text(pair: Pair, weight: float) -> Told:
    if weight > 0:
        if pair.words:
            return "text", {"words": _kept_together(pair.asking.person.interests, pair.words)}
        return ("similar_text", {}) if pair.alike >= _ALIKE else None
    has_something = pair.words or pair.alike >= _ALIKE or not pair.asking.query.spelled
    return None if has_something else ("no_common_words", {})


@lru_cache(maxsize=4096)  # many needs of one list meet the same words
def _kept_together(interests: str, words: tuple[str, ...]) -> str:
    """Keep together what stood together: who wrote "older people" is not told "older" and "people"."""
    found = spelled_runs(interests, words)
    return ",".join(list({phrase.casefold(): phrase for phrase in reversed(found)}.values())[::-1])


def _cause(pair: Pair, weight: float) -> Told:
    own = pair.asking.person.causes
    causes = pair.rows.causes.at(pair.causes)
    common = causes & own
    if weight > 0:
        return ("cause", _codes(common)) if common else None
    return ("no_common_cause", _codes(causes)) if causes and own and not common else None


def _skill(pair: Pair, weight: float) -> Told:
    asked, had = pair.rows.skills.at(pair.skills), dict(pair.asking.person.skills)
    if weight > 0:
        code, codes = "skill", {code for code, _ in asked if code in had}
    else:
        code, codes = "missing_skill", {one[0] for one in asked if not has_skill(had, *one)}
    return (code, _codes(codes)) if codes else None


def _codes(codes: Collection[str]) -> Params:
    return {"codes": ",".join(sorted(codes)) if len(codes) > 1 else next(iter(codes))}


def _closeness(pair: Pair, weight: float) -> Told:
    if pair.location == _REMOTE:
        return ("remote", {}) if weight > 0 else None
    if math.isnan(pair.km) or pair.is_near != (weight > 0):
        return None
    km = round(pair.km, 1)
    return ("near", {"km": km}) if weight > 0 else ("far", {"km": km, "radius_km": pair.person.radius_km})


def _time(pair: Pair, weight: float) -> Told:
    common = pair.slots & pair.asking.person.slots
    # A need of many weeks touches every slot, and nothing narrower is known of it.
    told = weight > 0 and common and pair.slots != ALL_SLOTS
    return ("time", {"slots": _named_slots(common)}) if told else None


@lru_cache(maxsize=1 << 14)
def _named_slots(slots: int) -> str:
    return ",".join(slot_names(slots))


def _language(pair: Pair, weight: float) -> Told:
    if pair.text_language == UNKNOWN:
        return None
    person = pair.asking.person
    code = pair.rows.text_language_codes[pair.text_language]
    reads = code == person.language or any(code == one for one, _ in person.languages)
    if reads != (weight > 0):
        return None
    return "language" if reads else "other_language", {"code": code}


def _commitment(pair: Pair, weight: float) -> Told:
    hours = round(pair.hours, 1)
    if not hours > 0 or (hours <= LITTLE_HOURS) != (weight > 0):
        return None
    return "little_time" if weight > 0 else "much_time", {"hours": hours}


def _freshness(pair: Pair, weight: float) -> Told:
    days = pair.days_published
    return ("new", {"days": days}) if weight > 0 and 0 <= days <= NEW_DAYS else None


def _soon(pair: Pair, weight: float) -> Told:
    days = pair.days_to_start
    return ("starts_soon", {"days": days}) if weight > 0 and 0 <= days <= SOON_DAYS else None


def _places(pair: Pair, weight: float) -> Told:
    places = pair.places
    return ("places", {"places": places}) if weight > 0 and places >= _FEW_PLACES else None


def _ease(pair: Pair, weight: float) -> Told:
    asked = pair.rows.requirements.at(pair.requirements)
    return ("requirement", _codes(asked)) if weight < 0 and asked else None


def _like_accepted(pair: Pair, weight: float) -> Told:
    if weight < 0:
        return None
    if is_same_organisation(pair.rows, pair.row, pair.person.accepted):
        return "accepted_there", {}
    common = shared_causes(pair.rows, pair.row, pair.person.accepted)
    return ("like_accepted", _codes(common)) if common else None


def _unlike_declined(pair: Pair, weight: float) -> Told:
    if weight > 0:
        return None
    common = shared_causes(pair.rows, pair.row, pair.person.declined)
    if common:
        return "like_declined", _codes(common)
    there = is_same_organisation(pair.rows, pair.row, pair.person.declined)
    return ("declined_there", {}) if there else None


_TELLERS: dict[str, Callable[[Pair, float], Told]] = {
    "text": _text,
    "cause": _cause,
    "skill": _skill,
    "closeness": _closeness,
    "time": _time,
    "language": _language,
    "commitment": _commitment,
    "freshness": _freshness,
    "soon": _soon,
    "untaken": lambda _pair, _weight: None,  # told where it moved the need up: `matching.ranking`
    "places": _places,
    "ease": _ease,
    "like_accepted": _like_accepted,
    "unlike_declined": _unlike_declined,
}
_IN_ORDER = tuple(_TELLERS[name] for name in FEATURES)
