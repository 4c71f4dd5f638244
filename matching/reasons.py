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
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

import numpy as np

from matching.arrays import Ints
from matching.asking import Asking
from matching.features import FEATURES, NEW_DAYS, SOON_DAYS, has_skill, kilometres_from
from matching.profiles import LOCATION_TYPES, REMOTE, Person
from matching.rows import Rows, microseconds
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

#: Half of the radius is near, but neither is more than so many kilometres, nor less than one too far.
NEAR_KM, NEXT_DOOR_KM = 25.0, 1.0
#: So many hours a week are little: an afternoon.
LITTLE_HOURS = 5.0

_DAY = 86_400_000_000  # microseconds
_FEW_PLACES = 2
#: From this likeness of meaning on, a text is about what somebody wrote about.
_ALIKE = 0.35


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a need (weight above 0) or against it (below 0)."""

    code: str
    weight: float
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pair:
    """The person who asks, and the need in one row of the index.

    `words` are the person's own that the need's text met; where there are none, `alike` is how near the two
    are in meaning, from 0 to 1; `km` lie between them, or NaN.
    """

    asking: Asking
    row: int
    words: tuple[str, ...]
    alike: float
    km: float

    @property
    def rows(self) -> Rows:
        """Give the index's rows."""
        return self.asking.index.rows

    @property
    def person(self) -> Person:
        """Give the person."""
        return self.asking.person

    def number(self, column: str) -> int:
        """Give a whole number from the need's row."""
        number: int = self.rows.columns.value(column, self.row)
        return number

    def days_since(self, column: str) -> int:
        """Count the full days since a time in the need's row; below 0 where it is still to come."""
        return (microseconds(self.asking.at, 0) - self.number(column)) // _DAY

    def days_until(self, column: str) -> int:
        """Count the full days until a time in the need's row; below 0 where it has passed."""
        return (self.number(column) - microseconds(self.asking.at, 0)) // _DAY

    @property
    def is_near(self) -> bool:
        """Say whether the need is near, for this person; an unknown place is not."""
        return self.km <= min(max(self.person.radius_km / 2, NEXT_DOOR_KM), NEAR_KM)


def pairs_of(asking: Asking, rows: Ints) -> list[Pair]:
    """Look at some rows together, which is faster than one by one."""
    words = asking.index.texts.met(asking.query, rows)
    alike = np.zeros(len(rows))
    without = np.array([not one for one in words], bool)  # where words were met, they are told
    alike[without] = asking.index.texts.alike(asking.query, rows[without])
    km = kilometres_from(asking.index.rows, rows, asking.person).tolist()
    return [Pair(asking, *one) for one in zip(rows.tolist(), words, alike.tolist(), km, strict=True)]


Told = tuple[str, Params] | None


def reasons_of(
    pair: Pair, contributions: Iterable[float], *, most_for: int = 5, most_against: int = 2
) -> tuple[Reason, ...]:
    """Tell the largest contributions, those for the need first; each side's largest first."""
    weighed = sorted(zip(contributions, FEATURES, strict=True), key=itemgetter(0), reverse=True)
    told_for = _told(pair, weighed, most_for, 1)
    told_against = _told(pair, reversed(weighed), most_against, -1)
    return (*told_for, *told_against)


def _told(pair: Pair, weighed: Iterable[tuple[float, str]], most: int, side: int) -> list[Reason]:
    told: list[Reason] = []
    for weight, feature in weighed:
        if side * weight <= 0 or len(told) == most:
            break
        said = _TELLERS[feature](pair, weight)
        if said is not None:
            told.append(Reason(said[0], weight, said[1]))
    return told


def _text(pair: Pair, weight: float) -> Told:
    if weight > 0:
        if pair.words:
            return "text", {"words": ",".join(_phrases(pair))}
        return ("similar_text", {}) if pair.alike >= _ALIKE else None
    has_something = pair.words or pair.alike >= _ALIKE or not pair.asking.query.spelled
    return None if has_something else ("no_common_words", {})


def _phrases(pair: Pair) -> list[str]:
    """Keep together what stood together: who wrote "older people" is not told "older" and "people"."""
    return list(_kept_together(pair.person.interests, pair.words))


@lru_cache(maxsize=1024)  # many needs of one list meet the same words
def _kept_together(interests: str, words: tuple[str, ...]) -> tuple[str, ...]:
    found = spelled_runs(interests, words)
    return tuple({phrase.casefold(): phrase for phrase in reversed(found)}.values())[::-1]


def _cause(pair: Pair, weight: float) -> Told:
    causes = pair.rows.causes.at(pair.number("causes"))
    common = causes & pair.person.causes
    if weight > 0:
        return ("cause", _codes(common)) if common else None
    unlike = causes and pair.person.causes and not common
    return ("no_common_cause", _codes(causes)) if unlike else None


def _skill(pair: Pair, weight: float) -> Told:
    asked, had = pair.rows.skills.at(pair.number("skills")), dict(pair.person.skills)
    if weight > 0:
        code, codes = "skill", {code for code, _ in asked if code in had}
    else:
        code, codes = "missing_skill", {one[0] for one in asked if not has_skill(had, *one)}
    return (code, _codes(codes)) if codes else None


def _codes(codes: Iterable[str]) -> Params:
    return {"codes": ",".join(sorted(codes))}


def _closeness(pair: Pair, weight: float) -> Told:
    if LOCATION_TYPES[pair.number("location")] == REMOTE:
        return ("remote", {}) if weight > 0 else None
    if math.isnan(pair.km) or pair.is_near != (weight > 0):
        return None
    km = round(pair.km, 1)
    return ("near", {"km": km}) if weight > 0 else ("far", {"km": km, "radius_km": pair.person.radius_km})


def _time(pair: Pair, weight: float) -> Told:
    slots = pair.number("slots")
    common = slots & pair.person.slots
    # A need of many weeks touches every slot, and nothing narrower is known of it.
    told = weight > 0 and common and slots != ALL_SLOTS
    return ("time", {"slots": ",".join(slot_names(common))}) if told else None


def _language(pair: Pair, weight: float) -> Told:
    number, person = pair.number("text_language"), pair.person
    code = next((one for one, at in pair.rows.text_languages.items() if at == number), None)
    reads = code == person.language or any(code == one for one, _ in person.languages)
    if code is None or reads != (weight > 0):
        return None
    return "language" if reads else "other_language", {"code": code}


def _commitment(pair: Pair, weight: float) -> Told:
    hours = round(pair.rows.columns.value("hours", pair.row), 1)
    if not hours > 0 or (hours <= LITTLE_HOURS) != (weight > 0):
        return None
    return "little_time" if weight > 0 else "much_time", {"hours": hours}


def _freshness(pair: Pair, weight: float) -> Told:
    days = pair.days_since("published")
    return ("new", {"days": days}) if weight > 0 and 0 <= days <= NEW_DAYS else None


def _soon(pair: Pair, weight: float) -> Told:
    days = pair.days_until("starts")
    return ("starts_soon", {"days": days}) if weight > 0 and 0 <= days <= SOON_DAYS else None


def _places(pair: Pair, weight: float) -> Told:
    places = pair.number("places")
    return ("places", {"places": places}) if weight > 0 and places >= _FEW_PLACES else None


def _ease(pair: Pair, weight: float) -> Told:
    asked = pair.rows.requirements.at(pair.number("requirements"))
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
