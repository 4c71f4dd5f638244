"""What is measured of a pair: named columns from 0 to 1, in each of which more is never worse.

NaN is "unknown" (the volunteer listed no causes, the need has no dates) and counts as neutral.
The table `FEATURES` says what each column is; the functions below it say exactly how.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from matching.arrays import Floats
from matching.codesets import CodeSets
from matching.distances import kilometres, place_of
from matching.pairs import Pairs
from matching.profiles import LOCATION_TYPES, REMOTE, Person, SkillAtLevel
from matching.rows import LONG_AGO, UNKNOWN, Rows, microseconds
from matching.taste import likeness
from matching.times import ALL_SLOTS

Feature = Callable[[Pairs], Floats]

_REMOTE = LOCATION_TYPES.index(REMOTE)
_DAY = 86_400_000_000  # microseconds

#: A similarity of this much counts half: few texts of different lengths come near 1.
_HALF_SIMILARITY = 0.15
#: What "remote" counts as, where an opening next door counts 1 and one at the radius 0.
REMOTE_CLOSENESS = 0.6
#: Days after which a need is new by 1/e, and before its start from which it is soon.
NEW_DAYS, SOON_DAYS = 14, 14
_HALF_HOURS = 5.0
_MANY_PLACES = 10
#: The feature `time` of so many slots in common.
_IN_COMMON = 1 - 0.5 ** np.arange(22.0)


def text(similarity: Floats) -> Floats:
    """Similarity of the volunteer's words and the need's text, bent so that the first bit counts."""
    return similarity * (1 + _HALF_SIMILARITY) / (similarity + _HALF_SIMILARITY)


def cause(pairs: Pairs) -> Floats:
    """Causes in common: the first counts most; a need that names ten causes counts less."""
    return pairs.looked_up("causes", cause_of_sets)


def cause_of_sets(rows: Rows, person: Person) -> Floats:
    """Give the feature `cause` of each different set of causes."""
    return _cause_of_sets(rows.causes, len(rows.causes.sizes), person.causes)


@lru_cache(maxsize=100)  # asked for twice: for the rough look, and for the exact one
def _cause_of_sets(sets: CodeSets[str], _count: int, causes: frozenset[str]) -> Floats:
    common, size = sets.overlaps(causes), sets.sizes
    unknown = (size == 0) | (not causes)
    share = (1 - 0.4 ** np.arange(size.max(initial=0) + 1))[common] * (
        0.5 + 0.5 * common / np.maximum(size, 1)
    )
    return np.where(unknown, np.nan, share)


def skill(pairs: Pairs) -> Floats:
    """Share of the asked skills that the volunteer has; at a lower level than asked: half."""
    return pairs.looked_up("skills", skill_of_sets)


def skill_of_sets(rows: Rows, person: Person) -> Floats:
    """Give the feature `skill` of each different set of skills."""
    return _skill_of_sets(rows.skills, len(rows.skills.sizes), person.skills)


@lru_cache(maxsize=100)
def _skill_of_sets(sets: CodeSets[SkillAtLevel], _count: int, skills: tuple[SkillAtLevel, ...]) -> Floats:
    had = dict(skills)
    some = [asked for asked in sets.codes if asked[0] in had]
    if not some:
        return np.where((sets.sizes == 0) | (not skills), np.nan, 0.0)
    holding = [sets.holding(asked) for asked in some]
    halves = np.repeat([1.0 + has_skill(had, *asked) for asked in some], [len(one) for one in holding])
    counted = np.bincount(np.concatenate(holding), halves, minlength=len(sets.sizes))
    return counted / np.where(sets.sizes == 0, np.nan, 2.0 * sets.sizes)


def has_skill(had: dict[str, int | None], code: str, level: int | None) -> bool:
    """Say whether a skill is had at the asked level; a level that nobody said is no obstacle."""
    at = had.get(code)
    return code in had and (level is None or at is None or at >= level)


def closeness(pairs: Pairs) -> Floats:
    """1 next door, 0 at the radius, by the logarithm of the distance; remote: a fixed 0.6."""
    radius = pairs.said(np.array([person.radius_km for person in pairs.people], np.float64))
    near = closeness_of(kilometres_of(pairs), radius)
    return np.where(pairs.column("location") == _REMOTE, REMOTE_CLOSENESS, near)


def closeness_of(distance: Floats, radius_km: Floats | float) -> Floats:
    """Give the feature `closeness` of distances in kilometres."""
    share: Floats = 1 - np.log1p(distance) / np.log1p(np.maximum(radius_km, 1.0))
    return share.clip(0.0, 1.0)


def kilometres_of(pairs: Pairs) -> Floats:
    """Give the great-circle distances; NaN where a place is unknown."""
    places = np.array([place_of(person.latitude, person.longitude) for person in pairs.people])
    chords = np.zeros(len(pairs))
    for axis, from_there in zip("xyz", places.reshape(-1, 3).T, strict=True):
        chords += (pairs.column(axis) - pairs.said(from_there)) ** 2
    return kilometres(chords)


def time(pairs: Pairs) -> Floats:
    """Slots in common: half for one, more for more. A need at all times says nothing of its own."""
    slots, own = pairs.column("slots"), pairs.said(np.array([one.slots for one in pairs.people], np.int32))
    unknown = (slots == 0) | (slots == ALL_SLOTS) | (own == 0)
    return np.where(unknown, np.nan, _IN_COMMON.take(np.bitwise_count(slots & own)))


def language(pairs: Pairs) -> Floats:
    """1 where the need is written in a language the volunteer reads, else 0."""
    return pairs.looked_up("text_language", reads)


def reads(rows: Rows, person: Person) -> Floats:
    """Give the feature `language` of each language in which needs are written."""
    codes = {person.language, *(code for code, _ in person.languages)}
    read = [rows.text_languages[code] for code in codes if code in rows.text_languages]
    found = np.zeros(len(rows.text_languages) + 1)
    found[UNKNOWN] = np.nan  # the last one
    found[read] = 1
    return found


def commitment(pairs: Pairs) -> Floats:
    """1 for no hours a week, half for five, less for more."""
    hours: Floats = pairs.column("hours")
    return 1 / (1 + hours / _HALF_HOURS)


def freshness(pairs: Pairs) -> Floats:
    """1 on the day of publication, 1/e after two weeks."""
    published = pairs.column("published")
    days = (microseconds(pairs.at, 0) - published.astype(np.float64)) / _DAY
    return np.where(published == LONG_AGO, np.nan, freshness_of(days))


def freshness_of(days: Floats) -> Floats:
    """Give the feature `freshness` of days since publication."""
    fresh: Floats = np.exp(-np.maximum(days, 0) / NEW_DAYS)
    return fresh


def soon(pairs: Pairs) -> Floats:
    """1 for a start this moment, 0 from two weeks on; unknown without one to come."""
    days = (pairs.column("starts").astype(np.float64) - microseconds(pairs.at, 0)) / _DAY
    return np.where(days < 0, np.nan, np.clip(1 - days / SOON_DAYS, 0.0, 1.0))


def untaken(pairs: Pairs) -> Floats:
    """1 where no volunteer has come of the need yet."""
    nobody: Floats = (pairs.column("accepted") == 0).astype(np.float64)
    return nobody


def places(pairs: Pairs) -> Floats:
    """Places left, of ten and more."""
    return np.clip(pairs.column("places") / _MANY_PLACES, 0.0, 1.0)


def ease(pairs: Pairs) -> Floats:
    """1 without requirements, half with one, less with more."""
    eased: Floats = (1 / (1.0 + pairs.rows.requirements.sizes)).take(pairs.column("requirements"))
    return eased


def like_accepted(pairs: Pairs) -> Floats:
    """Likeness to what the volunteer themself said yes to; unknown before the first yes."""
    return pairs.each(
        lambda person, chosen: likeness(pairs.rows, chosen, person.accepted),
        lambda person: bool(person.accepted.needs),
    )


def unlike_declined(pairs: Pairs) -> Floats:
    """1 for what is unlike all that the volunteer themself said no to; unknown before the first such no."""
    return 1 - pairs.each(
        lambda person, chosen: likeness(pairs.rows, chosen, person.declined),
        lambda person: bool(person.declined.needs),
    )


#: Every feature but the text, which is measured by the index.
BY_NAME: dict[str, Feature] = {
    "cause": cause,
    "skill": skill,
    "closeness": closeness,
    "time": time,
    "language": language,
    "commitment": commitment,
    "freshness": freshness,
    "soon": soon,
    "untaken": untaken,
    "places": places,
    "ease": ease,
    "like_accepted": like_accepted,
    "unlike_declined": unlike_declined,
}
#: The columns, in order.
FEATURES = ("text", *BY_NAME)


def features(pairs: Pairs, similarity: Floats) -> Floats:
    """Measure pairs: one row each, one column for each of `FEATURES`.

    `similarity` is that of the texts, one for each pair; NaN where the person wrote nothing.
    """
    measured = np.empty((len(pairs), len(FEATURES)))
    measured[:, 0] = text(similarity)
    for column, measure in enumerate(BY_NAME.values(), start=1):
        measured[:, column] = measure(pairs)
    return measured
