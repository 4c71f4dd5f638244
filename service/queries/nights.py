"""Reading what of a night's work has ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.nights import NightStep
from service.access.actors import Actor


def list_night_steps(session: Session, actor: Actor, night: date) -> Sequence[NightStep]:
    """List the steps of a night that have ended, in the order in which they did."""
    return session.scalars(
        select(NightStep).where(NightStep.night == night).order_by(NightStep.ended_at, NightStep.step)
    ).all()


def forget_night(session: Session, actor: Actor, night: date) -> None:
    """Forget that steps of a night have ended, so that they can be done again."""
    session.execute(delete(NightStep).where(NightStep.night == night))
