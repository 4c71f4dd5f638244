"""Ordering that texts be embedded soon, by a job."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.operations.jobs import order_job

KIND = "texts.embed"


def order_embedding(session: Session, actor: Actor, *, at: datetime) -> None:
    """Have the texts looked at that may have changed; one order that waits serves for all."""
    order_job(session, actor, KIND, {}, at=at, key=KIND)
