"""Shifts over HTTP: seen with their need, written by those who write it, held by volunteers."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from models import Shift
from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.placement_shifts import change_own_shifts
from service.operations.shifts import add_shifts, cancel_shift, change_shift
from service.queries.needs import get_need
from service.queries.placements import get_own_placement_for_change
from service.queries.shifts import (
    HeldShifts,
    ShiftSeen,
    get_shift,
    get_shift_for_change,
    list_own_shifts,
    list_shifts,
)
from service.schemas.lists import PageAsked
from service.schemas.shifts import (
    ShiftChange,
    ShiftList,
    ShiftsAdded,
    ShiftsAsked,
    ShiftsChosen,
    ShiftShown,
    ShiftsNew,
    show_shift,
    show_shifts,
)

blueprint = ApiBlueprint("shifts", __name__, url_prefix="/v1", description="Dated occurrences of needs")


@blueprint.route("/needs/<uuid:need_id>/shifts", methods=["GET"])
@door("shifts.list")
@blueprint.arguments(ShiftsAsked, location="query")
@blueprint.response(200, ShiftList)
def list_shifts_(session: Session, actor: Actor, asked: dict[str, Any], need_id: uuid.UUID) -> dict[str, Any]:
    """List the upcoming shifts of a need, the earliest first."""
    at = session.info["at"]
    need = get_need(session, actor, need_id, at=at).need
    page = list_shifts(session, actor, need, **asked, at=at)
    return {"items": show_shifts(need, page.items), "next_cursor": page.next_cursor}


@blueprint.route("/needs/<uuid:need_id>/shifts", methods=["POST"])
@door("shifts.add", writes=True)
@blueprint.arguments(ShiftsNew)
@blueprint.response(201, ShiftsAdded)
def add_shifts_(session: Session, actor: Actor, body: dict[str, Any], need_id: uuid.UUID) -> dict[str, Any]:
    """Add a shift to a need, or all that a rule gives."""
    added = add_shifts(session, actor, need_id, body, at=session.info["at"])
    session.flush()
    return {"items": show_shifts(added.need, added.shifts), "known": added.known}


@blueprint.route("/shifts/<uuid:shift_id>", methods=["GET"])
@door("shifts.list")
@blueprint.etag
@blueprint.response(200, ShiftShown)
def get_shift_(session: Session, actor: Actor, shift_id: uuid.UUID) -> dict[str, Any]:
    """Show a shift."""
    return _shown(get_shift(session, actor, shift_id, at=session.info["at"]))


@blueprint.route("/shifts/<uuid:shift_id>", methods=["PATCH"])
@door("shifts.change", writes=True)
@blueprint.etag
@blueprint.arguments(ShiftChange)
@blueprint.response(200, ShiftShown)
def change_shift_(
    session: Session, actor: Actor, body: dict[str, Any], shift_id: uuid.UUID
) -> dict[str, Any]:
    """Move a shift, or give it more or fewer places; held places are never taken away."""
    seen = get_shift_for_change(session, actor, shift_id)
    blueprint.check_etag(_tag(seen))
    change_shift(session, actor, seen, body, at=session.info["at"])
    session.flush()
    return _shown(seen)


@blueprint.route("/shifts/<uuid:shift_id>/cancel", methods=["POST"])
@door("shifts.cancel", writes=True)
@blueprint.etag
@blueprint.response(200, ShiftShown)
def cancel_shift_(session: Session, actor: Actor, shift_id: uuid.UUID) -> dict[str, Any]:
    """Say that a shift will not take place; those who hold a place in it are told."""
    seen = cancel_shift(session, actor, shift_id, at=session.info["at"])
    session.flush()
    return _shown(seen)


@blueprint.route("/placements/<uuid:placement_id>/shifts", methods=["GET"])
@door("placements.shifts")
@blueprint.etag
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, ShiftList)
def list_own_shifts_(
    session: Session, actor: Actor, page: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """List the shifts in which one of one's own placements holds a place, past ones too."""
    return _own(list_own_shifts(session, actor, placement_id, **page))


@blueprint.route("/placements/<uuid:placement_id>/shifts", methods=["PUT"])
@door("placements.shifts", writes=True)
@blueprint.etag
@blueprint.arguments(ShiftsChosen)
@blueprint.response(200, ShiftList)
def change_own_shifts_(
    session: Session, actor: Actor, body: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """Say which of the upcoming shifts a placement holds: others are given back, new ones are taken."""
    held = get_own_placement_for_change(session, actor, placement_id)
    blueprint.check_etag(list_own_shifts(session, actor, placement_id).tag)
    confirmed, at = bool(body.get("confirm_overlap")), session.info["at"]
    change_own_shifts(session, actor, held, body["shift_ids"], confirm_overlap=confirmed, at=at)
    session.flush()
    return _own(list_own_shifts(session, actor, placement_id))


def _own(found: HeldShifts) -> dict[str, Any]:
    blueprint.set_etag(found.tag)
    items = [show_shift(one, found.timezone) for one in found.page.items]
    return {"items": items, "next_cursor": found.page.next_cursor}


def _shown(seen: ShiftSeen) -> dict[str, Any]:
    blueprint.set_etag(_tag(seen))
    return show_shift(seen.shift, seen.need.timezone)


def _tag(seen: ShiftSeen) -> list[Any]:
    shift: Shift = seen.shift
    return [str(shift.id), shift.version, seen.need.timezone]
