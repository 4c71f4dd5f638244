"""Overlaps: nobody is promised to two places at one time, unless they say so themselves (I-05)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import Need, Organisation, Shift
from service.access.actors import Actor
from service.errors import FieldError, Refusal
from service.i18n import say
from service.queries.commitments import Commitment, dates_of, list_commitments
from service.schemas.dates import say_time

# So many are named; a rule that meets another every week would name a hundred.
MOST_NAMED = 20


def must_not_overlap(
    session: Session,
    actor: Actor,
    volunteer_id: uuid.UUID,
    wanted: Sequence[Commitment],
    *,
    but: uuid.UUID | None = None,
    beside: Sequence[Commitment] = (),
) -> None:
    """Refuse with `overlaps`, and say what meets what.

    `but` is the placement that these would belong to, and `beside` what it keeps. The volunteer's row is
    locked: of two acceptances at once, the second sees the first.
    """
    if not wanted:
        return
    since, until = min(one.starts_at for one in wanted), max(one.ends_at for one in wanted)
    held = list_commitments(session, actor, volunteer_id, since=since, until=until, but=but)
    found = _pairs(wanted, [*held, *beside])
    if found:
        language = actor.language
        errors = [
            FieldError(_field(one), "overlaps", _words(language, one, other))
            for one, other in found[:MOST_NAMED]
        ]
        detail = say(language, "At that time you have something else: %(what)s.", what=errors[0].message)
        raise Refusal("overlaps", detail, tuple(errors))


def times_of_need(need: Need, organisation: Organisation, *, at: datetime) -> list[Commitment]:
    """List the times that a need without shifts takes from now on."""
    return list(dates_of(need, organisation, since=at))


def times_of_shifts(need: Need, organisation: Organisation, shifts: Iterable[Shift]) -> list[Commitment]:
    """List the times that shifts take."""
    return [Commitment(need, organisation, one.id, one.starts_at, one.ends_at) for one in shifts]


def _pairs(wanted: Sequence[Commitment], held: Sequence[Commitment]) -> list[tuple[Commitment, Commitment]]:
    """Pair what would be with what is already, or comes with it in the same request."""
    among = sorted(wanted, key=lambda one: (one.starts_at, one.ends_at))
    found = [(one, other) for one in among for other in held if one.overlaps(other)]
    for number, one in enumerate(among):
        for other in among[number + 1 :]:
            if other.starts_at >= one.ends_at:
                break
            found.append((one, other))
    return found


def _field(one: Commitment) -> str:
    return f"shift_ids.{one.shift_id}" if one.shift_id else "confirm_overlap"


def _words(language: str, one: Commitment, other: Commitment) -> str:
    return say(
        language,
        "%(when)s meets “%(other)s” (%(organisation)s), %(other_when)s",
        when=say_time(language, one.starts_at, one.ends_at, one.need.timezone),
        other=other.need.title,
        organisation=other.organisation.name,
        other_when=say_time(language, other.starts_at, other.ends_at, other.need.timezone),
    )
