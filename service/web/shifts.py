"""Shifts on pages: those who write a need see how full each is, and add more, with the dates shown first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates
from flask import Blueprint, Response, g, request
from sqlalchemy.orm import Session

from models import Need
from service.access.actors import Actor
from service.errors import N_, FieldError, Invalid
from service.operations.placement_shifts import change_own_shifts
from service.operations.shift_planning import Planned, plan_shifts
from service.operations.shifts import add_shifts, cancel_shift, change_shift
from service.queries.needs import get_need_to_write
from service.queries.placements import get_own_placement_for_change
from service.queries.shifts import get_shift_for_change, list_shifts
from service.schemas.dates import locale_of
from service.schemas.shifts import ShiftChange, ShiftsChosen, ShiftsNew
from service.web.door import page
from service.web.forms import chosen_shifts, posted, read_form
from service.web.placements import show_own
from service.web.rendering import go, render, tell

blueprint = Blueprint("shifts", __name__)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
RULES = {
    "DAILY": "FREQ=DAILY",
    "WEEKLY": "FREQ=WEEKLY",
    "FORTNIGHTLY": "FREQ=WEEKLY;INTERVAL=2",
    "MONTHLY": "FREQ=MONTHLY",
}


@blueprint.get("/needs/<uuid:need_id>/shifts")
@page("shifts.add")
def show(session: Session, actor: Actor, need_id: uuid.UUID) -> Response:
    """Show the shifts of a need, and a form for more; it begins with what the need says of its dates."""
    need = get_need_to_write(session, actor, need_id)
    return _render(session, actor, need, _from_need(need, session.info["at"]), ())


@blueprint.post("/needs/<uuid:need_id>/shifts/preview")
@page("shifts.add", again=show)
def preview(session: Session, actor: Actor, need_id: uuid.UUID) -> Response:
    """Show which dates a form gives; nothing is added."""
    need = get_need_to_write(session, actor, need_id)
    planned = plan_shifts(need, _read(need), at=session.info["at"])
    names = ("starts_at", "until", "places", "repeat", "last_day", "rrule")
    typed = {name: request.form.get(name, "") for name in names}
    return _render(session, actor, need, {**typed, "days": request.form.getlist("days")}, planned)


@blueprint.post("/needs/<uuid:need_id>/shifts")
@page("shifts.add", again=show)
def add(session: Session, actor: Actor, need_id: uuid.UUID) -> Response:
    """Add a shift, or all that repeat."""
    need = get_need_to_write(session, actor, need_id)
    added = add_shifts(session, actor, need_id, _read(need), at=session.info["at"])
    tell(N_("Shifts added: %(count)s."), count=len(added.shifts))
    return go(f"/needs/{need_id}/shifts")


@blueprint.post("/needs/<uuid:need_id>/shifts/<uuid:shift_id>")
@page("shifts.change", again=show)
def change(session: Session, actor: Actor, need_id: uuid.UUID, shift_id: uuid.UUID) -> Response:
    """Move a shift, or change its places."""
    seen = get_shift_for_change(session, actor, shift_id)
    body = read_form(ShiftChange, {**_times(seen.need), "places": _number("places")})
    change_shift(session, actor, seen, body, at=session.info["at"])
    tell(N_("Changed."))
    return go(f"/needs/{need_id}/shifts")


@blueprint.post("/needs/<uuid:need_id>/shifts/<uuid:shift_id>/cancel")
@page("shifts.cancel", again=show)
def cancel(session: Session, actor: Actor, need_id: uuid.UUID, shift_id: uuid.UUID) -> Response:
    """Say that a shift will not take place."""
    cancel_shift(session, actor, shift_id, at=session.info["at"])
    tell(N_("Cancelled. Those who held a place in it are told."))
    return go(f"/needs/{need_id}/shifts")


@blueprint.post("/placements/<uuid:placement_id>/shifts")
@page("placements.shifts", again=show_own)
def choose(session: Session, actor: Actor, placement_id: uuid.UUID) -> Response:
    """Give single shifts of one's own placement back, and take others."""
    held = get_own_placement_for_change(session, actor, placement_id)
    body = read_form(ShiftsChosen, chosen_shifts())
    confirmed, at = bool(body.get("confirm_overlap")), session.info["at"]
    change_own_shifts(session, actor, held, body["shift_ids"], confirm_overlap=confirmed, at=at)
    tell(N_("These are your shifts now."))
    return go("/placements")


def _render(
    session: Session, actor: Actor, need: Need, typed: dict[str, Any], planned: Sequence[Planned]
) -> Response:
    at, past = session.info["at"], bool(request.args.get("past"))
    found = list_shifts(session, actor, need, past=past, cursor=request.args.get("cursor"), at=at)
    names = dates.get_day_names("abbreviated", "stand-alone", locale=locale_of(g.language))
    return render(
        "shifts/of_need.html",
        need=need,
        page=found,
        past=past,
        planned=planned,
        typed=typed,
        days=[(code, names[number]) for number, code in enumerate(DAYS)],
        at=at,
    )


def _from_need(need: Need, at: datetime) -> dict[str, Any]:
    """Begin with the need's own dates, where they are still to come."""
    zone, typed = (
        ZoneInfo(need.timezone),
        dict.fromkeys(("starts_at", "until", "last_day", "rrule", "repeat"), ""),
    )
    if need.starts_at is not None and need.starts_at > at:
        typed["starts_at"] = need.starts_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        if need.ends_at is not None:
            typed["until"] = need.ends_at.astimezone(zone).strftime("%H:%M")
        typed["rrule"] = need.rrule or ""
    return {**typed, "places": need.places, "days": []}


def _read(need: Need) -> dict[str, Any]:
    """Read the form for new shifts, in the time zone of the need."""
    body = {**_times(need), "places": _number("places"), "rrule": _rule()}
    return read_form(ShiftsNew, {name: value for name, value in body.items() if value is not None})


def _rule() -> str | None:
    """Make a rule of what was chosen, unless one was written."""
    rule = posted("rrule") or RULES.get(posted("repeat") or "")
    if not rule or posted("rrule"):
        return rule
    days = [one for one in DAYS if one in request.form.getlist("days")]
    if days and "WEEKLY" in rule:
        rule += ";BYDAY=" + ",".join(days)
    last_day = posted("last_day")
    return f"{rule};UNTIL={last_day.replace('-', '')}" if last_day else rule


def _times(need: Need) -> dict[str, str]:
    """Read from when until when, by the clocks of the need; an end before the start is on the next day."""
    zone = ZoneInfo(need.timezone)
    try:
        begins = datetime.fromisoformat(posted("starts_at") or "").replace(tzinfo=None)
    except ValueError:
        raise Invalid(FieldError("starts_at", "invalid", N_("This cannot be read."))) from None
    try:
        clock = datetime.strptime((posted("until") or "")[:5], "%H:%M").time()  # noqa: DTZ007 by the need's clocks
        ends = datetime.combine(begins.date(), clock)
        ends = ends if ends > begins else ends + timedelta(days=1)
    except (ValueError, OverflowError):
        raise Invalid(FieldError("ends_at", "invalid", N_("This cannot be read."))) from None
    return {
        "starts_at": begins.replace(tzinfo=zone).isoformat(),
        "ends_at": ends.replace(tzinfo=zone).isoformat(),
    }


def _number(name: str) -> int | str | None:
    """Read a number; what is none is left to the schema, which says so."""
    text = posted(name)
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else text  # noqa: PLR2004
