"""All open needs as the ranking sees them: one index for each database, kept in step with its rows.

The processes of a machine share it through files (index_files.py): a process that starts lays its own over
them, and asks the database what has changed since. Where there are none yet, the first look reads
everything, which takes half a minute for 100,000 needs; `renew_open_needs` then writes them, and writes
them anew when much has changed. Each later look asks which rows changed since the last one, which is one
quick statement where none did. What a transaction wrote cannot be seen before it commits, and then bears
the time at which it began: so each look goes back a little behind the last one, and once in a while much
further. A stale index proposes nothing by mistake all the same: what it finds is asked of the rows again
(candidates.py).
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.orm import Session

from matching.index import Index
from matching.profiles import Opening
from service.access.actors import Actor
from service.queries.index_files import Generation, IndexFiles
from service.queries.opening_rows import (
    BOTH,
    CHANGED,
    NEEDS,
    ONE,
    OPEN,
    OPEN_NOW,
    ORGANISATIONS,
    changed_since,
    opening_of,
)
from service.queries.texts import get_means

# Longer than nearly every transaction takes; and longer than any is let live.
USUAL_OVERLAP, LONG_OVERLAP = timedelta(seconds=15), timedelta(minutes=10)
LONG_LOOK_EVERY = timedelta(seconds=30)
_AT_ONCE = 500
# The files are written anew when so many needs, and this part of all, have changed since.
_RENEW_AT_LEAST, _RENEW_PART = 1000, 0.02
# How long the files are left alone when they could not be written.
_TRY_AGAIN = timedelta(minutes=5)
_MOST_GONE = 100_000

Versions = tuple[int, int]


@dataclass
class Kept:
    """An index, the versions of what has left it, and when the rows were last looked at.

    `files` are those that are shared, if any; `generation` names the one that the index lies over, and
    `tried` the last one that was looked at.
    """

    index: Index | None = None
    gone: dict[uuid.UUID, Versions] = field(default_factory=dict)
    # When the texts were embedded that later looks will find once more.
    embedded: dict[uuid.UUID, datetime] = field(default_factory=dict)
    looked_at: datetime | None = None
    looked_long_at: datetime | None = None
    files: IndexFiles | None = None
    generation: str | None = None
    tried: str | None = None
    renew_after: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, generation: Generation) -> Index:
        """Go over to a generation; the next look will go far back, behind the time of its making."""
        self.index, self.generation = generation.index, generation.name
        self.looked_at, self.looked_long_at = generation.looked_at, generation.looked_at - LONG_OVERLAP
        self.embedded = {}
        if len(self.gone) > _MOST_GONE:
            self.gone = {}
        return generation.index

    def seen(self, index: Index, need_id: uuid.UUID) -> Versions | None:
        """Give the versions of a need as they were last seen, if they were."""
        return index.versions_of(need_id) or self.gone.get(need_id)


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
        index = _newest(session, kept, at) if kept.files else kept.index
        if index is None:
            index = Index.build(_read_all(session))
            kept.looked_long_at = at
        else:
            _catch_up(session, kept, index, at)
        if kept.looked_long_at == at:
            index.texts.use(get_means(session, actor))
        kept.index, kept.looked_at = index, at
        return index


def index_one_need(session: Session, actor: Actor, need_id: uuid.UUID) -> Index:
    """Make an index of one need, which may be full; the caller has looked who may see it."""
    row = session.execute(ONE.where(NEEDS.c.id == need_id)).one()
    index = Index.build([opening_of(row)])
    index.texts.use(get_means(session, actor))
    return index


def share_open_needs(engine: Engine, folder: Path) -> None:
    """Let this process share the index of a database with all others that name the same folder."""
    with _KEPT_LOCK:
        _KEPT.setdefault(engine, Kept()).files = IndexFiles(folder, engine)


def renew_open_needs(engine: Engine | Connection, *, at: datetime) -> bool:
    """Write the shared files where there are none or much has changed; say whether they were written.

    Takes seconds where it does, so not within a transaction, nor in a process that answers requests.
    """
    with _KEPT_LOCK:
        kept = _KEPT.get(engine)
    if kept is None or kept.files is None:
        return False
    with kept.lock:
        if kept.index is None or kept.looked_at is None or not _is_behind(kept, kept.index, at):
            return False
        if not kept.files.write(kept.index, kept.looked_at):
            kept.renew_after = at + _TRY_AGAIN
            return False
        generation = kept.files.read(checked=False)
        if generation is not None:
            kept.take(generation)
        return True


def _is_behind(kept: Kept, index: Index, at: datetime) -> bool:
    if kept.renew_after is not None and at < kept.renew_after:
        return False
    if kept.files is not None and kept.files.newest() not in (None, kept.generation, kept.tried):
        return False  # another process was faster: the next look goes over to its files
    return kept.generation is None or index.changed > max(_RENEW_AT_LEAST, _RENEW_PART * len(index))


def _newest(session: Session, kept: Kept, at: datetime) -> Index | None:
    """Go over to the newest generation of the files, if there is one that this process does not have."""
    index, files = kept.index, kept.files
    newest = files.newest() if files else None
    if files is None or newest is None or newest in (kept.generation, kept.tried):
        return index
    kept.tried = newest
    generation = files.read(checked=index is None)
    if generation is None:
        return index
    first, index = index is None, kept.take(generation)
    if first:
        # The database may be another one than that of the files: one brought back, or made anew.
        _catch_up(session, kept, index, at)
        if not _agrees(session, index):
            _compare(session, kept, index)
    return index


def _agrees(session: Session, index: Index) -> bool:
    """Say whether the index has as many needs as are open, of such versions, and the same outermost ids."""
    count, versions, organisation_versions = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(NEEDS.c.version), 0),
            func.coalesce(func.sum(ORGANISATIONS.c.version), 0),
        )
        .select_from(BOTH)
        .where(*OPEN_NOW)
    ).one()
    ids = select(NEEDS.c.id).select_from(BOTH).where(*OPEN_NOW).limit(1)
    outermost = [session.scalar(ids.order_by(order)) for order in (NEEDS.c.id, NEEDS.c.id.desc())]
    return index.summary() == (count, int(versions), int(organisation_versions), *outermost)


def _compare(session: Session, kept: Kept, index: Index) -> None:
    """Compare all open needs by their versions, and put right what differs."""
    there = {
        row.id: (row.version, row.organisation_version)
        for row in session.execute(CHANGED.select_from(BOTH).where(*OPEN_NOW))
    }
    for need_id in [one for one in index.need_ids() if one not in there]:
        index.remove(need_id)
    kept.gone = {}
    _put_open(session, index, [one for one, versions in there.items() if index.versions_of(one) != versions])


def _read_all(session: Session) -> Iterator[Opening]:
    if session.get_bind().dialect.name == "postgresql":
        # Between two parts of the rows, and after the last, the arithmetic takes its time.
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '15min'"))
    for row in session.execute(OPEN.execution_options(yield_per=_AT_ONCE)):
        yield opening_of(row)


def _catch_up(session: Session, kept: Kept, index: Index, at: datetime) -> None:
    rows = session.execute(changed_since(_since(kept, at))).all()
    changed = {
        row.id: (row.version, row.organisation_version)
        for row in rows
        if _is_newer((row.version, row.organisation_version), kept.seen(index, row.id))
    }
    # A text that was embedded is no change of the need: its version stays.
    embedded = {row.id: row.embedded_at for row in rows if row.embedded_at is not None}
    better = {one for one, when in embedded.items() if one in index and kept.embedded.get(one) != when}
    put = _put_open(session, index, changed.keys() | better)
    for need_id in changed.keys() - put:
        index.remove(need_id)
    # Noted last: if reading failed, the next look finds them again.
    kept.gone |= {need_id: changed[need_id] for need_id in changed.keys() - put}
    kept.embedded |= {need_id: embedded[need_id] for need_id in embedded.keys() & put}
    if kept.looked_long_at == at:
        kept.embedded = {one: when for one, when in kept.embedded.items() if one in embedded}


def _since(kept: Kept, at: datetime) -> datetime:
    """Say from when on changes are asked for; the clocks of several machines may differ a little."""
    if kept.looked_long_at is None or kept.looked_at is None or at - kept.looked_long_at >= LONG_LOOK_EVERY:
        since = min(kept.looked_long_at or at, at) - LONG_OVERLAP
        kept.looked_long_at = at
        return since
    return min(kept.looked_at, at) - USUAL_OVERLAP


def _is_newer(versions: Versions, seen: Versions | None) -> bool:
    # Two threads may read at different moments: whoever comes late with old rows changes nothing.
    return seen is None or versions[0] > seen[0] or versions[1] > seen[1]


def _put_open(session: Session, index: Index, need_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    ids, put = list(need_ids), set()
    for first in range(0, len(ids), _AT_ONCE):
        for row in session.execute(OPEN.where(NEEDS.c.id.in_(ids[first : first + _AT_ONCE]))):
            index.put(opening_of(row))
            put.add(row.id)
    return put
