"""What is measured of a pair: named columns from 0 to 1, in each of which more is never worse.

NaN is "unknown" (the volunteer listed no causes, the need has no dates) and counts as neutral.
The table `FEATURES` says what each column is; the functions below it say exactly how.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

import numpy as np

from matching.arrays import Floats, Ints
from matching.codesets import CodeSets
from matching.distances import kilometres
from matching.eligibility import chords_from
from matching.profiles import LOCATION_TYPES, REMOTE, Person, SkillAtLevel
from matching.rows import LONG_AGO, UNKNOWN, Rows, microseconds
from matching.taste import likeness
from matching.times import ALL_SLOTS

Feature = Callable[[Rows, Ints, Person, datetime], Floats]

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


def text(similarity: Floats) -> Floats:
    """Similarity of the volunteer's words and the need's text, bent so that the first bit counts."""
    return similarity * (1 + _HALF_SIMILARITY) / (similarity + _HALF_SIMILARITY)


def cause(rows: Rows, chosen: Ints, person: Person, _at: datetime) -> Floats:
    """Causes in common: the first counts most; a need that names ten causes counts less."""
    return cause_of_sets(rows, person)[rows["causes"][chosen]]


def cause_of_sets(rows: Rows, person: Person) -> Floats:
    """Give the feature `cause` of each different set of causes."""
    return _cause_of_sets(rows.causes, len(rows.causes.sizes), person.causes)


@lru_cache(maxsize=4)  # asked for twice: for the rough look, and for the exact one
def _cause_of_sets(sets: CodeSets[str], _count: int, causes: frozenset[str]) -> Floats:
    common, size = sets.overlaps(causes), sets.sizes
    unknown = (size == 0) | (not causes)
    share = (1 - 0.4 ** np.arange(size.max(initial=0) + 1))[common] * (
        0.5 + 0.5 * common / np.maximum(size, 1)
    )
    return np.where(unknown, np.nan, share)


def skill(rows: Rows, chosen: Ints, person: Person, _at: datetime) -> Floats:
    """Share of the asked skills that the volunteer has; at a lower level than asked: half."""
    return skill_of_sets(rows, person)[rows["skills"][chosen]]


def skill_of_sets(rows: Rows, person: Person) -> Floats:
    """Give the feature `skill` of each different set of skills."""
    return _skill_of_sets(rows.skills, len(rows.skills.sizes), person.skills)


@lru_cache(maxsize=4)
def _skill_of_sets(sets: CodeSets[SkillAtLevel], _count: int, skills: tuple[SkillAtLevel, ...]) -> Floats:
    had = dict(skills)
    some = [asked for asked in sets.codes if asked[0] in had]
    enough = [asked for asked in some if has_skill(had, *asked)]
    size = sets.sizes
    share = (sets.overlaps(enough) + sets.overlaps(some)) / np.maximum(2 * size, 1)
    unknown = (size == 0) | (not skills)
    return np.where(unknown, np.nan, share)


def has_skill(had: dict[str, int | None], code: str, level: int | None) -> bool:
    """Say whether a skill is had at the asked level; a level that nobody said is no obstacle."""
    at = had.get(code)
    return code in had and (level is None or at is None or at >= level)


def closeness(rows: Rows, chosen: Ints, person: Person, _at: datetime) -> Floats:
    """1 next door, 0 at the radius, by the logarithm of the distance; remote: a fixed 0.6."""
    near = closeness_of(kilometres_from(rows, chosen, person), person.radius_km)
    return np.where(rows["location"][chosen] == _REMOTE, REMOTE_CLOSENESS, near)


def closeness_of(distance: Floats, radius_km: float) -> Floats:
    """Give the feature `closeness` of distances in kilometres."""
    share: Floats = 1 - np.log1p(distance) / np.log1p(max(radius_km, 1.0))
    return share.clip(0.0, 1.0)


def kilometres_from(rows: Rows, chosen: Ints, person: Person) -> Floats:
    """Give the great-circle distance to some openings; NaN where a place is unknown."""
    return kilometres(chords_from(rows, person, chosen))


def time(rows: Rows, chosen: Ints, person: Person, _at: datetime) -> Floats:
    """Slots in common: half for one, more for more. A need at all times says nothing of its own."""
    slots = rows["slots"][chosen]
    common = np.bitwise_count(slots & np.int32(person.slots))
    unknown = (slots == 0) | (slots == ALL_SLOTS) | (not person.slots)
    return np.where(unknown, np.nan, 1 - 0.5 ** common.astype(np.float64))


def language(rows: Rows, chosen: Ints, person: Person, _at: datetime) -> Floats:
    """1 where the need is written in a language the volunteer reads, else 0."""
    codes = {person.language, *(code for code, _ in person.languages)}
    read = [rows.text_languages[code] for code in codes if code in rows.text_languages]
    reads = np.zeros(len(rows.text_languages) + 1)
    reads[UNKNOWN] = np.nan  # the last one
    reads[read] = 1
    return reads[rows["text_language"][chosen]]


def commitment(rows: Rows, chosen: Ints, _person: Person, _at: datetime) -> Floats:
    """1 for no hours a week, half for five, less for more."""
    hours: Floats = rows["hours"][chosen]
    return 1 / (1 + hours / _HALF_HOURS)


def freshness(rows: Rows, chosen: Ints, _person: Person, at: datetime) -> Floats:
    """1 on the day of publication, 1/e after two weeks."""
    published = rows["published"][chosen]
    days = (microseconds(at, 0) - published.astype(np.float64)) / _DAY
    return np.where(published == LONG_AGO, np.nan, freshness_of(days))


def freshness_of(days: Floats) -> Floats:
    """Give the feature `freshness` of days since publication."""
    fresh: Floats = np.exp(-np.maximum(days, 0) / NEW_DAYS)
    return fresh


def soon(rows: Rows, chosen: Ints, _person: Person, at: datetime) -> Floats:
    """1 for a start this moment, 0 from two weeks on; unknown without one to come."""
    starts = rows["starts"][chosen]
    days = (starts.astype(np.float64) - microseconds(at, 0)) / _DAY
    return np.where(days < 0, np.nan, np.clip(1 - days / SOON_DAYS, 0.0, 1.0))


def untaken(rows: Rows, chosen: Ints, _person: Person, _at: datetime) -> Floats:
    """1 where no volunteer has come of the need yet."""
    nobody: Floats = (rows["accepted"][chosen] == 0).astype(np.float64)
    return nobody


def places(rows: Rows, chosen: Ints, _person: Person, _at: datetime) -> Floats:
    """Places left, of ten and more."""
    return np.clip(rows["places"][chosen] / _MANY_PLACES, 0.0, 1.0)


def ease(rows: Rows, chosen: Ints, _person: Person, _at: datetime) -> Floats:
    """1 without requirements, half with one, less with more."""
    eased: Floats = (1 / (1.0 + rows.requirements.sizes))[rows["requirements"][chosen]]
    return eased


def like_accepted(rows: Rows, chosen: Ints, person: Person, _at: datetime) -> Floats:
    """Likeness to what the volunteer themself said yes to; unknown before the first yes."""
    return likeness(rows, chosen, person.accepted)


def unlike_declined(rows: Rows, chosen: Ints, person: Person, _at: datetime) -> Floats:
    """1 for what is unlike all that the volunteer themself said no to; unknown before the first such no."""
    return 1 - likeness(rows, chosen, person.declined)


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


def features(rows: Rows, chosen: Ints, similarity: Floats | None, person: Person, at: datetime) -> Floats:
    """Measure a person against some openings: one row each, one column for each of `FEATURES`.

    `similarity` is that of the texts, one for each row; None where the person wrote nothing.
    """
    measured = np.empty((len(chosen), len(FEATURES)))
    measured[:, 0] = np.nan if similarity is None else text(similarity)
    for column, measure in enumerate(BY_NAME.values(), start=1):
        measured[:, column] = measure(rows, chosen, person, at)
    return measured
