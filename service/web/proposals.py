"""A volunteer's proposals: why each was made, and the buttons with which that volunteer decides."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import cast

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models.proposals import DeclineReason, ProposalStatus
from service.access.actors import Actor
from service.errors import N_
from service.operations.proposals import (
    accept_or_wait,
    accept_proposal,
    decline_proposal,
    reconsider_proposal,
    snooze_proposal,
)
from service.operations.proposing import refresh_proposals
from service.queries.proposal_lists import list_proposals
from service.queries.shifts import list_next_shifts
from service.queries.waitlists import list_shifts_of_waiting
from service.schemas.answers import Acceptance, Decline
from service.web.cards import decline_reasons, make_card
from service.web.door import page
from service.web.forms import chosen_shifts, posted, read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("proposals", __name__)
SNOOZE_DAYS = ("7", "14", "30", "90")


@blueprint.get("/proposals")
@page("proposals.list")
def show(session: Session, actor: Actor) -> Response:
    """Show what waits for the volunteer's answer, best first."""
    cursor = request.args.get("cursor")
    found = list_proposals(session, actor, status=(ProposalStatus.PROPOSED,), cursor=cursor)
    # What is kept until a date stands before all else.
    first = ProposalStatus.OFFERED
    offered = [] if cursor else list_proposals(session, actor, status=(first,), limit=100).items
    shown = [*offered, *found.items]
    cards = [make_card(one) for one in shown]
    have = [one.need_id for one in shown if one.need_shift_count]
    shifts = list_next_shifts(session, actor, have, at=session.info["at"])
    kept = list_shifts_of_waiting(session, actor, [one.id for one in offered])
    for card in cards:
        card.shifts, card.waits_for = shifts.get(card.need.id, ()), kept.get(card.id, ())
    return render(
        "proposals/open.html",
        cards=cards,
        decline_reasons=decline_reasons(),
        next_cursor=found.next_cursor,
    )


@blueprint.get("/proposals/declined")
@page("proposals.list")
def show_declined(session: Session, actor: Actor) -> Response:
    """Show what the volunteer said no to, and can think about again."""
    return _show_answered(session, actor, ProposalStatus.DECLINED)


@blueprint.get("/proposals/snoozed")
@page("proposals.list")
def show_snoozed(session: Session, actor: Actor) -> Response:
    """Show what the volunteer put off, and can bring back before its day."""
    return _show_answered(session, actor, ProposalStatus.SNOOZED)


def _show_answered(session: Session, actor: Actor, status: ProposalStatus) -> Response:
    found = list_proposals(session, actor, status=(status,), cursor=request.args.get("cursor"))
    cards = [make_card(one) for one in found.items]
    return render(f"proposals/{status.value}.html", cards=cards, next_cursor=found.next_cursor)


@blueprint.get("/proposals/waiting")
@page("proposals.list")
def show_waiting(session: Session, actor: Actor) -> Response:
    """Show what the volunteer waits for, and whose turn it is."""
    cursor = request.args.get("cursor")
    found = list_proposals(session, actor, status=(ProposalStatus.WAITLISTED,), cursor=cursor)
    cards = [make_card(one) for one in found.items]
    waits_for = list_shifts_of_waiting(session, actor, [one.id for one in cards])
    for card in cards:
        card.waits_for = waits_for.get(card.id, ())
    return render("proposals/waiting.html", cards=cards, next_cursor=found.next_cursor)


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
    """Say yes: a place is the volunteer's from now on; or, where it is full and they like, wait for one."""
    message, at = posted("message"), session.info["at"]
    body = read_form(Acceptance, {**({"message": message} if message else {}), **chosen_shifts()})
    accept = accept_or_wait if posted("wait") else accept_proposal
    if accept(session, actor, proposal_id, **body, at=at) is None:
        tell(N_("You are on the waitlist. When it is your turn we tell you, and you decide then."))
        return go("/proposals/waiting")
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


@blueprint.post("/proposals/<uuid:proposal_id>/snooze")
@page("proposals.snooze", again=show)
def snooze(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Response:
    """Say not now; a page offers days, a week where none was chosen."""
    at, days = session.info["at"], posted("days") or "7"
    until = at + timedelta(days=int(days) if days in SNOOZE_DAYS else 0)
    snooze_proposal(session, actor, proposal_id, until=until, at=at)
    tell(N_("Put off. It comes back by itself."))
    return go("/proposals")


@blueprint.post("/proposals/<uuid:proposal_id>/reconsider")
@page("proposals.reconsider", again=show_declined)
def reconsider(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Response:
    """Take a no, or a not-now, back: the proposal waits for an answer again."""
    reconsider_proposal(session, actor, proposal_id, at=session.info["at"])
    tell(N_("It is among your proposals again."))
    return go("/proposals")
