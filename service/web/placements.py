"""Placements: the volunteer's own, and who accepted a need, for its coordinator."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, g, request
from sqlalchemy.orm import Session

from models import Need
from models.needs import NeedStatus
from service.access.actors import Actor
from service.errors import N_
from service.operations.placement_ends import answer_no_show, complete_placement, record_no_show
from service.operations.placements import confirm_placement, release_placement
from service.operations.proposals import withdraw_proposal
from service.operations.reconfirming import reconfirm_placement
from service.queries.advice import get_advice
from service.queries.needs import get_need
from service.queries.no_shows import list_no_shows
from service.queries.placements import list_own_placements, list_placements_of_need
from service.queries.shifts import list_next_shifts
from service.queries.waitlists import count_waiting
from service.schemas.advice import show_advice
from service.schemas.placements import (
    Completion,
    NoShowAnswer,
    NoShowNew,
    Reconfirmation,
    Release,
    as_coordinator_sees,
)
from service.web.door import page
from service.web.forms import read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("placements", __name__)

LOOKING = (NeedStatus.DRAFT, NeedStatus.OPEN)


@blueprint.get("/placements")
@page("placements.list_own")
def show_own(session: Session, actor: Actor) -> Response:
    """List the volunteer's own placements, newest first."""
    found, at = list_own_placements(session, actor, cursor=request.args.get("cursor")), session.info["at"]
    live = [one for one in found.items if one.placement.is_live() and one.need.shift_count]
    free = list_next_shifts(session, actor, {one.need.id for one in live}, at=at)
    held, choices = {}, {}
    for one in live:
        own = {seen.shift.id: seen.shift for seen in one.shifts if seen.shift.is_upcoming(at)}
        beside = {other.id: other for other in free.get(one.need.id, ())}
        held[one.placement.id] = {str(shift_id) for shift_id in own}
        choices[one.placement.id] = sorted((own | beside).values(), key=lambda shift: shift.starts_at)
    return render("placements/own.html", page=found, at=at, held=held, choices=choices)


@blueprint.get("/placements/asked")
@page("placements.list_own")
def show_asked(session: Session, actor: Actor) -> Response:
    """Show what has changed since the volunteer said yes, with both answers."""
    found = list_own_placements(session, actor, asked_again=True, cursor=request.args.get("cursor"))
    return render("placements/asked.html", page=found)


@blueprint.post("/placements/<uuid:placement_id>/reconfirm")
@page("placements.reconfirm", again=show_asked)
def reconfirm(session: Session, actor: Actor, placement_id: uuid.UUID) -> Response:
    """Stay, though it has changed."""
    asked_at = read_form(Reconfirmation).get("asked_at")
    reconfirm_placement(session, actor, placement_id, asked_at=asked_at, at=session.info["at"])
    tell(N_("Thank you: your place stays yours, and the organisation sees that you still come."))
    return go("/placements")


