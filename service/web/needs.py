"""A need's public page, and for a volunteer the choices that are theirs there."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response
from sqlalchemy import Row
from sqlalchemy.orm import Session

from models.proposals import ProposalStatus
from service.access.actors import Actor, ActorKind
from service.errors import N_
from service.operations.choosing import choose_need
from service.queries.needs import get_need
from service.queries.placements import was_let_go
from service.queries.proposal_lists import find_own_proposal
from service.queries.shifts import list_shifts
from service.queries.waitlists import list_shifts_of_waiting
from service.web.cards import decline_reasons, make_card
from service.web.door import page
from service.web.rendering import go, render, tell

blueprint = Blueprint("needs", __name__)
MOST_SHOWN = 100
# With these a need can be taken up anew.
OVER = (ProposalStatus.EXPIRED, ProposalStatus.WITHDRAWN)


@blueprint.get("/needs/<uuid:need_id>")
@page("pages.read")
def show(session: Session, actor: Actor, need_id: uuid.UUID) -> Response:
    """Show a need to anybody who may see it, and to a volunteer what they can say to it."""
    seen = get_need(session, actor, need_id, at=session.info["at"])
    mine = find_own_proposal(session, actor, need_id)
    shifts = list_shifts(session, actor, seen.need, limit=MOST_SHOWN, at=session.info["at"]).items
    card = make_card(mine) if mine else None
    if card is not None:
        card.shifts = shifts
        card.waits_for = list_shifts_of_waiting(session, actor, [card.id]).get(card.id, ())
    return render(
        "needs/public.html",
        need=seen.need,
        organisation=seen.organisation,
        mine=card,
        shifts=shifts,
        may_choose=_may_choose(session, actor, mine),
        decline_reasons=decline_reasons(),
    )


def _may_choose(session: Session, actor: Actor, mine: Row[Any] | None) -> bool:
    if actor.kind is not ActorKind.VOLUNTEER or mine is None:
        return actor.kind is ActorKind.VOLUNTEER
    released = mine.status is ProposalStatus.RELEASED
    return mine.status in OVER or (released and not was_let_go(session, actor, mine.id))


@blueprint.post("/needs/<uuid:need_id>/choose")
@page("proposals.choose", again=show)
def choose(session: Session, actor: Actor, need_id: uuid.UUID) -> Response:
    """Put a need among the volunteer's own proposals."""
    choose_need(session, actor, need_id, at=session.info["at"])
    tell(N_("It is among your proposals. Nothing is decided yet."))
    return go(f"/needs/{need_id}")
