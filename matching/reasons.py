"""Why a need is proposed: the parts of its score as codes with what they are about, no words.

Each feature's contribution (`matching.scoring`) is told by at most one reason, whose `weight` is
exactly that contribution: above 0 it speaks for the need, below 0 against it. A contribution of
which nothing true and plain can be said has no reason, so reasons need not add up; the
contributions of a `Match` do. Lists within params are joined by commas.

For:

- ``text`` {words}: the volunteer's own words, as they spelled them, that the need holds or means
- ``cause`` {codes}: causes in common
- ``skill`` {codes}: asked skills that the volunteer has, at the level or below it
- ``near`` {km}: kilometres, to one decimal place
- ``remote`` {}: can be done from anywhere
- ``time`` {slots}: names of the slots in common (TuesdayEvening)
- ``language`` {code}: the language the need is written in, which the volunteer reads
- ``little_time`` {hours}: hours a week
- ``new`` {days}: full days since publication, at most 14
- ``starts_soon`` {days}: full days until the start, at most 14
- ``no_volunteer_yet`` {}: nobody has come of it so far
- ``places`` {places}: how many places are left, two or more

Against:

- ``no_common_words`` {}: nothing that the volunteer wrote is found in it
- ``no_common_cause`` {codes}: the need's causes, none of them the volunteer's
- ``missing_skill`` {codes}: asked skills that the volunteer has not listed, at that level
- ``far`` {km}: kilometres, to one decimal place
- ``other_language`` {code}: the language the need is written in
- ``much_time`` {hours}: hours a week
- ``requirement`` {codes}: what is asked for beforehand
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from matching.arrays import Floats, Ints
from matching.asking import Asking
from matching.features import FEATURES, NEW_DAYS, has_skill, kilometres_from
from matching.profiles import LOCATION_TYPES, REMOTE, Person
from matching.rows import Rows, microseconds
from matching.times import slot_names

Params = dict[str, str | int | float]

FOR_CODES = (
    "text", "cause", "skill", "near", "remote", "time", "language", "little_time", "new",
    "starts_soon", "no_volunteer_yet", "places",
)  # fmt: skip
AGAINST_CODES = (
    "no_common_words", "no_common_cause", "missing_skill", "far", "other_language", "much_time",
    "requirement",
)  # fmt: skip
REASON_CODES = FOR_CODES + AGAINST_CODES

_DAY = 86_400_000_000  # microseconds
_FEW_PLACES = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a need (weight above 0) or against it (below 0)."""

    code: str
    weight: float
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pair:
    """The person who asks, and the need in one row of the index.

    `words` are the person's own that the need's text met; `km` lie between them, or NaN.
    """

    asking: Asking
    row: int
    words: tuple[str, ...]
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
        return int(self.rows[column][self.row])

    def days_since(self, column: str) -> int:
        """Count the full days since a time in the need's row, or until it."""
        return int(abs(microseconds(self.asking.at, 0) - self.number(column)) // _DAY)


def pairs_of(asking: Asking, rows: Ints) -> list[Pair]:
    """Look at some rows together, which is faster than one by one."""
    words = asking.index.texts.met(asking.query, rows)
    km = kilometres_from(asking.index.rows, rows, asking.person).tolist()
    return [Pair(asking, *one) for one in zip(rows.tolist(), words, km, strict=True)]


Told = tuple[str, Params] | None


def reasons_of(
    pair: Pair, contributions: Floats, *, most_for: int = 5, most_against: int = 2
) -> tuple[Reason, ...]:
    """Tell the largest contributions, those for the need first; each side's largest first."""
    weighed = sorted(zip(contributions.tolist(), FEATURES, strict=True), key=lambda one: -one[0])
    told_for = _told(pair, (one for one in weighed if one[0] > 0), most_for)
    told_against = _told(pair, (one for one in reversed(weighed) if one[0] < 0), most_against)
    return (*told_for, *told_against)


def _told(pair: Pair, weighed: Iterable[tuple[float, str]], most: int) -> list[Reason]:
    told: list[Reason] = []
    for weight, feature in weighed:
        if len(told) == most:
            break
        said = _TELLERS[feature](pair, weight)
        if said is not None:
            told.append(Reason(said[0], weight, said[1]))
    return told


def _text(pair: Pair, weight: float) -> Told:
    if weight > 0:
        return ("text", {"words": ",".join(pair.words)}) if pair.words else None
    return None if pair.words else ("no_common_words", {})


def _cause(pair: Pair, weight: float) -> Told:
    causes = pair.rows.causes.at(pair.number("causes"))
    common = causes & pair.person.causes
    if weight > 0:
        return "cause", _codes(common)
    return None if common else ("no_common_cause", _codes(causes))


def _skill(pair: Pair, weight: float) -> Told:
    asked, had = pair.rows.skills.at(pair.number("skills")), dict(pair.person.skills)
    if weight > 0:
        return "skill", _codes({code for code, _ in asked if code in had})
    return "missing_skill", _codes({one[0] for one in asked if not has_skill(had, *one)})


def _codes(codes: Iterable[str]) -> Params:
    return {"codes": ",".join(sorted(codes))}


def _closeness(pair: Pair, weight: float) -> Told:
    if LOCATION_TYPES[pair.number("location")] == REMOTE:
        return ("remote", {}) if weight > 0 else None
    return "near" if weight > 0 else "far", {"km": round(pair.km, 1)}


def _time(pair: Pair, weight: float) -> Told:
    common = pair.number("slots") & pair.person.slots
    return ("time", {"slots": ",".join(slot_names(common))}) if weight > 0 else None


def _language(pair: Pair, weight: float) -> Told:
    number = pair.number("text_language")
    code = next(one for one, at in pair.rows.text_languages.items() if at == number)
    return "language" if weight > 0 else "other_language", {"code": code}


def _commitment(pair: Pair, weight: float) -> Told:
    hours = round(float(pair.rows["hours"][pair.row]), 1)
    return "little_time" if weight > 0 else "much_time", {"hours": hours}


def _freshness(pair: Pair, weight: float) -> Told:
    days = pair.days_since("published")
    return ("new", {"days": days}) if weight > 0 and days <= NEW_DAYS else None


def _soon(pair: Pair, weight: float) -> Told:
    return ("starts_soon", {"days": pair.days_since("starts")}) if weight > 0 else None


def _untaken(_pair: Pair, weight: float) -> Told:
    return ("no_volunteer_yet", {}) if weight > 0 else None


def _places(pair: Pair, weight: float) -> Told:
    places = pair.number("places")
    return ("places", {"places": places}) if weight > 0 and places >= _FEW_PLACES else None


def _ease(pair: Pair, weight: float) -> Told:
    asked = pair.rows.requirements.at(pair.number("requirements"))
    return None if weight > 0 else ("requirement", _codes(asked))


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
    "untaken": _untaken,
    "places": _places,
    "ease": _ease,
}
