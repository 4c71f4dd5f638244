"""All open needs as arrays: kept as needs change, asked who may be proposed and what words find.

Openings are appended; a changed one gets a new row and its old row dies; when a third of the rows
are dead they are dropped. Text vectors are made once per opening. One lock lets a web worker's
threads share an index: hold `index.lock` where several calls must see the same rows.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Self
from uuid import UUID

import numpy as np

from matching.arrays import Bools, Floats, Ints
from matching.eligibility import RULES, eligible
from matching.order import best_first, contenders
from matching.profiles import Opening, Person
from matching.rows import Rows
from matching.text import Texts
from matching.vectors import Text

_BATCH = 1000
#: Rows are dropped when so many, and this part of all, are dead.
_DEAD_AT_LEAST, _DEAD_PART = 1000, 1 / 3
#: A search that finds no more than this many compares them all exactly.
_COMPARED_AT_LEAST = 1000


class Index:
    """The openings, by id and by row."""

    def __init__(self) -> None:
        """Begin without openings."""
        self.lock = threading.RLock()
        self.rows = Rows()
        self.texts = Texts()
        self._row_of: dict[UUID, int] = {}

    @classmethod
    def build(cls, openings: Iterable[Opening]) -> Self:
        """Make an index of many openings at once; of two with one id the later counts."""
        index = cls()
        waiting = iter(openings)
        while batch := list(islice(waiting, _BATCH)):
            index._append(batch)
        index.texts.merge()
        return index

    def __len__(self) -> int:
        """Count the openings."""
        return len(self._row_of)

    def __contains__(self, need_id: UUID) -> bool:
        """Say whether a need is here."""
        return need_id in self._row_of

    def put(self, opening: Opening) -> None:
        """Add an opening, or replace the one with its id."""
        with self.lock:
            self._append([opening])
            self._drop_dead_rows()
            self.texts.merge_if_long()

    def remove(self, need_id: UUID) -> None:
        """Take an opening out; one that is not here is out already."""
        with self.lock:
            row = self._row_of.pop(need_id, None)
            if row is not None:
                self._let_die(row)
                self._drop_dead_rows()

    def set_places(self, need_id: UUID, places_left: int) -> None:
        """Say how many places an opening has left; nothing happens where it is not here."""
        with self.lock:
            row = self._row_of.get(need_id)
            if row is not None:
                self.rows["places"][row] = places_left

    def _append(self, openings: Sequence[Opening]) -> None:
        self.texts.extend([text_of(opening) for opening in openings])
        for opening in openings:
            row = self.rows.append(opening)
            before = self._row_of.get(opening.id)
            if before is not None:
                self._let_die(before)
            self._row_of[opening.id] = row

    def _let_die(self, row: int) -> None:
        self.rows["alive"][row] = False
        self.texts.forget(row)

    def _drop_dead_rows(self) -> None:
        dead = len(self.rows) - len(self._row_of)
        if dead <= max(_DEAD_AT_LEAST, _DEAD_PART * len(self.rows)):
            return
        kept = np.flatnonzero(self.rows["alive"])
        self.rows.keep(kept)
        self.texts.keep(kept)
        self._row_of = {self.need_id(row): row for row in range(len(kept))}

    def need_id(self, row: int) -> UUID:
        """Give the id of the need in a row."""
        return UUID(int=int(self.rows["id_high"][row]) << 64 | int(self.rows["id_low"][row]))

    def row_of(self, need_id: UUID) -> int:
        """Give the row of a need; KeyError where it is not here."""
        return self._row_of[need_id]

    def eligible(self, person: Person, *, at: datetime) -> Bools:
        """Mark the rows that may be proposed to the person now."""
        with self.lock:
            mask = eligible(self.rows, person, at)
            rows = (self._row_of.get(need_id) for need_id in person.answered)
            mask[[row for row in rows if row is not None]] = False
            return mask

    def explain_ineligible(self, person: Person, need_id: UUID, at: datetime) -> tuple[str, ...]:
        """Name every rule that keeps a need from a person: `INELIGIBLE_CODES`; KeyError: not here."""
        with self.lock:
            row = self.row_of(need_id)
            codes = [code for code, rule in RULES.items() if not rule(self.rows, person, at)[row]]
            return (*codes, "answered") if need_id in person.answered else tuple(codes)

    def search(self, query: str, *, mask: Bools | None = None, limit: int) -> list[tuple[UUID, float]]:
        """Find needs by words, the most similar first, each with its similarity above 0 up to 1.

        All openings are looked through, or those of the mask (see `eligible`, `marked`), which
        must be of these very rows: hold the lock. Who may see what is the asking side's to say.
        """
        with self.lock:
            asked = self.texts.query(query)
            scores = np.where(self.rows["alive"], self.texts.scores(asked), 0.0)
            if mask is not None:
                scores = scores * mask
            rows = self.best(np.flatnonzero(scores), scores, max(2 * limit, _COMPARED_AT_LEAST))
            similarities = self.texts.similarities(asked, rows)
            order = best_first(similarities, self.tie_breakers(rows))[:limit]
            return [(self.need_id(rows[one]), float(similarities[one])) for one in order]

    @property
    def nbytes(self) -> int:
        """Say how many bytes the arrays fill."""
        return self.texts.nbytes + sum(column.nbytes for column in self.rows.columns.arrays())

    def marked(self, need_ids: Iterable[UUID]) -> Bools:
        """Mark the rows of these needs, as far as they are here."""
        with self.lock:
            mask = np.zeros(len(self.rows), bool)
            rows = (self._row_of.get(need_id) for need_id in need_ids)
            mask[[row for row in rows if row is not None]] = True
            return mask

    def best(self, rows: Ints, scores: Floats, limit: int) -> Ints:
        """Give the rows with the highest of all rows' scores, best first, ties by need id."""
        rows = rows[contenders(scores[rows], limit)]
        return rows[best_first(scores[rows], self.tie_breakers(rows))][:limit]

    def tie_breakers(self, rows: Ints) -> tuple[Ints, Ints]:
        """Give the need ids of some rows as two numbers each, by which equals are put in order."""
        return self.rows["id_high"][rows], self.rows["id_low"][rows]


def text_of(opening: Opening) -> Text:
    """Give what is read of an opening: its words, its organisation's name, and its causes."""
    body = f"{opening.organisation_name}\n{opening.description}"
    return Text(opening.title, body, opening.causes)
