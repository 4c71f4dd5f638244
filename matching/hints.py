"""What a coordinator is told about a need, as codes; and what can be said of it without counting anybody.

A hint's code says what to look at, and its params what about (lists are joined by commas):

Nobody is asked at all:

- ``unverified`` {}: the organisation is not verified
- ``draft``, ``closed`` {}: it is not published, or not any more
- ``full`` {}: no place is left
- ``not_yet`` {}: its publish date is still to come
- ``over`` {}: its dates, or its own expiry, have passed
- ``no_place`` {}: on site or hybrid, and nobody knows where

Fewer people are asked, `more` being those whom the change would add:

- ``remote``, ``hybrid`` {}: if it could be done from anywhere, or partly from home
- ``too_far`` {}: those for whom nothing but the way is too far
- ``any_time`` {}: if it could be done at any time of the week
- ``more_time`` {slot}: if it could be done at this time as well
- ``minimum_age`` {age}: from this age on, 0 being none; ``maximum_age`` {}: without an upper limit
- ``age`` {}: without asking an age, which reaches those who have not said theirs
- ``languages`` {code}: without asking for this language
- ``text_language`` {code}: those it reaches who do not read the language it is written in, but this one
- ``no_causes`` {}: those it reaches who look by causes, for it names none

It reaches people, and they may not be drawn to it; these have no number:

- ``no_subject`` {}: no word of it says what it is about, as far as is known
- ``unusual_words`` {words}: words of the title that hardly a volunteer uses
- ``short_text`` {words}: how many words there are
- ``no_skills`` {}: nobody can find it by what they can do
- ``no_dates`` {}: nothing is said of when
- ``little_notice`` {days}: full days until it begins or expires
- ``requirement`` {codes}: what is asked for beforehand
- ``one_place`` {}: two who would come together cannot
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from matching.audience import subjects_of
from matching.eligibility import RULES
from matching.profiles import REMOTE, Opening, Person
from matching.reasons import Params
from matching.rows import Rows, slots_of
from matching.vectors import Text

NOBODY_CODES = ("unverified", "draft", "closed", "full", "not_yet", "over", "no_place")
FEWER_CODES = (
    "remote", "hybrid", "too_far", "any_time", "more_time", "minimum_age", "maximum_age", "age", "languages",
    "text_language", "no_causes",
)  # fmt: skip
DRAWN_CODES = (
    "no_subject", "unusual_words", "short_text", "no_skills", "no_dates", "little_notice", "requirement",
    "one_place",
)  # fmt: skip
ADVICE_CODES = NOBODY_CODES + FEWER_CODES + DRAWN_CODES

#: Fewer words than this, title and description together, say little.
SHORT_TEXT = 30
#: Later than this many days before it begins or expires, many have other plans.
LITTLE_NOTICE = 7

_STANDING = {
    "unverified": "unverified", "full": "full", "unpublished": "not_yet", "expired": "over", "over": "over",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that keeps people away; `more` is how many the change would add, None where not told."""

    code: str
    params: Params = field(default_factory=dict)
    more: int | None = None


def standing(opening: Opening, at: datetime, *, is_draft: bool) -> Iterator[Hint]:
    """Say why nobody at all is asked: the rules that look at the need alone."""
    rows, anybody = Rows(), Person(id=opening.id)
    rows.append(opening)
    failing = [_STANDING[code] for code in _STANDING if not RULES[code](rows, anybody, at)[0]]
    if not opening.open and "full" not in failing:
        failing.insert(1, "draft" if is_draft else "closed")
    yield from (Hint(code) for code in dict.fromkeys(failing))
    if opening.location_type != REMOTE and opening.latitude is None:
        yield Hint("no_place")


def by_itself(opening: Opening, at: datetime) -> Iterator[Hint]:
    """Say what may keep people from being drawn to a need."""
    text = Text(opening.title, opening.description)
    length = len(f"{opening.title} {opening.description}".split())
    if not subjects_of(text):
        yield Hint("no_subject")
    if length < SHORT_TEXT:
        yield Hint("short_text", {"words": length})
    if not (slots_of(opening) or opening.starts_at or opening.commitment_hours_per_week):
        yield Hint("no_dates")
    if (left := _time_left(opening, at)) is not None and left < timedelta(days=LITTLE_NOTICE):
        yield Hint("little_notice", {"days": left.days})
    if opening.requirements:
        yield Hint("requirement", {"codes": ",".join(sorted(opening.requirements))})
    if not opening.causes:
        yield Hint("no_causes")
    if not opening.skills:
        yield Hint("no_skills")
    if opening.places_left == 1:
        yield Hint("one_place")


def _time_left(opening: Opening, at: datetime) -> timedelta | None:
    ends = [one for one in (None if opening.repeats else opening.starts_at, opening.expires_at) if one]
    left = min(ends, default=None)
    return left - at if left is not None and left > at else None
