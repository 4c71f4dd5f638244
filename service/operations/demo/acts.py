"""What some volunteers of the demo town have done already: accepted, each by their own act."""

from __future__ import annotations

import random
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.needs import NeedStatus
from service.access.actors import Actor
from service.operations.proposals import accept_proposal
from service.queries.proposal_lists import list_proposals

ACCEPTANCES = 18


def let_volunteers_accept(
    session: Session,
    volunteers: Sequence[Actor],
    coordinated: Collection[uuid.UUID],
    *,
    at: datetime,
    seed: int,
) -> int:
    """Let some volunteers accept, so that there is somebody to see; say how many did.

    `coordinated` are the organisations that the demo's coordinators write for. Two of three look there
    first; the others take the best that they were proposed.
    """
    chance = random.Random(seed)  # noqa: S311 made-up people, the same each time
    accepted = 0
    for volunteer in chance.sample(volunteers, len(volunteers)):
        if accepted == ACCEPTANCES:
            break
        wanted = coordinated if chance.random() < 2 / 3 else None
        accepted += _accept_best(session, volunteer, wanted, at)
    return accepted


def _accept_best(
    session: Session, volunteer: Actor, wanted: Collection[uuid.UUID] | None, at: datetime
) -> bool:
    for one in list_proposals(session, volunteer, limit=20).items:
        if one.need_status is NeedStatus.OPEN and (wanted is None or one.organisation_id in wanted):
            accept_proposal(session, volunteer, one.id, at=at)
            return True
    return False
