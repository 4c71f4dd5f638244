"""What keeps a need from finding people, and how many more each change would reach.

The need as an opening, asked of all people (`matching.audience`) by the rules that decide what is proposed,
once as it is and once for each change. Numbers of people are told as `matching.counts` says; a change that
would reach too few to tell of is not mentioned, so that what is missing tells no more than what is there.

The hints and their codes are those of `matching.hints`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce

import numpy as np

from matching import counts
from matching.arrays import Array, Bools
from matching.audience import PERSONAL, Audience
from matching.hints import NOBODY_CODES, Hint, by_itself, standing
from matching.profiles import HYBRID, ONSITE, REMOTE, Opening
from matching.reasons import Params
from matching.rows import slots_of
from matching.times import ALL_SLOTS, SLOT_NAMES
from matching.vectors import word_features
from matching.words import words

#: Who would have to go up to so many times as far as they said counts as too far; others are elsewhere.
TOO_FAR = 2.0
#: Ages to which a lower limit may come down, each where it is higher.
_LOWER_AGES = (18, 16, 0)
#: A word is unusual where fewer than this use it, and only where this many have written anything.
_USERS, _WRITERS = 5, 100


@dataclass(frozen=True, slots=True)
class Advice:
    """How many people a need reaches and how many of these care about what it is about; None is few.

    `is_counted` is False where no numbers are told to whoever asks.
    """

    is_counted: bool
    reach: int | None
    suits: int | None
    hints: tuple[Hint, ...]


def advise(opening: Opening, *, at: datetime, is_draft: bool = False) -> Advice:
    """Say what can be said of a need by itself, without counting anybody."""
    return Advice(False, None, None, (*standing(opening, at, is_draft=is_draft), *by_itself(opening, at)))


def advise_by(audience: Audience, people: Bools, opening: Opening, *, at: datetime, is_draft: bool = False,
              home: tuple[float, float] | None = None) -> Advice:  # fmt: skip
    """Say what keeps a need from these people; `home` is where its organisation is, if that is known."""
    asked = Asked(audience, people, opening, at)
    found = sorted(_changes(asked, home), key=lambda one: -(one.more or 0))
    told = {one.code for one in found}
    alone = (*standing(opening, at, is_draft=is_draft), *_unusual_words(asked), *by_itself(opening, at))
    rest = [one for one in alone if one.code not in told]
    hints = [
        *(one for one in (*rest, *found) if one.code in NOBODY_CODES),
        *(one for one in found if one.code not in NOBODY_CODES),
        *(one for one in rest if one.code not in NOBODY_CODES),
    ]
    return Advice(True, asked.told(asked.reached), asked.told(asked.reached & asked.sharing), tuple(hints))


@dataclass(frozen=True, eq=False)
class Asked:
    """One need asked of some people: whom each rule lets through."""

    audience: Audience
    people: Bools
    opening: Opening
    at: datetime
    passed: dict[str, Bools] = field(init=False)
    sharing: Bools = field(init=False)

    def __post_init__(self) -> None:
        """Ask every rule once."""
        object.__setattr__(self, "passed", self.audience.let_through(self.opening, self.at))
        object.__setattr__(self, "sharing", self.audience.share(self.opening))

    @property
    def reached(self) -> Bools:
        """Mark whom every rule lets through."""
        return self.through(self.passed)

    def through(self, passed: dict[str, Bools], *, but: str = "") -> Bools:
        """Mark whom these rules let through, all or all but one."""
        return reduce(np.logical_and, (passed[rule] for rule in PERSONAL if rule != but), self.people)

    def added(self, **changes: object) -> Bools:
        """Mark whom the changed need would reach and this one does not."""
        changed = replace(self.opening, **changes)  # type: ignore[arg-type]
        return self.through(self.audience.let_through(changed, self.at)) & ~self.reached

    def told(self, people: Bools) -> int | None:
        """Count people as they are told."""
        return counts.told(self.audience, people)


def _changes(asked: Asked, home: tuple[float, float] | None) -> Iterator[Hint]:
    found = (*_about_place(asked, home), *_about_time(asked), *_about_age(asked), *_about_words(asked))
    for code, params, people in found:
        more = asked.told(people)
        if more is not None:
            yield Hint(code, params, more)


_Found = Iterable[tuple[str, Params, Bools]]


def _about_place(asked: Asked, home: tuple[float, float] | None) -> _Found:
    opening = asked.opening
    if opening.location_type != REMOTE:
        yield "remote", {}, asked.added(location_type=REMOTE)
    if opening.location_type == ONSITE:
        yield "hybrid", {}, asked.added(location_type=HYBRID)
    if opening.location_type != REMOTE and opening.latitude is not None:
        near_enough = asked.audience.within(opening, TOO_FAR)
        yield "too_far", {}, asked.through(asked.passed, but="too_far") & near_enough & ~asked.reached
    if opening.location_type != REMOTE and opening.latitude is None and home is not None:
        yield "no_place", {}, asked.added(latitude=home[0], longitude=home[1])


def _about_time(asked: Asked) -> _Found:
    slots = slots_of(asked.opening)
    if not slots or slots == ALL_SLOTS:
        return
    otherwise = asked.through(asked.passed, but="wrong_time") & ~asked.passed["wrong_time"]
    if asked.opening.slots:
        yield "any_time", {}, otherwise
    mine = asked.audience.rows["slots"]
    most = max(
        range(len(SLOT_NAMES)), key=lambda bit: (_told_first(asked, otherwise & _free(mine, bit)), -bit)
    )
    yield "more_time", {"slot": SLOT_NAMES[most]}, otherwise & _free(mine, most)


def _free(slots: Array, bit: int) -> Bools:
    free: Bools = slots >> bit & 1 == 1
    return free


def _told_first(asked: Asked, people: Bools) -> int:
    return asked.told(people) or 0


def _about_age(asked: Asked) -> _Found:
    least, most = asked.opening.minimum_age, asked.opening.maximum_age
    lower = next((age for age in _LOWER_AGES if least and least > age), None)
    if lower is not None:
        yield "minimum_age", {"age": lower}, asked.added(minimum_age=lower or None)
    if most is not None:
        yield "maximum_age", {}, asked.added(maximum_age=None)
    if least or most is not None:
        yield "age", {}, asked.added(minimum_age=None, maximum_age=None)


def _about_words(asked: Asked) -> _Found:
    opening, audience = asked.opening, asked.audience
    for one in sorted(opening.languages, key=str):
        rest = tuple(other for other in opening.languages if other != one)
        yield "languages", {"code": one[0]}, asked.added(languages=rest)
    if opening.language:
        strangers = asked.reached & ~audience.read(opening.language)
        others = sorted(code for code in audience.reads.codes if code != opening.language)
        groups = [(strangers & audience.read(code), code) for code in others]
        best = max(groups, key=lambda one: _told_first(asked, one[0]), default=None)
        if best is not None:
            yield "text_language", {"code": best[1]}, best[0]
    if not opening.causes:
        looking = (audience.causes.sizes > 0)[audience.rows["causes"]]
        yield "no_causes", {}, asked.reached & looking & ~asked.sharing


def _unusual_words(asked: Asked) -> Iterator[Hint]:
    """Name the title's words, where none of them is one that volunteers use or that has a known meaning."""
    said = list(dict.fromkeys(words(asked.opening.title)))
    known = any(len(word_features(one)) > 1 or asked.audience.users_of(one) >= _USERS for one in said)
    rows = asked.audience.rows
    writers = int((rows["alive"] & (asked.audience.subjects.sizes > 0)[rows["subjects"]]).sum())
    if said and not known and writers >= _WRITERS:
        yield Hint("unusual_words", {"words": ",".join(said[:3])})
