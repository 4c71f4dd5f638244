"""Keeping a list as it was put before a volunteer: what stood where, why, and by which ranking."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matching.model import Model
from matching.ranking import Match
from matching.swaps import swap, swapped_place
from models import Proposal, RankedList
from service.access.actors import Actor, ActorKind

_DECIMALS = 6


def keep_list(
    session: Session,
    actor: Actor,
    volunteer_id: uuid.UUID,
    order: Sequence[Proposal],
    matches: Mapping[uuid.UUID, Match],
    model: Model,
    *,
    spread: float,
    at: datetime,
) -> None:
    """Give what waits for an answer its place in the list, and keep the list; the ranking learns from it.

    In one list of twenty two neighbours change places, which is noted with it. `spread` is how much exposure
    was spread in the order of the matches.
    """
    list_id = uuid.uuid4()
    place = swapped_place(list_id, len(order))
    shown = swap(order, place)
    for position, proposal in enumerate(shown):
        proposal.position = position
    session.add(
        RankedList(
            id=list_id,
            volunteer_id=volunteer_id,
            ranked_at=at,
            model=model.version,
            policy=policy_of(spread),
            swapped_place=place,
            asked=actor.kind is ActorKind.VOLUNTEER,
            names=list(model.names),
            items=[_item(one, matches.get(one.need_id)) for one in shown],
        )
    )


def policy_of(spread: float) -> str:
    """Name how the order of a list came of the utilities, with the dial of fair exposure as it was."""
    return f"spread {spread:.4f}" if spread > 0 else "by utility"


def _item(proposal: Proposal, match: Match | None) -> dict[str, Any]:
    return {
        "need_id": str(proposal.need_id),
        "position": proposal.position,
        "score": proposal.score,
        "features": None if match is None else [_rounded(one) for one in match.features],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS)
