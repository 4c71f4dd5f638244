"""All open needs as the ranking sees them: one index for each database, kept in step with its rows.

The first look reads everything (`halfway serve` takes it before the first request, for 100,000 needs
take half a minute); each later one asks which rows changed since, which is one quick statement where
none did. What a transaction wrote cannot be seen before it commits, and then bears the time at which it
began: so each look goes back a little behind the last one, and once in a while much further. A stale
index proposes nothing by mistake all the same: what it finds is asked of the rows again (candidates.py).
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import CompoundSelect, Connection, Engine, select, union_all
from sqlalchemy.orm import Session

from matching.index import Index
from matching.profiles import Opening
from models import Need, Organisation
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service.access.actors import Actor

# Longer than nearly every transaction takes; and longer than any is let live.
USUAL_OVERLAP, LONG_OVERLAP = timedelta(seconds=15), timedelta(minutes=10)
LONG_LOOK_EVERY = timedelta(seconds=30)
_AT_ONCE = 500

Versions = tuple[int, int]

_NEEDS, _ORGANISATIONS = Need.__table__, Organisation.__table__
_BOTH = _NEEDS.join(_ORGANISATIONS, _ORGANISATIONS.c.id == _NEEDS.c.organisation_id)
_CHANGED = select(_NEEDS.c.id, _NEEDS.c.version, _ORGANISATIONS.c.version.label("organisation_version"))
_OPEN = (
    select(
        *(
            _NEEDS.c[name]
            for name in (
                *("id", "version", "organisation_id", "title", "description", "language", "causes"),
                *("skills", "languages", "location_type", "latitude", "longitude", "timezone"),
                *("starts_at", "ends_at", "rrule", "slots", "commitment_hours_per_week"),
                *("minimum_age", "maximum_age", "requirements", "places", "places_taken"),
                *("publish_at", "published_at", "expires_at"),
            )
        ),
        _ORGANISATIONS.c.version.label("organisation_version"),
        _ORGANISATIONS.c.name.label("organisation_name"),
    )
    .select_from(_BOTH)
    .where(
        _NEEDS.c.status == NeedStatus.OPEN,
        _ORGANISATIONS.c.status == OrganisationStatus.VERIFIED,
    )
)


@dataclass
class Kept:
    """An index, the versions of what it was made of, and when the rows were last looked at."""

    index: Index | None = None
    seen: dict[uuid.UUID, Versions] = field(default_factory=dict)
    looked_at: datetime | None = None
    looked_long_at: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_KEPT: WeakKeyDictionary[Engine | Connection, Kept] = WeakKeyDictionary()
_KEPT_LOCK = threading.Lock()


def list_open_needs(session: Session, actor: Actor, *, at: datetime) -> Index:
    """Give the index of all open needs of verified organisations, as the database has them now.

    Whoever asks may see them: they are public. Not for a transaction that has changed needs itself:
    what it wrote would be known to all before it is certain.
    """
    # Whoever waits for the others below must not keep them waiting for the database.
    session.connection()
    with _KEPT_LOCK:
        kept = _KEPT.setdefault(session.get_bind(), Kept())
    with kept.lock:
        if kept.index is None:
            kept.index = Index.build(_read_all(session, kept))
            kept.looked_long_at = at
        else:
            _catch_up(session, kept, kept.index, at)
        kept.looked_at = at
        return kept.index


def _read_all(session: Session, kept: Kept) -> Iterator[Opening]:
    for row in session.execute(_OPEN.execution_options(yield_per=_AT_ONCE)):
        kept.seen[row.id] = (row.version, row.organisation_version)
        yield _opening(row)


def _catch_up(session: Session, kept: Kept, index: Index, at: datetime) -> None:
    changed = {
        row.id: (row.version, row.organisation_version)
        for row in session.execute(_changed_since(_since(kept, at)))
        if _is_newer((row.version, row.organisation_version), kept.seen.get(row.id))
    }
    for need_id in changed.keys() - _put_open(session, index, changed):
        index.remove(need_id)
    # Noted last: if reading failed, the next look finds them again.
    kept.seen |= changed


def _since(kept: Kept, at: datetime) -> datetime:
    """Say from when on changes are asked for; the clocks of several machines may differ a little."""
    if kept.looked_long_at is None or kept.looked_at is None or at - kept.looked_long_at >= LONG_LOOK_EVERY:
        since = min(kept.looked_long_at or at, at) - LONG_OVERLAP
        kept.looked_long_at = at
        return since
    return min(kept.looked_at, at) - USUAL_OVERLAP


def _changed_since(since: datetime) -> CompoundSelect[Any]:
    statement = _CHANGED.select_from(_BOTH)
    return union_all(
        statement.where(_NEEDS.c.updated_at >= since),
        statement.where(_ORGANISATIONS.c.updated_at >= since),
    )


def _is_newer(versions: Versions, seen: Versions | None) -> bool:
    # Two threads may read at different moments: whoever comes late with old rows changes nothing.
    return seen is None or versions[0] > seen[0] or versions[1] > seen[1]


def _put_open(session: Session, index: Index, need_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    ids, put = list(need_ids), set()
    for first in range(0, len(ids), _AT_ONCE):
        for row in session.execute(_OPEN.where(_NEEDS.c.id.in_(ids[first : first + _AT_ONCE]))):
            index.put(_opening(row))
            put.add(row.id)
    return put


def _opening(row: Any) -> Opening:
    dates = [one for one in (row.published_at, row.publish_at) if one is not None]
    return Opening(
        id=row.id,
        organisation_id=row.organisation_id,
        title=row.title,
        description=row.description,
        organisation_name=row.organisation_name,
        language=row.language,
        causes=frozenset(row.causes),
        skills=tuple((code, None) for code in row.skills),
        languages=tuple((code, None) for code in row.languages),
        location_type=row.location_type.value,
        latitude=row.latitude,
        longitude=row.longitude,
        timezone=row.timezone,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        repeats=row.rrule is not None,
        slots=row.slots,
        commitment_hours_per_week=row.commitment_hours_per_week,
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        requirements=frozenset(row.requirements),
        places_left=row.places - row.places_taken,
        published_at=max(dates, default=None),
        expires_at=row.expires_at,
        organisation_verified=True,
        accepted=row.places_taken,
    )
