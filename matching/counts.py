"""Counts of people, told to others than those people: none below five, and never an exact one.

Whoever may ask how many people a need reaches may ask again with the need changed a little, from another
side, a hundred times, with people of their own making among those counted. So:

- People are known to the count in coarse form only (`coarse`): their place by the middle of a cell of
  `CELL` degrees, their age by their year of birth. Whatever is asked, and however often, tells nothing
  finer: two profiles that are alike in coarse form are counted alike by every question.
- From a count up to four are taken away, and what is left is rounded down to a multiple of `LEAST`; nothing
  is told where nothing is left. So there are at least so many people as are told, and never fewer than five.
- How many are taken away is drawn from a secret and the very set of people counted. Asking for the same
  people again, in whatever other words, gives the same answer: averaging over questions gains nothing. One
  person more or less draws anew: an answer is at most a fifth more likely with somebody than without, of
  five people as of five hundred.
- What is said of a change is the count of those it would add, blurred likewise, never the difference of
  two counts told.

This is the cell key method of the Australian Bureau of Statistics (Fraser and Wooton, 2005), with rounding.
"""

from __future__ import annotations

import math
from dataclasses import replace
from hashlib import blake2b

import numpy as np

from matching.arrays import Bools
from matching.audience import Audience
from matching.profiles import Person

#: The smallest count that is told, and the step of all others.
LEAST = 5
#: The side of a cell, in degrees: five and a half kilometres from south to north.
CELL = 0.05


def coarse(person: Person) -> Person:
    """Give a person as counts know them: by the cell they live in and the year of their birth."""
    return replace(
        person,
        latitude=_middle(person.latitude),
        longitude=_middle(person.longitude),
        birth_date=person.birth_date and person.birth_date.replace(month=1, day=1),
        answered=frozenset(),
    )


def _middle(degrees: float | None) -> float | None:
    return None if degrees is None else round((math.floor(degrees / CELL) + 0.5) * CELL, 6)


def told(audience: Audience, people: Bools) -> int | None:
    """Tell how many people are marked at least, in steps of five; None for few."""
    count = int(np.count_nonzero(people))
    left = count - _taken_away(audience, people) if count >= LEAST else 0
    return left - left % LEAST or None


def _taken_away(audience: Audience, people: Bools) -> int:
    together = int(np.bitwise_xor.reduce(audience.rows["key"][people]))
    digest = blake2b(together.to_bytes(8, "big"), key=audience.secret, digest_size=8).digest()
    return int.from_bytes(digest, "big") % LEAST
