"""Reading the answers that are kept for requests sent twice."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import IdempotencyRecord
from service.access.actors import Actor


def find_record(session: Session, actor: Actor, route: str, key: str) -> IdempotencyRecord | None:
    """Find what this caller was answered under the key on this route."""
    return session.scalar(
        select(IdempotencyRecord).where(
            IdempotencyRecord.caller == actor.caller,
            IdempotencyRecord.route == route,
            IdempotencyRecord.key == key,
        )
    )
