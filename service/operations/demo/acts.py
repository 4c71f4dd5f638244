"""What some volunteers of the demo town have done already: accepted, or begun to wait, by their own act."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models.needs import NeedStatus
from service.access.actors import Actor
from service.operations.needs import change_need
from service.operations.proposals import accept_or_wait, accept_proposal
from service.queries.needs import get_need_for_change
from service.queries.proposal_lists import list_proposals
from service.queries.shifts import list_next_shifts

ACCEPTANCES, WAITS = 18, 6


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
    found = list_proposals(session, volunteer, limit=20).items
    # Those who look at certain organisations take what has shifts first, so that some of these are taken.
    for one in sorted(found, key=lambda one: wanted is not None and not one.need_shift_count):
        if one.need_status is NeedStatus.OPEN and (wanted is None or one.organisation_id in wanted):
            next_ones = list_next_shifts(session, volunteer, [one.need_id], at=at)[one.need_id]
            shift_ids = [shift.id for shift in next_ones if shift.places_left][:2]
            accept_proposal(session, volunteer, one.id, shift_ids=shift_ids, at=at)
            return True
    return False


def let_volunteers_wait(
    session: Session,
    actor: Actor,
    volunteers: Sequence[Actor],
    coordinated: Collection[uuid.UUID],
    *,
    at: datetime,
) -> int:
    """Let the need that most could still accept have no more places than are held, and some wait for one.

    It is one of the coordinated organisations', that somebody holds a place of. Say how many wait.
    """
    lists = {one: list_proposals(session, one, limit=20).items for one in volunteers}
    wanted = Counter(
        row.need_id
        for rows in lists.values()
        for row in rows
        if row.organisation_id in coordinated and row.need_places_taken
    )
    if not wanted:
        return 0
    need = get_need_for_change(session, actor, wanted.most_common(1)[0][0])
    change_need(session, actor, need, {"places": need.places_taken}, at=at)
    waiting = [(one, row.id) for one, rows in lists.items() for row in rows if row.need_id == need.id][:WAITS]
    for volunteer, proposal_id in waiting:
        accept_or_wait(session, volunteer, proposal_id, at=at)
    return len(waiting)
