"""Being asked again: when date, place or task change, those who said yes stay or withdraw.

There is one question at a time for each placement. A change while one is open adds to it, and asks anew.
Until the volunteer has answered, their place stays theirs: no word is no answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import Need
from models.errors import NotPossible
from models.needs import NeedStatus
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.notices import ASPECTS
from service.queries.placements import (
    OwnPlacement,
    get_own_placement_for_change,
    list_live_placements,
    see_own_placements,
)


def aspects_of(fields: Collection[str]) -> list[str]:
    """Say in which respects a change of these fields matters to those who said yes: date, place, task."""
    return [name for name, among in ASPECTS.items() if among & set(fields)]


def ask_again(
    session: Session,
    actor: Actor,
    need: Need,
    aspects: Sequence[str],
    *,
    placement_ids: Collection[uuid.UUID | None] | None = None,
    at: datetime,
) -> None:
    """Ask those who hold a place of a need whose lock is held, or some of them, whether they stay."""
    if not aspects or need.status is NeedStatus.CANCELLED or need.is_over(at):
        return
    for placement in list_live_placements(session, actor, need.id):
        if placement_ids is not None and placement.id not in placement_ids:
            continue
        placement.ask_again(list(aspects), at)
        record_event(
            session, actor, "placement.asked_again", placement.id, at=at,
            centre_id=need.centre_id, need_id=need.id, aspects=" ".join(placement.asked_aspects),
        )  # fmt: skip
    session.flush()


def reconfirm_placement(
    session: Session,
    actor: Actor,
    placement_id: uuid.UUID,
    *,
    asked_at: datetime | None = None,
    at: datetime,
) -> OwnPlacement:
    """The volunteer stays, as it is now; `asked_at` is the question that they have read.

    Refused with `not_asked`, with `changed_again` where it has changed once more since, with `need_over`
    and `placement_over`.
    """
    held = get_own_placement_for_change(session, actor, placement_id)
    need, placement = held.answer.need, held.placement
    placement.reconfirm(asked_at, at)
    if need.is_over(at):
        raise NotPossible("need_over", need.status)
    record_event(
        session,
        actor,
        "placement.reconfirmed",
        placement.id,
        at=at,
        centre_id=need.centre_id,
        need_id=need.id,
    )
    session.flush()
    return see_own_placements(session, actor, [placement])[0]
