"""Paging by keyset: a page starts after the last row seen, so that nothing is lost or doubled."""

from __future__ import annotations

import base64
import binascii
import json
import math
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

from service.errors import N_, FieldError, Invalid

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page: its rows, and where the next begins; None after the last."""

    items: Sequence[Row]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Key:
    """A column that the list is sorted by, and how its value travels in a cursor."""

    column: Any
    read: Callable[[Any], Any]
    descending: bool = False

    def after(self, value: Any) -> ColumnElement[bool]:
        """Make the condition that a row comes after that value."""
        beyond: ColumnElement[bool] = self.column < value if self.descending else self.column > value
        return beyond


def by_time(column: Any, *, descending: bool = False) -> Key:
    """Sort by a time."""
    return Key(column, _read_time, descending)


def _read_time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def by_number(column: Any, *, descending: bool = False) -> Key:
    """Sort by a number."""
    return Key(column, _read_number, descending)


def _read_number(plain: Any) -> float:
    # Also of whole numbers: one that is too long for a column would break the database's driver.
    number = float(plain)
    if not math.isfinite(number):
        raise ValueError(plain)
    return number


def by_id(column: Any, *, descending: bool = False) -> Key:
    """Sort by an id; the last key of every list, since it is never the same twice."""
    return Key(column, uuid.UUID, descending)


def take_page(
    session: Session, statement: Select[Any], keys: Sequence[Key], cursor: str | None, limit: int
) -> Page[Any]:
    """Read one page of a statement whose first column is the row; the keys end in a unique one."""
    if cursor is not None:
        statement = statement.where(_after(keys, read_cursor(keys, cursor)))
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    rows = session.execute(
        statement.add_columns(*(key.column for key in keys)).order_by(*order).limit(limit + 1)
    ).all()
    shown = rows[:limit]
    more = make_cursor(shown[-1][-len(keys) :]) if len(rows) > limit else None
    return Page([row[0] for row in shown], more)


def _after(keys: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    ways = []
    for at, key in enumerate(keys):
        same = [before.column == value for before, value in zip(keys[:at], values, strict=False)]
        ways.append(and_(*same, key.after(values[at])))
    return or_(*ways)


def make_cursor(values: Sequence[Any]) -> str:
    """Put the sort values of a row into an opaque word."""
    plain = [one.isoformat() if isinstance(one, datetime) else one for one in values]
    text = json.dumps(plain, default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(keys: Sequence[Key], cursor: str) -> list[Any]:
    """Take the sort values out again; a word that is not ours names the field `cursor`."""
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        values = json.loads(text)
        return [key.read(value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error, OverflowError, RecursionError):
        message = N_("This cursor is not one of ours.")
        raise Invalid(FieldError("cursor", "invalid", message)) from None
