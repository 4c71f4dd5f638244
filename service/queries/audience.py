"""All volunteers as the advice to coordinators counts them: one audience for each database, kept in step.

It knows them in coarse form only, and nothing but the numbers of `matching.counts` may leave it. The first
look reads everybody, which takes a third of a second for each 1,000 volunteers; each later one asks which
profiles changed since.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from matching.audience import Audience
from matching.counts import coarse
from models import Volunteer
from service.access.actors import Actor
from service.queries.candidates import person_of

# What a transaction wrote is seen when it commits, and bears the time at which it began.
OVERLAP = timedelta(minutes=10)
_AT_ONCE = 500
# When so many rows, and more than a third of all, are of profiles as they once were, all is read anew.
_DEAD_AT_LEAST = 1000

_COLUMNS = Volunteer.__table__.c
_READ = select(
    *(
        _COLUMNS[name]
        for name in (
            *(
                "id",
                "version",
                "centre_id",
                "language",
                "interests",
                "causes",
                "skills",
                "languages",
                "slots",
            ),
            *("latitude", "longitude", "radius_km", "location_types", "birth_date"),
        )
    )
).where(_COLUMNS.erased_at.is_(None))


@dataclass
class Kept:
    """An audience, the versions of the profiles it was made of, and when they were last looked at."""

    audience: Audience | None = None
    seen: dict[uuid.UUID, int] = field(default_factory=dict)
    looked_at: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_KEPT: WeakKeyDictionary[Engine | Connection, Kept] = WeakKeyDictionary()
_KEPT_LOCK = threading.Lock()


@contextmanager
def open_audience(session: Session, actor: Actor, *, secret: bytes, at: datetime) -> Iterator[Audience]:
    """Give all volunteers as the database has them now; nobody changes them until this is left.

    For advice alone: the caller tells numbers as `matching.counts` makes them, and only to those who may
    ask for advice. Not for a transaction that has changed profiles itself.
    """
    # Whoever waits for the others below must not keep them waiting for the database.
    session.connection()
    with _KEPT_LOCK:
        kept = _KEPT.setdefault(session.get_bind(), Kept())
    with kept.lock:
        yield _in_step(session, kept, secret, at)


def _in_step(session: Session, kept: Kept, secret: bytes, at: datetime) -> Audience:
    audience = kept.audience
    if audience is None or audience.secret != secret or _is_worn(audience):
        audience, kept.seen = Audience(secret), {}
        _put(audience, kept, session.execute(_READ.execution_options(yield_per=_AT_ONCE)))
    else:
        _catch_up(session, kept, audience, at)
    kept.audience, kept.looked_at = audience, at
    return audience


def _is_worn(audience: Audience) -> bool:
    return audience.dead > max(_DEAD_AT_LEAST, len(audience) / 2)


def _catch_up(session: Session, kept: Kept, audience: Audience, at: datetime) -> None:
    since = min(kept.looked_at or at, at) - OVERLAP
    changed = session.execute(select(_COLUMNS.id, _COLUMNS.version).where(_COLUMNS.updated_at >= since))
    wanted = [row.id for row in changed if kept.seen.get(row.id, 0) < row.version]
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        _put(audience, kept, session.execute(_READ.where(_COLUMNS.id.in_(some))))
    here_now = _COLUMNS.erased_at.is_(None)
    if session.scalars(select(func.count()).select_from(Volunteer).where(here_now)).one() != len(audience):
        here = set(session.scalars(select(_COLUMNS.id).where(here_now)))
        for volunteer_id in [one for one in audience.ids if one not in here]:
            audience.remove(volunteer_id)
            kept.seen.pop(volunteer_id, None)


def _put(audience: Audience, kept: Kept, rows: Iterable[Any]) -> None:
    for row in rows:
        audience.put(coarse(person_of(row)), row.centre_id)
        kept.seen[row.id] = row.version
