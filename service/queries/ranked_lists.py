"""Reading lists as they were put before volunteers, and what was taken from them, for the ranking to learn.

A list stands until the volunteer's next one. It counts where there is a sign that somebody saw it while it
stood: the volunteer asked for it themselves, signed in, used their session, or said yes to something in it. A
decline is no such sign: with it or without, the same is learnt (I-30). One that stood for less than a minute
counts only with a yes, and one that still stands only after a day, for its answers may be to come.
"""

from __future__ import annotations

import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.arrays import Floats
from matching.features import FEATURES
from matching.shown import Shown
from models import Event, Proposal, RankedList, Volunteer, WebSession
from service.access.actors import Actor

#: No more is learnt from, the latest of them: they must fit into the memory of a worker.
MOST_LISTS = 50_000
SHORTEST, SETTLED = timedelta(minutes=1), timedelta(days=1)
_AT_ONCE = 500
_UNTIL_NOW = timedelta(days=36500)

Times = Mapping[uuid.UUID, list[datetime]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A list that was seen while it stood, and the needs that were taken from it meanwhile."""

    id: uuid.UUID
    ranked_at: datetime
    taken: frozenset[uuid.UUID]


def count_seen_lists(session: Session, actor: Actor, *, since: datetime | None, at: datetime) -> int:
    """Count the lists made after a moment that can be learnt from."""
    return len(_list_seen(session, since, at))


def get_shown(session: Session, actor: Actor, *, at: datetime) -> Shown:
    """Get the latest lists that can be learnt from, in the order of time."""
    seen = _list_seen(session, None, at)[-MOST_LISTS:]
    rows = _Rows()
    for first in range(0, len(seen), _AT_ONCE):
        part = {one.id: one for one in seen[first : first + _AT_ONCE]}
        found = {
            row.id: row
            for row in session.execute(
                select(RankedList.id, RankedList.volunteer_id, RankedList.names, RankedList.items).where(
                    RankedList.id.in_(part)
                )
            )
        }
        for list_id, one in part.items():
            rows.add(found[list_id], one.taken)
    return rows.shown()


class _Rows:
    """Rows of lists as they are read."""

    def __init__(self) -> None:
        self._features: list[Floats] = []
        self._taken: list[bool] = []
        self._places: list[int] = []
        self._lengths: list[int] = []
        self._volunteers: list[str] = []
        self._needs: list[str] = []

    def add(self, row: Any, taken: frozenset[uuid.UUID]) -> None:
        features = np.full((len(row.items), len(FEATURES)), np.nan)
        kept = [(FEATURES.index(name), at) for at, name in enumerate(row.names) if name in FEATURES]
        for number, item in enumerate(row.items):
            told = item.get("features") or []
            for column, at in kept:
                if at < len(told) and told[at] is not None:
                    features[number, column] = told[at]
        self._features.append(features)
        self._taken += [uuid.UUID(item["need_id"]) in taken for item in row.items]
        self._places += [int(item["position"]) for item in row.items]
        self._needs += [item["need_id"] for item in row.items]
        self._lengths.append(len(row.items))
        self._volunteers.append(str(row.volunteer_id))

    def shown(self) -> Shown:
        return Shown(
            names=FEATURES,
            features=np.concatenate([np.zeros((0, len(FEATURES))), *self._features]),
            taken=np.array(self._taken, bool),
            places=np.array(self._places, np.int64),
            starts=np.concatenate([[0], np.cumsum(self._lengths, dtype=np.int64)]),
            volunteers=np.array(self._volunteers, str),
            needs=np.array(self._needs, str),
        )


def _list_seen(session: Session, since: datetime | None, at: datetime) -> list[Seen]:
    """List what was seen, the earliest first; equal times by id."""
    signs, yeses = _signs(session), _yeses(session)
    seen = []
    for volunteer_id, lists in _by_volunteer(session):
        ends = [*(later.ranked_at for later in lists[1:]), at + _UNTIL_NOW]
        for one, end in zip(lists, ends, strict=True):
            taken = frozenset(need for when, need in yeses[volunteer_id] if one.ranked_at <= when < end)
            usable = one.names and (since is None or one.ranked_at > since)
            if usable and (taken or _was_seen(one, end, signs[volunteer_id], at)):
                seen.append(Seen(one.id, one.ranked_at, taken))
    return sorted(seen, key=lambda one: (one.ranked_at, one.id))


def _was_seen(one: Any, end: datetime, signs: Sequence[datetime], at: datetime) -> bool:
    if end > at and at - one.ranked_at < SETTLED:
        return False
    if end - one.ranked_at < SHORTEST:
        return False
    first = bisect_left(signs, one.ranked_at)
    return bool(one.asked) or (first < len(signs) and signs[first] < end)


def _by_volunteer(session: Session) -> Iterator[tuple[uuid.UUID, list[Any]]]:
    columns = (
        RankedList.id, RankedList.volunteer_id, RankedList.ranked_at, RankedList.asked, RankedList.names,
    )  # fmt: skip
    together: list[Any] = []
    statement = select(*columns).order_by(RankedList.volunteer_id, RankedList.ranked_at, RankedList.id)
    for row in session.execute(statement.execution_options(yield_per=_AT_ONCE)):
        if together and together[-1].volunteer_id != row.volunteer_id:
            yield together[-1].volunteer_id, together
            together = []
        together.append(row)
    if together:
        yield together[-1].volunteer_id, together


def _signs(session: Session) -> Times:
    """Say when each volunteer was there: signed in, or used a session."""
    there: defaultdict[uuid.UUID, list[datetime]] = defaultdict(list)
    signed_in = (
        select(Volunteer.id, Event.at)
        .join(Event, Event.actor_id == Volunteer.account_id)
        .where(Event.name == "session.opened")
    )
    looked = select(Volunteer.id, WebSession.last_seen_at).join(
        WebSession, WebSession.account_id == Volunteer.account_id
    )
    for statement in (signed_in, looked):
        for volunteer_id, when in session.execute(statement):
            there[volunteer_id].append(when)
    for times in there.values():
        times.sort()
    return there


def _yeses(session: Session) -> Mapping[uuid.UUID, list[tuple[datetime, uuid.UUID]]]:
    """Say when each volunteer said yes to which need."""
    said: defaultdict[uuid.UUID, list[tuple[datetime, uuid.UUID]]] = defaultdict(list)
    rows = session.execute(
        select(Proposal.volunteer_id, Event.at, Proposal.need_id)
        .join(Event, Event.subject_id == Proposal.id)
        .where(Event.subject_kind == "proposal", Event.name == "proposal.accepted")
    )
    for volunteer_id, when, need_id in rows:
        said[volunteer_id].append((when, need_id))
    return said
