"""Who may be asked for what: the hard rules, each as one mask over all openings.

Never learnt, never weighed: an opening that fails one rule is not proposed, whatever its score.
The rules' names are also the codes by which `explain_ineligible` says what stands in the way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np

from matching import rules
from matching.arrays import Bools, Floats, Ints
from matching.distances import squared_chord, squared_chords
from matching.part import near
from matching.profiles import Person
from matching.rows import Rows, day_number, microseconds, speaks

Rule = Callable[[Rows, Person, datetime], Bools]


def is_verified(rows: Rows, _person: Person, _at: datetime) -> Bools:
    """Its organisation is verified."""
    return rows["verified"]


def is_open(rows: Rows, _person: Person, _at: datetime) -> Bools:
    """It is open."""
    return rows["open"]


def has_places(rows: Rows, _person: Person, _at: datetime) -> Bools:
    """It has a place left."""
    return rows["places"] > 0


def is_published(rows: Rows, _person: Person, at: datetime) -> Bools:
    """It was published by now."""
    return rows["published"] <= microseconds(at, 0)


def is_not_expired(rows: Rows, _person: Person, at: datetime) -> Bools:
    """It does not expire before, or now."""
    return rows["expires"] > microseconds(at, 0)


def is_not_over(rows: Rows, _person: Person, at: datetime) -> Bools:
    """Its dates have not passed; one that repeats is not over with its first dates."""
    return rows["over"] > microseconds(at, 0)


def is_of_age(rows: Rows, person: Person, at: datetime) -> Bools:
    """The person has the age on the day they would begin: its start, or today if that is later.

    Without a birth date only openings that ask no age are left.
    """
    born = rules.UNSAID_DAY if person.birth_date is None else day_number(person.birth_date)
    today = day_number(at.date())
    return rules.are_of_age(born, rows["minimum_age"], rows["maximum_age"], rows["start_day"], today)


def speaks_languages(rows: Rows, person: Person, _at: datetime) -> Bools:
    """The person speaks every language it lists, or has not said which they speak."""
    if not person.languages:
        return np.broadcast_to(np.True_, len(rows))
    had = [asked for asked in rows.languages.codes if speaks(person.languages, asked)]
    enough = rows.languages.overlaps(had) == rows.languages.sizes
    fits: Bools = enough[rows["languages"]]
    return fits


def is_of_wanted_type(rows: Rows, person: Person, _at: datetime) -> Bools:
    """It is on site, hybrid or remote, as the person wants."""
    if not person.location_types:
        return np.broadcast_to(np.True_, len(rows))
    return rules.are_of_wanted_type(rules.type_bits(person.location_types), rows["location"])


def chords_from(rows: Rows, person: Person, chosen: Ints | None = None) -> Floats:
    """Give the squared chords from the person to openings; NaN where a place is unknown."""
    some = (rows[axis] for axis in "xyz")
    x, y, z = some if chosen is None else (column.take(chosen) for column in some)
    if person.latitude is None or person.longitude is None:
        return np.full(len(x), np.nan)
    return squared_chords(x, y, z, person.latitude, person.longitude)


def is_within_radius(rows: Rows, person: Person, _at: datetime) -> Bools:
    """It is remote, or lies within the radius of a person who has said where they are.

    An opening of an unknown place lies in nobody's radius.
    """
    if person.latitude is None or person.longitude is None:
        return np.broadcast_to(np.True_, len(rows))
    return rules.are_within(chords_from(rows, person), squared_chord(person.radius_km), rows["location"])


def has_time_in_common(rows: Rows, person: Person, _at: datetime) -> Bools:
    """It and the person have a slot in common, where both said when."""
    slots = rows["slots"]
    if not person.slots:
        return np.broadcast_to(np.True_, len(rows))
    return rules.have_time_in_common(slots, person.slots)


#: What stands in the way where a rule fails, in the order in which it is said.
RULES: dict[str, Rule] = {
    "unverified": is_verified,
    "closed": is_open,
    "full": has_places,
    "unpublished": is_published,
    "expired": is_not_expired,
    "over": is_not_over,
    "age": is_of_age,
    "language": speaks_languages,
    "location_type": is_of_wanted_type,
    "too_far": is_within_radius,
    "wrong_time": has_time_in_common,
}
#: In which order they are asked: those that read least first.
_IN_TURN = (
    ("unverified", "closed", "full", "location_type", "language", "wrong_time"),
    ("unpublished", "expired", "over", "age", "too_far"),
)
#: Every code of `Index.explain_ineligible`.
INELIGIBLE_CODES = (*RULES, "answered")


def eligible_rows(rows: Rows, person: Person, at: datetime) -> Ints:
    """Give the openings that every rule lets through; answered ones are the index's to leave out.

    Only what may be near is looked at; and the dearer rules see only what the cheaper ones have left.
    """
    part = near(rows, person)
    for codes in _IN_TURN:
        mask = part["alive"]
        for code in codes:
            mask = mask & RULES[code](part, person, at)
        part = part.only(mask)
    return part.numbers()