@blueprint.post("/proposals/<uuid:proposal_id>/withdraw")
@page("proposals.withdraw", again=show_own)
def withdraw(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Response:
    """Give a place back, or wait for one no more."""
    ended = withdraw_proposal(session, actor, proposal_id, at=session.info["at"])
    if ended.accepted_by is None:
        tell(N_("You do not wait any more."))
        return go("/proposals/waiting")
    tell(N_("You have withdrawn. The place is free for somebody else."))
    return go("/placements")


@blueprint.get("/needs/<uuid:need_id>/placements")
@page("placements.list")
def show_of_need(session: Session, actor: Actor, need_id: uuid.UUID) -> Response:
    """List who accepted a need of one's organisation, first come first."""
    at = session.info["at"]
    found = list_placements_of_need(session, actor, need_id, cursor=request.args.get("cursor"))
    seen = [
        as_coordinator_sees(one.placement, one.volunteer, one.no_show, one.shifts, at=at)
        for one in found.items
    ]
    need = get_need(session, actor, need_id, at=at).need
    return render(
        "placements/of_need.html",
        need=need,
        placements=seen,
        waiting=count_waiting(session, actor, need_id),
        begun=_has_begun(need, at),
        at=at,
        next_cursor=found.next_cursor,
        advice=_advice(session, actor, need, at),
    )


def _has_begun(need: Need, at: datetime) -> bool:
    """Say whether somebody may have stayed away; of a need with shifts each placement says it by its own."""
    return bool(need.shift_count) or need.starts_at is None or need.starts_at <= at


def _advice(session: Session, actor: Actor, need: Need, at: datetime) -> dict[str, Any] | None:
    """Say how a need that still looks for people could find more."""
    if need.status not in LOOKING:
        return None
    secret = str(current_app.secret_key)
    return show_advice(need, get_advice(session, actor, need.id, secret=secret, at=at).advice, g.language)


@blueprint.post("/needs/<uuid:need_id>/placements/<uuid:placement_id>/confirm")
@page("placements.confirm", again=show_of_need)
def confirm(session: Session, actor: Actor, need_id: uuid.UUID, placement_id: uuid.UUID) -> Response:
    """Say that the organisation counts on the volunteer."""
    confirm_placement(session, actor, placement_id, at=session.info["at"])
    tell(N_("Confirmed: the volunteer sees that you count on them."))
    return go(f"/needs/{need_id}/placements")


@blueprint.post("/needs/<uuid:need_id>/placements/<uuid:placement_id>/release")
@page("placements.release", again=show_of_need)
def release(session: Session, actor: Actor, need_id: uuid.UUID, placement_id: uuid.UUID) -> Response:
    """Let a volunteer go, with a reason; the place is free again."""
    reason = read_form(Release)["reason"]
    release_placement(session, actor, placement_id, reason, at=session.info["at"])
    tell(N_("The volunteer is told your reason. The place is free again."))
    return go(f"/needs/{need_id}/placements")


@blueprint.post("/needs/<uuid:need_id>/placements/<uuid:placement_id>/complete")
@page("placements.complete", again=show_of_need)
def complete(session: Session, actor: Actor, need_id: uuid.UUID, placement_id: uuid.UUID) -> Response:
    """Say that what was promised has been done, with thanks if one likes."""
    thanks = read_form(Completion).get("thanks")
    complete_placement(session, actor, placement_id, thanks=thanks, at=session.info["at"])
    tell(N_("Completed. The volunteer is told, and can enter their hours."))
    return go(f"/needs/{need_id}/placements")


@blueprint.post("/needs/<uuid:need_id>/placements/<uuid:placement_id>/no-show")
@page("placements.no_show", again=show_of_need)
def miss(session: Session, actor: Actor, need_id: uuid.UUID, placement_id: uuid.UUID) -> Response:
    """Say that a volunteer did not come."""
    note = read_form(NoShowNew).get("note")
    record_no_show(session, actor, placement_id, note=note, at=session.info["at"])
    tell(N_("Noted. The volunteer is told, and can answer."))
    return go(f"/needs/{need_id}/placements")


@blueprint.post("/placements/<uuid:placement_id>/no-show/answer")
@page("placements.answer_no_show", again=show_own)
def answer(session: Session, actor: Actor, placement_id: uuid.UUID) -> Response:
    """Say how it was, when an organisation says that one did not come."""
    text = read_form(NoShowAnswer)["text"]
    answer_no_show(session, actor, placement_id, text, at=session.info["at"])
    tell(N_("Your answer stands beside what they said."))
    return go("/placements")


@blueprint.get("/staff/no-shows")
@page("placements.list_no_shows")
def show_no_shows(session: Session, actor: Actor) -> Response:
    """Show the centre's staff what its organisations say of those who did not come, and the answers."""
    found = list_no_shows(session, actor, cursor=request.args.get("cursor"))
    return render("placements/no_shows.html", page=found)
