"""All open needs as arrays: kept as needs change, asked who may be proposed and what words find.

Openings are appended; a changed one gets a new row and its old row dies. When many rows are new or
dead, all are arranged anew: in order of their areas, dead ones dropped. Text vectors are made once per
opening. One lock lets a web worker's threads share an index: hold `index.lock` where several calls must
see the same rows. An index is stored as plain arrays, over which other processes lay theirs
(`matching.storage`): they share the memory of all that has not changed since.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Self
from uuid import UUID

import numpy as np

from matching.arrays import Array, Bools, Floats, Ints
from matching.eligibility import RULES, eligible_rows
from matching.ids import Ids, joined
from matching.likeness import Likeness, text_of
from matching.merits import Kept, Measure
from matching.order import best_first, contenders
from matching.part import Part
from matching.profiles import Opening, Person
from matching.rows import Rows
from matching.storage import Parts

_BATCH = 1000
#: Rows are arranged anew when more than so many, and than this part of all, are new or dead.
_LONG_AT_LEAST, _LONG_PART = 1000, 0.1
_IDS = ("high", "low", "number")
#: A search that finds no more than this many compares them all exactly.
_COMPARED_AT_LEAST = 1000


class Index:
    """The openings, by id and by row."""

    def __init__(self) -> None:
        """Begin without openings."""
        self.lock = threading.RLock()
        self.rows = Rows()
        self.texts = Likeness()
        self._numbers = Ids()
        self._count = 0
        self._kept: dict[str, Kept] = {}

    @classmethod
    def build(cls, openings: Iterable[Opening]) -> Self:
        """Make an index of many openings at once; of two with one id the later counts."""
        index = cls()
        waiting = iter(openings)
        while batch := list(islice(waiting, _BATCH)):
            index._append(batch)
        index.arrange()
        return index

    @classmethod
    def over(cls, parts: Parts) -> Self:
        """Lay an index over the parts that `store` has given; what it changes is its own."""
        index = cls()
        index.rows, index.texts = Rows.over(parts), Likeness.over(parts)
        index._numbers = Ids.over(*(parts.arrays[f"ids.{name}"] for name in _IDS))
        index._count = parts.facts["count"]
        return index

    def store(self) -> Parts:
        """Give the parts from which `over` makes the same index; they stay this one's own."""
        with self.lock:
            if not self.is_arranged:
                self.arrange()
            parts = Parts(facts={"count": self._count})
            self.rows.store(parts)
            self.texts.store(parts)
            parts.arrays |= {f"ids.{one}": ids for one, ids in zip(_IDS, self._numbers.arrays, strict=True)}
            return parts

    def __len__(self) -> int:
        """Count the openings."""
        return self._count

    def __contains__(self, need_id: UUID) -> bool:
        """Say whether a need is here."""
        return self.find(need_id) is not None

    def put(self, opening: Opening) -> None:
        """Add an opening, or replace the one with its id."""
        with self.lock:
            self._append([opening])
            self._arrange_if_long()

    def remove(self, need_id: UUID) -> None:
        """Take an opening out; one that is not here is out already."""
        with self.lock:
            row = self.find(need_id)
            if row is not None:
                self._let_die(need_id, row)
                self._arrange_if_long()

    def set_places(self, need_id: UUID, places_left: int) -> None:
        """Say how many places an opening has left; nothing happens where it is not here."""
        with self.lock:
            row = self.find(need_id)
            if row is not None:
                self.rows["places"][row] = places_left
                for kept in self._kept.values():
                    kept.stale.update([row] if row < len(kept.values) else ())

    def set_prices(self, prices: Mapping[UUID, float]) -> None:
        """Say what each opening's exposure is worth (`matching.spread`); one not named has no price."""
        with self.lock:
            self.rows["price"][:] = np.nan
            self._kept.clear()
            for need_id, price in prices.items():
                row = self.find(need_id)
                if row is not None:
                    self.rows["price"][row] = price

    def _append(self, openings: Sequence[Opening]) -> None:
        self.texts.extend([text_of(opening) for opening in openings])
        for opening in openings:
            before = self.find(opening.id)
            price = np.nan if before is None else self.rows["price"][before]
            if before is not None:
                self._let_die(opening.id, before)
            row = self.rows.append(opening)
            self.rows["price"][row] = price
            self._numbers.put(opening.id, row)
            self._count += 1

    def _let_die(self, need_id: UUID, row: int) -> None:
        self.rows["alive"][row] = False
        self.texts.forget(row)
        self._numbers.forget_later(need_id)
        self._count -= 1

    @property
    def is_arranged(self) -> bool:
        """Say whether every row is alive, in its place, and in the postings."""
        return self._count == len(self.rows) == self.rows.arranged

    @property
    def changed(self) -> int:
        """Count the rows that are new or dead since all were arranged."""
        return 2 * len(self.rows) - self.rows.arranged - self._count

    def is_long(self) -> bool:
        """Say whether so many rows are new or dead that all should be arranged."""
        return self.changed > max(_LONG_AT_LEAST, _LONG_PART * len(self.rows))

    def _arrange_if_long(self) -> None:
        if self.is_long():
            self.arrange()

    def arrange(self) -> None:
        """Put the rows in order, drop the dead ones, and turn their texts."""
        with self.lock:
            kept = self.rows.in_order()
            self.rows.keep(kept)
            self.texts.keep(kept)
            self._kept.clear()
            self.rows.arranged = len(kept)
            self._numbers = Ids.of(self.rows["id_high"], self.rows["id_low"])

    def repeat(self, times: int, *, seed: int) -> None:
        """Let every opening be there so many times, under ids of its own: for measuring."""
        with self.lock:
            self.arrange()
            rows = np.tile(np.arange(len(self.rows)), times)
            self.rows.keep(rows)
            self.texts.keep(rows)
            self._kept.clear()
            self.texts.recount()
            ids = np.random.default_rng(seed).integers(0, 1 << 63, len(rows), np.uint64)
            self.rows["id_high"][:] = ids
            self._count = len(rows)
            self.arrange()

    def need_id(self, row: int) -> UUID:
        """Give the id of the need in a row."""
        value = self.rows.columns.value
        return joined(value("id_high", int(row)), value("id_low", int(row)))

    def need_ids_of(self, rows: Ints) -> list[UUID]:
        """Give the ids of the needs in some rows."""
        halves = (self.rows[half].take(rows).tolist() for half in ("id_high", "id_low"))
        return [joined(high, low) for high, low in zip(*halves, strict=True)]

    def find(self, need_id: UUID) -> int | None:
        """Give the row of a need; None where it is not here."""
        row = self._numbers.get(need_id)
        return row if row is not None and self.rows["alive"][row] else None

    def need_ids(self) -> list[UUID]:
        """Give the ids of all openings."""
        with self.lock:
            rows = np.flatnonzero(self.rows["alive"])
            return self.need_ids_of(rows)

    def versions_of(self, need_id: UUID) -> tuple[int, int] | None:
        """Give the versions with which an opening was put here; None where it is not here."""
        with self.lock:
            row = self.find(need_id)
            if row is None:
                return None
            return int(self.rows["version"][row]), int(self.rows["organisation_version"][row])

    def summary(self) -> tuple[int, int, int, UUID | None, UUID | None]:
        """Give the number of openings, the sums of both their versions, and the first and the last id."""
        with self.lock:
            rows = np.flatnonzero(self.rows["alive"])
            needs, organisations = self.rows["version"][rows], self.rows["organisation_version"][rows]
            order = np.lexsort((self.rows["id_low"][rows], self.rows["id_high"][rows]))
            first, last = (self.need_id(rows[order[end]]) if len(rows) else None for end in (0, -1))
            return len(rows), int(needs.sum()), int(organisations.sum()), first, last

    def row_of(self, need_id: UUID) -> int:
        """Give the row of a need; KeyError where it is not here."""
        row = self.find(need_id)
        if row is None:
            raise KeyError(need_id)
        return row

    def eligible(self, person: Person, *, at: datetime) -> Bools:
        """Mark the rows that may be proposed to the person now."""
        with self.lock:
            mask = np.zeros(len(self.rows), bool)
            mask[self.eligible_rows(person, at=at)] = True
            return mask

    def eligible_rows(self, person: Person, *, at: datetime) -> Ints:
        """Give the rows that may be proposed to the person now, rising."""
        with self.lock:
            rows = eligible_rows(self.rows, person, at)
            if person.answered:
                rows = rows[~np.isin(rows, self.rows_of(person.answered))]
            return rows

    def kept(self, name: str, key: Hashable, measure: Measure) -> Array:
        """Give a number for each row as it is kept under a name, told anew where the key is another one."""
        with self.lock:
            known = self._kept.get(name)
            if known is None or known.key != key:
                known = self._kept[name] = Kept(key, measure)
            return known.of(self.rows)

    def rows_of(self, need_ids: Iterable[UUID]) -> list[int]:
        """Give the rows of those of some needs that are here."""
        rows = (self.find(need_id) for need_id in need_ids)
        return [row for row in rows if row is not None]

    def explain_ineligible(self, person: Person, need_id: UUID, at: datetime) -> tuple[str, ...]:
        """Name every rule that keeps a need from a person: `INELIGIBLE_CODES`; KeyError: not here."""
        with self.lock:
            only = Part(self.rows, np.array([self.row_of(need_id)]))
            codes = [code for code, rule in RULES.items() if not rule(only, person, at)[0]]
            return (*codes, "answered") if need_id in person.answered else tuple(codes)

    def search(self, query: str, *, mask: Bools | None = None, limit: int) -> list[tuple[UUID, float]]:
        """Find needs by words, the most similar first, each with its similarity above 0 up to 1.

        All openings are looked through, or those of the mask (see `eligible`, `marked`), which
        must be of these very rows: hold the lock. Who may see what is the asking side's to say.
        """
        with self.lock:
            asked = self.texts.query(query)
            scores = np.where(self.rows["alive"], self.texts.found(asked), 0.0)
            if mask is not None:
                scores = scores * mask
            found = np.flatnonzero(scores)
            rows = self.best(found, scores[found], max(2 * limit, _COMPARED_AT_LEAST))
            similarities = self.texts.similarities(asked, rows)
            order = best_first(similarities, self.tie_breakers(rows))[:limit]
            return [(self.need_id(rows[one]), float(similarities[one])) for one in order]

    @property
    def nbytes(self) -> int:
        """Say how many bytes the arrays fill."""
        return self.texts.nbytes + sum(column.nbytes for column in self.rows.columns.named().values())

    def marked(self, need_ids: Iterable[UUID]) -> Bools:
        """Mark the rows of these needs, as far as they are here."""
        with self.lock:
            mask = np.zeros(len(self.rows), bool)
            mask[self.rows_of(need_ids)] = True
            return mask

    def best(self, rows: Ints, scores: Floats, limit: int) -> Ints:
        """Give the rows with the highest scores, one for each row; best first, ties by need id."""
        chosen = contenders(scores, limit)
        rows, scores = rows[chosen], scores[chosen]
        return rows[best_first(scores, self.tie_breakers(rows))][:limit]

    def tie_breakers(self, rows: Ints) -> tuple[Ints, Ints]:
        """Give the need ids of some rows as two numbers each, by which equals are put in order."""
        return self.rows["id_high"].take(rows), self.rows["id_low"].take(rows)
