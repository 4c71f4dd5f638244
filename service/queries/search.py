"""Searching open needs by words, in the very index from which proposals are made."""

from __future__ import annotations

import uuid
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from matching.arrays import Bools
from matching.index import Index
from matching.rows import microseconds
from service.access.actors import Actor
from service.queries.openings import list_open_needs


def search_open_needs(
    session: Session, actor: Actor, text: str, *, at: datetime, limit: int
) -> list[tuple[uuid.UUID, float]]:
    """Find open needs of verified organisations by words in any of the languages, the most similar first.

    Each with its similarity, above 0 and up to 1; equals in the order of their ids. The rows are the
    caller's to ask again: what closed a moment ago may still be found.
    """
    index = list_open_needs(session, actor, at=at)
    with index.lock:
        return index.search(text, mask=_of_now(index, at), limit=limit)


def _of_now(index: Index, at: datetime) -> Bools:
    """Mark what is published by now and not over yet."""
    now, rows = microseconds(at, 0), index.rows
    return np.asarray((rows["published"] <= now) & (rows["expires"] > now) & (rows["over"] > now))
