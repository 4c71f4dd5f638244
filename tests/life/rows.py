"""What a database holds, read past the ORM: plain rows that are equal where two databases say the same."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import psycopg
import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Boolean, Date, Table, Uuid
from sqlalchemy.engine import make_url

from models.base import Base, UtcDateTime

# The log is read by what is new in it; its numbers have gaps on PostgreSQL where something was undone.
LOG = "events"
TABLES: dict[str, Table] = {one.name: one for one in Base.metadata.sorted_tables}
Rows = dict[Any, SimpleNamespace]
# What is done lies there for a while and is of no interest; there is much of it.
OVER = {"jobs": " WHERE status <> 'done'"}
# Tables whose rows are counted up, with gaps that mean nothing.
COUNTED = {
    name
    for name, table in TABLES.items()
    if name != LOG and list(table.primary_key.columns.keys()) == ["number"]
}


def _time(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _plain(column: Any) -> Callable[[Any], Any]:
    """Give what makes of a raw value the one that both databases mean."""
    kind = column.type
    if isinstance(kind, Uuid):
        return lambda value: value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    if isinstance(kind, UtcDateTime):
        return _time
    if isinstance(kind, Boolean):
        return bool
    if isinstance(kind, Date):
        return lambda value: date.fromisoformat(value) if isinstance(value, str) else value
    if column.type._type_affinity.__name__ == "JSON":
        return orjson.loads
    return lambda value: bytes(value) if isinstance(value, memoryview) else value


def _without_gaps(rows: Rows) -> Rows:
    """Number rows by their order alone."""
    return {
        number: SimpleNamespace(**{**vars(row), "number": number})
        for number, row in enumerate(rows.values(), start=1)
    }


class Reader:
    """Reads the tables of one database over a connection of its own, and remembers what it has read."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._text = "::text" if parsed.get_backend_name() == "postgresql" else ""
        if self._text:
            address = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
            self._connection: Any = psycopg.connect(address, autocommit=True)
        else:
            self._connection = sqlite.connect(parsed.database, isolation_level=None)
        self._statements = {name: self._select(table) for name, table in TABLES.items()}
        self._plain = {name: [_plain(one) for one in table.c] for name, table in TABLES.items()}
        self._known: dict[tuple[str, Any], SimpleNamespace] = {}
        self.forget()

    def forget(self) -> None:
        """Begin anew: another life starts in the same database."""
        self._numbers: dict[int, int] = {}
        self._last = 0
        self._known.clear()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _select(self, table: Table) -> str:
        columns = []
        for one in table.c:
            is_json = one.type._type_affinity.__name__ == "JSON"
            columns.append(f'"{one.name}"' + (self._text if is_json else ""))
        order = ", ".join(f'"{one.name}"' for one in table.primary_key)
        where = OVER.get(table.name, "")
        return f'SELECT {", ".join(columns)} FROM "{table.name}"{where} ORDER BY {order}'

    def tables(self, names: Iterable[str]) -> dict[str, Rows]:
        """Read these tables whole, each row by its key."""
        return {name: self._table(name) for name in names if name != LOG}

    def _table(self, name: str) -> Rows:
        keys = [one.name for one in TABLES[name].primary_key]
        found: Rows = {}
        for raw in self._connection.execute(self._statements[name]).fetchall():
            row = self._known.get((name, raw))
            if row is None:
                row = self._known[(name, raw)] = self._row(name, raw)
            key = tuple(getattr(row, one) for one in keys)
            found[key[0] if len(key) == 1 else key] = row
        return _without_gaps(found) if name in COUNTED else found

    def _row(self, name: str, raw: Collection[Any]) -> SimpleNamespace:
        values = {
            column.name: None if value is None else plain(value)
            for column, plain, value in zip(TABLES[name].c, self._plain[name], raw, strict=True)
        }
        if "event_number" in values:
            values["event_number"] = self._numbers[values["event_number"]]
        return SimpleNamespace(**values)

    def news(self) -> list[SimpleNamespace]:
        """Read what has come into the log since the last time, numbered without gaps."""
        wanted = self._statements[LOG].replace(" ORDER BY", f" WHERE number > {self._last} ORDER BY")
        found = []
        for raw in self._connection.execute(wanted).fetchall():
            event = self._row(LOG, raw)
            self._last = event.number
            self._numbers[event.number] = len(self._numbers) + 1
            event.number = self._numbers[event.number]
            found.append(event)
        return found
