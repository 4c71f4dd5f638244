"""The ground of every table: names of constraints, types of columns, and the tag of personal data."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Enum,
    Integer,
    MetaData,
    TypeDecorator,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedColumn,
    declared_attr,
    mapped_column,
)

Pii = Literal["none", "low", "contact", "sensitive"]

# One rule for the names, so that a migration can name what it drops on either database.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# JSON that PostgreSQL can look into; SQLite keeps it as text.
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

# SQLite counts up by itself only in a column that is called exactly INTEGER.
Sequence = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC; a naive one is refused before it is written."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC, without its zone where the database keeps none."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a time without a zone cannot be kept: {value!r}"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every time back aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(kind: type[StrEnum], name: str) -> Enum:
    """Make the column type of a closed choice: its values as text, held by a CHECK of that name."""
    # `values_callable=list` would write an invalid migration: the members, not their values.
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [one.value for one in members],
    )


def column(*args: Any, pii: Pii = "none", **kwargs: Any) -> MappedColumn[Any]:
    """Declare a column that says how personal it is; a column without a word fails a test."""
    return mapped_column(*args, info={"pii": pii}, **kwargs)


class Base(DeclarativeBase):
    """The parent of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        uuid.UUID: Uuid(),
        dict[str, Any]: Json,
        list[str]: Json,
        list[dict[str, Any]]: Json,
    }


class Identified:
    """A row known by a UUID that the service makes itself."""

    id: Mapped[uuid.UUID] = column(primary_key=True, default=uuid.uuid4, sort_order=-3)


class Versioned(Identified):
    """A row that people change: its version guards against lost updates and makes its ETag.

    `created_at` and `updated_at` are stamped with the transaction's own time when it is flushed
    (service/db.py), so that no operation can forget them.
    """

    created_at: Mapped[datetime] = column(sort_order=90)
    updated_at: Mapped[datetime] = column(index=True, sort_order=91)
    version: Mapped[int] = column(Integer, nullable=False, sort_order=92)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 SQLAlchemy calls it with the class
        """Let SQLAlchemy count the version up, and refuse a change to a row that moved on."""
        return {"version_id_col": cls.version}
