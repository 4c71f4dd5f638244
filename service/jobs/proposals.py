"""Jobs about proposals: made anew for one volunteer, or for all whom a need's change concerns."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.errors import NotFound
from service.operations.offer_ends import lapse_offer
from service.operations.proposals import wake_proposal
from service.operations.proposing import follow_need, pass_need, propose_for


def propose_for_volunteer(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Make one volunteer's proposals anew; one who has left meanwhile needs none."""
    try:
        propose_for(session, actor, uuid.UUID(payload["volunteer_id"]), at=at)
    except NotFound:
        return


def wake_snoozed(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Put a snoozed proposal before its volunteer again; one that is gone meanwhile needs no waking."""
    try:
        wake_proposal(session, actor, uuid.UUID(payload["proposal_id"]), at=at)
    except NotFound:
        return


def lapse_offered(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Let an offer go whose time is over; one that is gone meanwhile needs none."""
    try:
        lapse_offer(session, actor, uuid.UUID(payload["proposal_id"]), at=at)
    except NotFound:
        return


def need_passed(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Let the proposals of a need expire whose dates have passed."""
    pass_need(session, actor, uuid.UUID(payload["need_id"]), at=at)


def need_changed(session: Session, actor: Actor, payload: dict[str, Any], *, at: datetime) -> None:
    """Have proposals made anew for those whom a need's change concerns; expire them where it is gone."""
    follow_need(session, actor, uuid.UUID(payload["need_id"]), at=at)
