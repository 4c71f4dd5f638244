"""Hours over HTTP: a volunteer enters them, their organisation confirms or corrects them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from models import Hours
from service.access.actors import Actor, ActorKind
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.hours import (
    accept_correction,
    change_hours,
    confirm_hours,
    correct_hours,
    dispute_correction,
    enter_hours,
    remove_hours,
)
from service.queries.hours import (
    HoursSeen,
    Span,
    get_hours,
    get_hours_for_change,
    list_hours,
    see_hours,
    sum_by_need,
    sum_by_organisation,
)
from service.queries.paging import Page
from service.schemas.hours import (
    Correction,
    Dispute,
    HoursAsked,
    HoursChange,
    HoursList,
    HoursNew,
    HoursShown,
    SumsAsked,
    SumsShown,
    show_hours,
    show_sums,
)

blueprint = ApiBlueprint("hours", __name__, url_prefix="/v1", description="Time given in placements")


@blueprint.route("/placements/<uuid:placement_id>/hours", methods=["POST"])
@door("hours.enter", writes=True)
@blueprint.etag
@blueprint.arguments(HoursNew)
@blueprint.response(201, HoursShown)
def enter_hours_(
    session: Session, actor: Actor, body: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """Say how long one was there, or from when to when; the organisation confirms it."""
    return _tagged(session, actor, enter_hours(session, actor, placement_id, body, at=session.info["at"]))


@blueprint.route("/placements/<uuid:placement_id>/hours", methods=["GET"])
@door("hours.list")
@blueprint.arguments(HoursAsked, location="query")
@blueprint.response(200, HoursList)
def list_hours_of_placement(
    session: Session, actor: Actor, asked: dict[str, Any], placement_id: uuid.UUID
) -> dict[str, Any]:
    """List what was entered for a placement, for its volunteer and for its organisation."""
    return _page(list_hours(session, actor, placement_id=placement_id, **asked), actor)


@blueprint.route("/volunteers/<uuid:volunteer_id>/hours", methods=["GET"])
@door("hours.list_own")
@blueprint.arguments(HoursAsked, location="query")
@blueprint.response(200, HoursList)
def list_own_hours(
    session: Session, actor: Actor, asked: dict[str, Any], volunteer_id: uuid.UUID
) -> dict[str, Any]:
    """List all hours that one has entered, newest day first."""
    actor.must_be_volunteer(volunteer_id)
    return _page(list_hours(session, actor, **asked), actor)


@blueprint.route("/volunteers/<uuid:volunteer_id>/hours/sums", methods=["GET"])
@door("hours.list_own")
@blueprint.arguments(SumsAsked, location="query")
@blueprint.response(200, SumsShown)
def sum_own_hours(
    session: Session, actor: Actor, asked: dict[str, Any], volunteer_id: uuid.UUID
) -> dict[str, Any]:
    """Sum one's own hours, by organisation."""
    actor.must_be_volunteer(volunteer_id)
    return show_sums(sum_by_organisation(session, actor, Span(**asked)))


@blueprint.route("/organisations/<uuid:organisation_id>/hours", methods=["GET"])
@door("hours.list_for")
@blueprint.arguments(HoursAsked, location="query")
@blueprint.response(200, HoursList)
def list_hours_of_organisation(
    session: Session, actor: Actor, asked: dict[str, Any], organisation_id: uuid.UUID
) -> dict[str, Any]:
    """List the hours that were given to one's organisation, oldest day first."""
    return _page(list_hours(session, actor, organisation_ids=[organisation_id], **asked), actor)


@blueprint.route("/organisations/<uuid:organisation_id>/hours/sums", methods=["GET"])
@door("hours.list_for")
@blueprint.arguments(SumsAsked, location="query")
@blueprint.response(200, SumsShown)
def sum_hours_of_organisation(
    session: Session, actor: Actor, asked: dict[str, Any], organisation_id: uuid.UUID
) -> dict[str, Any]:
    """Sum the hours that were given to one's organisation, by need."""
    return show_sums(sum_by_need(session, actor, organisation_id, Span(**asked)))


@blueprint.route("/hours/<uuid:hours_id>", methods=["GET"])
@door("hours.list")
@blueprint.etag
@blueprint.response(200, HoursShown)
def get_hours_(session: Session, actor: Actor, hours_id: uuid.UUID) -> dict[str, Any]:
    """Read an entry."""
    return _tagged(session, actor, get_hours(session, actor, hours_id).hours)


