"""The hard rules that look at both sides: of one person and all needs, or of one need and all people.

Every argument is a number or an array of them, and they are broadcast.

`matching.eligibility` asks them for a person, `matching.audience` for a need: one rule cannot come to
mean two things.
"""

from __future__ import annotations

import numpy as np

from matching.arrays import Array, Bools
from matching.profiles import LOCATION_TYPES, REMOTE
from matching.rows import NO_AGE_LIMIT

#: The birth day of a person who has not said it, and the wanted types of one who wants any.
UNSAID_DAY, ANY_TYPE = 0, 0
REMOTE_TYPE = LOCATION_TYPES.index(REMOTE)

Numbers = Array | int | float


def are_of_age(birth_day: Numbers, least: Numbers, most: Numbers, start_day: Numbers, today: int) -> Bools:
    """Let through who has the age on the day they would begin: the start, or today if that is later.

    Days are numbers yyyymmdd. Without a birth day (`UNSAID_DAY`) only what asks no age is left.
    """
    age = (np.maximum(start_day, today) - birth_day) // 10_000
    fits = (age >= least) & (age <= most)
    unasked = np.less_equal(least, 0) & np.greater_equal(most, NO_AGE_LIMIT)
    passed: Bools = np.where(np.equal(birth_day, UNSAID_DAY), unasked, fits)
    return passed


def are_of_wanted_type(wanted: Numbers, location: Numbers) -> Bools:
    """Let through what is done where it is wanted: `wanted` has a bit for each of `LOCATION_TYPES`."""
    passed: Bools = np.equal(wanted, ANY_TYPE) | (np.right_shift(wanted, location) & 1 == 1)
    return passed


def are_within(squared: Numbers, reach: Numbers, location: Numbers) -> Bools:
    """Let through what is remote, or lies within reach; both are squared chords (`matching.distances`).

    An unknown place (NaN) lies in nobody's reach. Those who have not said where they are have a reach
    of infinity, and a distance of 0.
    """
    passed: Bools = np.equal(location, REMOTE_TYPE) | np.less_equal(squared, reach)
    return passed


def have_time_in_common(slots: Numbers, others: Numbers) -> Bools:
    """Let through who share a weekly slot, where both sides said when."""
    passed: Bools = np.equal(slots, 0) | np.equal(others, 0) | (np.bitwise_and(slots, others) != 0)
    return passed


def type_bits(wanted: frozenset[str]) -> int:
    """Write the wanted kinds of place as bits; none named is any."""
    return sum(1 << number for number, one in enumerate(LOCATION_TYPES) if one in wanted)
