"""Hours: the volunteer's own with the form to enter some, and those that wait for a coordinator."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models.hours import WAITING
from models.placements import GIVES_HOURS
from service.access.actors import Actor
from service.errors import N_, FieldError, Invalid
from service.operations.hours import (
    accept_correction,
    confirm_hours,
    confirm_many,
    correct_hours,
    dispute_correction,
    enter_hours,
    remove_hours,
)
from service.queries.hours import Span, list_hours, sum_by_need, sum_by_organisation
from service.queries.organisations import get_organisation
from service.queries.placements import get_own_placement
from service.schemas.hours import Correction, Dispute, HoursNew
from service.web.door import page
from service.web.forms import posted, read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("hours", __name__)
MOST_SHOWN = 100
# A form names no more entries than a page shows.
UNREADABLE = N_("This cannot be read.")


@blueprint.get("/hours")
@page("hours.list_own")
def show_own(session: Session, actor: Actor) -> Response:
    """Show a volunteer all that they have entered, and how much of it counts."""
    found = list_hours(session, actor, cursor=request.args.get("cursor"))
    return render("hours/own.html", page=found, sums=sum_by_organisation(session, actor, Span()))


@blueprint.get("/placements/<uuid:placement_id>/hours")
@page("hours.list_own")
def show_of_placement(session: Session, actor: Actor, placement_id: uuid.UUID) -> Response:
    """Show what a volunteer has entered for a placement, and the form to enter more."""
    seen = get_own_placement(session, actor, placement_id)
    found = list_hours(session, actor, placement_id=placement_id, cursor=request.args.get("cursor"))
    gives = seen.placement.status in GIVES_HOURS
    return render("hours/of_placement.html", seen=seen, page=found, gives=gives)


@blueprint.post("/placements/<uuid:placement_id>/hours")
@page("hours.enter", again=show_of_placement)
def enter(session: Session, actor: Actor, placement_id: uuid.UUID) -> Response:
    """Enter hours: how long, or from when to when."""
    enter_hours(session, actor, placement_id, read_form(HoursNew, _body()), at=session.info["at"])
    tell(N_("Entered. It counts when the organisation has confirmed it."))
    return go(f"/placements/{placement_id}/hours")


@blueprint.post("/hours/<uuid:hours_id>/remove")
@page("hours.enter", again=show_own)
def remove(session: Session, actor: Actor, hours_id: uuid.UUID) -> Response:
    """Take an entry back."""
    remove_hours(session, actor, hours_id, at=session.info["at"])
    tell(N_("Removed."))
    return go("/hours")


@blueprint.post("/hours/<uuid:hours_id>/accept")
@page("hours.settle", again=show_own)
def accept(session: Session, actor: Actor, hours_id: uuid.UUID) -> Response:
    """Say that the organisation is right."""
    accept_correction(session, actor, hours_id, at=session.info["at"])
    tell(N_("Settled: what the organisation says counts."))
    return go("/hours")


@blueprint.post("/hours/<uuid:hours_id>/dispute")
@page("hours.settle", again=show_own)
def dispute(session: Session, actor: Actor, hours_id: uuid.UUID) -> Response:
    """Say that it was otherwise."""
    text = read_form(Dispute)["text"]
    dispute_correction(session, actor, hours_id, text, at=session.info["at"])
    tell(N_("The organisation is told, and looks at it again."))
    return go("/hours")


@blueprint.get("/organisation/hours")
@page("hours.list_for")
def show_waiting(session: Session, actor: Actor) -> Response:
    """Show a coordinator the hours that wait, oldest first, and what was given to each need."""
    own, cursor = sorted(actor.organisation_ids), request.args.get("cursor")
    found = list_hours(session, actor, organisation_ids=own, status=WAITING, cursor=cursor)
    sums = [(get_organisation(session, actor, one), sum_by_need(session, actor, one, Span())) for one in own]
    return render("hours/waiting.html", page=found, sums=sums)


@blueprint.post("/organisation/hours/confirm")
@page("hours.answer", again=show_waiting)
def confirm_ticked(session: Session, actor: Actor) -> Response:
    """Confirm all entries that were ticked."""
    try:
        ticked = [uuid.UUID(one) for one in request.form.getlist("hours")[:MOST_SHOWN]]
    except ValueError:
        raise Invalid(FieldError("hours", "invalid", UNREADABLE)) from None
    if not ticked:
        raise Invalid(FieldError("hours", "required", N_("Tick what you want to confirm.")))
    confirm_many(session, actor, ticked, at=session.info["at"])
    tell(N_("Confirmed. The volunteers are told."))
    return go("/organisation/hours")


@blueprint.post("/organisation/hours/<uuid:hours_id>/confirm")
@page("hours.answer", again=show_waiting)
def confirm(session: Session, actor: Actor, hours_id: uuid.UUID) -> Response:
    """Confirm one entry."""
    confirm_hours(session, actor, hours_id, at=session.info["at"])
    tell(N_("Confirmed. The volunteers are told."))
    return go("/organisation/hours")


@blueprint.post("/organisation/hours/<uuid:hours_id>/correct")
@page("hours.answer", again=show_waiting)
def correct(session: Session, actor: Actor, hours_id: uuid.UUID) -> Response:
    """Say how long it was, and why."""
    body = read_form(Correction, {"minutes": _minutes() or 0, "reason": posted("reason") or ""})
    correct_hours(session, actor, hours_id, body["minutes"], body["reason"], at=session.info["at"])
    tell(N_("Corrected. The volunteer is told, and can accept or dispute it."))
    return go("/organisation/hours")


def _body() -> dict[str, Any]:
    body: dict[str, Any] = {
        name: text for name in ("date", "starts", "ends", "note") if (text := posted(name))
    }
    if (minutes := _minutes()) is not None:
        body["minutes"] = minutes
    return body


def _minutes() -> int | None:
    """Read how long it was out of two fields, hours and minutes; None where both were left empty."""
    written = [posted(name) for name in ("whole_hours", "odd_minutes")]
    if not any(written):
        return None
    try:
        hours, minutes = (int(one or "0") for one in written)
    except ValueError:
        raise Invalid(FieldError("minutes", "invalid", UNREADABLE)) from None
    if hours < 0 or minutes < 0:
        raise Invalid(FieldError("minutes", "invalid", UNREADABLE))
    return hours * 60 + minutes
