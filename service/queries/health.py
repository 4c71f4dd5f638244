"""Reading how the service itself is."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.db import alembic_config


def database_answers(session: Session, actor: Actor) -> bool:
    """Ask the database for anything at all; a lost one raises."""
    return bool(session.scalar(text("SELECT 1")))


def revision_is_newest(session: Session, actor: Actor) -> bool:
    """Say whether the tables are those of this version of the service."""
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    return MigrationContext.configure(session.connection()).get_current_revision() == newest
