"""How Alembic reaches the database: the service's own engine, one transaction for a migration."""

from typing import Literal

from alembic import context
from sqlalchemy import Connection

from models import Base
from models.base import Json, UtcDateTime
from service.config import read_settings
from service.db import make_engine


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own column types in SQLAlchemy's words: a migration must outlive our code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is Json:
        return "JSON_DOCUMENT"
    return False


def configure(connection: Connection) -> None:
    """Tell Alembic what to compare, and that both databases undo a broken migration whole."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        # Alembic thinks that SQLite cannot; with BEGIN sent by us (service/db.py) it can, and a
        # migration that is killed half-way leaves nothing behind.
        transactional_ddl=True,
        transaction_per_migration=True,
        compare_type=True,
        render_item=render_item,
    )


def run() -> None:
    """Migrate the database that the caller, or else the settings, name."""
    given = context.config.attributes.get("connection")
    if given is not None:
        configure(given)
        with context.begin_transaction():
            context.run_migrations()
        return
    url = context.config.attributes.get("database_url") or read_settings().database_url
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                # Short waits for locks stay; building an index may take longer than a request.
                connection.exec_driver_sql("SET statement_timeout = '15min'")
                connection.exec_driver_sql("SET idle_in_transaction_session_timeout = 0")
                connection.commit()
            configure(connection)
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


run()
