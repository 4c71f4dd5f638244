"""Neighbours that change places by chance in a few lists, so that the effects of places can be told apart.

What stands first is taken more often because it is better, and because it stands first. Where two neighbours
of nearly the same worth have changed places, only the second remains (Craswell et al. 2008; Joachims,
Swaminathan and Schnabel 2017). The chance is seeded by the list's id: the same list is always the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

#: One list in twenty; and only where there is enough of it to choose from.
PART_SWAPPED, SHORTEST_SWAPPED = 0.05, 5

One = TypeVar("One")


def swapped_place(list_id: UUID, length: int) -> int | None:
    """Say at which place, 0 first, a list's neighbours change places: it and the next; None in most lists.

    The first place takes part: its effect is the largest, and otherwise could not be told.
    """
    if length < SHORTEST_SWAPPED:
        return None
    chance = hashlib.sha256(list_id.bytes).digest()
    if int.from_bytes(chance[:8]) / 2**64 >= PART_SWAPPED:
        return None
    return int.from_bytes(chance[8:16]) % (length - 1)


def swap(order: Sequence[One], place: int | None) -> list[One]:
    """Let what stands at a place and what stands behind it change places."""
    swapped = list(order)
    if place is not None:
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    return swapped