@blueprint.route("/hours/<uuid:hours_id>", methods=["PATCH"])
@door("hours.enter", writes=True)
@blueprint.etag
@blueprint.arguments(HoursChange)
@blueprint.response(200, HoursShown)
def change_hours_(
    session: Session, actor: Actor, body: dict[str, Any], hours_id: uuid.UUID
) -> dict[str, Any]:
    """Mend an entry that nobody has answered yet."""
    hours = get_hours_for_change(session, actor, hours_id)
    blueprint.check_etag(_tag(see_hours(session, actor, [hours])[0]))
    return _tagged(session, actor, change_hours(session, actor, hours, body, at=session.info["at"]))


@blueprint.route("/hours/<uuid:hours_id>", methods=["DELETE"])
@door("hours.enter", writes=True)
@blueprint.response(204)
def remove_hours_(session: Session, actor: Actor, hours_id: uuid.UUID) -> None:
    """Take an entry back that nobody has answered yet."""
    remove_hours(session, actor, hours_id, at=session.info["at"])


@blueprint.route("/hours/<uuid:hours_id>/confirm", methods=["POST"])
@door("hours.answer", writes=True)
@blueprint.etag
@blueprint.response(200, HoursShown)
def confirm_hours_(session: Session, actor: Actor, hours_id: uuid.UUID) -> dict[str, Any]:
    """Say that it was so."""
    return _tagged(session, actor, confirm_hours(session, actor, hours_id, at=session.info["at"]))


@blueprint.route("/hours/<uuid:hours_id>/correct", methods=["POST"])
@door("hours.answer", writes=True)
@blueprint.etag
@blueprint.arguments(Correction)
@blueprint.response(200, HoursShown)
def correct_hours_(
    session: Session, actor: Actor, body: dict[str, Any], hours_id: uuid.UUID
) -> dict[str, Any]:
    """Say how long it was, and why; the volunteer accepts or disputes it."""
    at = session.info["at"]
    return _tagged(session, actor, correct_hours(session, actor, hours_id, **body, at=at))


@blueprint.route("/hours/<uuid:hours_id>/accept", methods=["POST"])
@door("hours.settle", writes=True)
@blueprint.etag
@blueprint.response(200, HoursShown)
def accept_correction_(session: Session, actor: Actor, hours_id: uuid.UUID) -> dict[str, Any]:
    """Say that the organisation is right."""
    return _tagged(session, actor, accept_correction(session, actor, hours_id, at=session.info["at"]))


@blueprint.route("/hours/<uuid:hours_id>/dispute", methods=["POST"])
@door("hours.settle", writes=True)
@blueprint.etag
@blueprint.arguments(Dispute)
@blueprint.response(200, HoursShown)
def dispute_correction_(
    session: Session, actor: Actor, body: dict[str, Any], hours_id: uuid.UUID
) -> dict[str, Any]:
    """Say that it was otherwise than the organisation says."""
    at = session.info["at"]
    return _tagged(session, actor, dispute_correction(session, actor, hours_id, body["text"], at=at))


def _page(found: Page[HoursSeen], actor: Actor) -> dict[str, Any]:
    return {"items": [_show(one, actor) for one in found.items], "next_cursor": found.next_cursor}


def _tagged(session: Session, actor: Actor, hours: Hours) -> dict[str, Any]:
    seen = see_hours(session, actor, [hours])[0]
    blueprint.set_etag(_tag(seen))
    return _show(seen, actor)


def _tag(seen: HoursSeen) -> list[Any]:
    # Need, organisation and who it was are read beside it; what of them can be seen there changes the tag.
    row, who = seen.hours, seen.volunteer.name if seen.volunteer else None
    return [
        str(row.id),
        row.version,
        row.updated_at.isoformat(),
        seen.need.title,
        seen.organisation.name,
        who,
    ]


def _show(seen: HoursSeen, actor: Actor) -> dict[str, Any]:
    own = actor.kind is ActorKind.VOLUNTEER
    about = (seen.placement, seen.need, seen.organisation, seen.volunteer)
    return show_hours(seen.hours, *about, own=own)
