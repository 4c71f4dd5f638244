"""A volunteer's proposals: why each was made, and the buttons with which that volunteer decides."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any, cast

from flask import Blueprint, Response, g, request
from sqlalchemy import Row
from sqlalchemy.orm import Session

from models.proposals import DeclineReason, ProposalStatus
from models.vocabularies import entries
from service.access.actors import Actor
from service.errors import N_
from service.operations.proposals import accept_proposal, decline_proposal, reconsider_proposal
from service.operations.proposing import refresh_proposals
from service.queries.proposal_lists import list_proposals
from service.schemas.answers import Acceptance, Decline
from service.schemas.reasons import show_reasons
from service.web.door import page
from service.web.forms import read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("proposals", __name__)


@blueprint.get("/proposals")
@page("proposals.list")
def show(session: Session, actor: Actor) -> Response:
    """Show what waits for the volunteer's answer, best first."""
    found = list_proposals(session, actor, cursor=request.args.get("cursor"))
    cards = [_card(one) for one in found.items]
    return render(
        "proposals/open.html",
        cards=cards,
        decline_reasons=[(one.code, one.labels[g.language]) for one in entries("decline_reasons")],
        next_cursor=found.next_cursor,
    )


@blueprint.get("/proposals/declined")
@page("proposals.list")
def show_declined(session: Session, actor: Actor) -> Response:
    """Show what the volunteer said no to, and can think about again."""
    cursor = request.args.get("cursor")
    found = list_proposals(session, actor, status=(ProposalStatus.DECLINED,), cursor=cursor)
    cards = [_card(one) for one in found.items]
    return render("proposals/declined.html", cards=cards, next_cursor=found.next_cursor)


def _card(row: Row[Any]) -> SimpleNamespace:
    columns = row._asdict()
    reasons = show_reasons(row.reasons, g.language)
    return SimpleNamespace(
        id=row.id,
        need=_part(columns, "need_"),
        organisation=_part(columns, "organisation_"),
        reasons_for=[one["text"] for one in reasons if one["weight"] > 0],
        reasons_against=[one["text"] for one in reasons if one["weight"] <= 0],
    )


def _part(columns: dict[str, Any], prefix: str) -> SimpleNamespace:
    return SimpleNamespace(
        **{name.removeprefix(prefix): value for name, value in columns.items() if name.startswith(prefix)}
    )


@blueprint.post("/proposals/refresh")
@page("proposals.refresh", again=show)
def refresh(session: Session, actor: Actor) -> Response:
    """Look again for what suits the volunteer now."""
    refresh_proposals(session, actor, cast(uuid.UUID, actor.volunteer_id), at=session.info["at"])
    tell(N_("We have looked again: this is what suits you now."))
    return go("/proposals")


@blueprint.post("/proposals/<uuid:proposal_id>/accept")
@page("proposals.accept", again=show)
def accept(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Response:
    """Say yes: a place is the volunteer's from now on."""
    message = read_form(Acceptance).get("message")
    accept_proposal(session, actor, proposal_id, message=message, at=session.info["at"])
    tell(N_("Accepted: a place is yours. The organisation knows how to reach you now."))
    return go("/placements")


@blueprint.post("/proposals/<uuid:proposal_id>/decline")
@page("proposals.decline", again=show)
def decline(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Response:
    """Say no; it costs nothing."""
    body = read_form(Decline)
    reason = DeclineReason(body["reason"]) if body.get("reason") else None
    decline_proposal(session, actor, proposal_id, reason=reason, note=body.get("note"), at=session.info["at"])
    tell(N_("All right. You will not be asked about this need again, unless you bring it back."))
    return go("/proposals")


@blueprint.post("/proposals/<uuid:proposal_id>/reconsider")
@page("proposals.reconsider", again=show_declined)
def reconsider(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Response:
    """Take a no back: the proposal waits for an answer again."""
    reconsider_proposal(session, actor, proposal_id, at=session.info["at"])
    tell(N_("It is among your proposals again."))
    return go("/proposals")
