"""Introductions over HTTP: a volunteer asks, an organisation answers and offers times."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from models import Introduction
from service.access.actors import Actor, ActorKind
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.introductions import (
    ask_introduction,
    cancel_introduction,
    cancel_slot,
    offer_slot,
    reply_to_introduction,
    tell_answer_hours,
)
from service.queries.introductions import (
    IntroductionSeen,
    list_full_slots,
    list_introductions_of_organisation,
    list_introductions_of_proposal,
    list_slots,
    see_introductions,
)
from service.queries.organisations import get_organisation
from service.schemas.introductions import (
    AnswerTime,
    IntroductionList,
    IntroductionNew,
    IntroductionsAsked,
    IntroductionShown,
    Reply,
    SlotList,
    SlotNew,
    SlotShown,
    show_introduction,
    show_slot,
)
from service.schemas.lists import PageAsked

blueprint = ApiBlueprint(
    "introductions", __name__, url_prefix="/v1", description="Getting to know each other; it binds nobody"
)


@blueprint.route("/proposals/<uuid:proposal_id>/introductions", methods=["POST"])
@door("introductions.ask", writes=True)
@blueprint.arguments(IntroductionNew)
@blueprint.response(201, IntroductionShown)
def ask_introduction_(
    session: Session, actor: Actor, body: dict[str, Any], proposal_id: uuid.UUID
) -> dict[str, Any]:
    """Ask the organisation a question, or take a visit or a call that it offers."""
    return _shown(session, actor, ask_introduction(session, actor, proposal_id, body, at=session.info["at"]))


@blueprint.route("/proposals/<uuid:proposal_id>/introductions", methods=["GET"])
@door("introductions.list_own")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, IntroductionList)
def list_own_introductions(
    session: Session, actor: Actor, page: dict[str, Any], proposal_id: uuid.UUID
) -> dict[str, Any]:
    """List what one asked about a proposal, and what was answered; oldest first."""
    found = list_introductions_of_proposal(session, actor, proposal_id, **page)
    items = [_show(one, actor) for one in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@blueprint.route("/organisations/<uuid:organisation_id>/introductions", methods=["GET"])
@door("introductions.list")
@blueprint.arguments(IntroductionsAsked, location="query")
@blueprint.response(200, IntroductionList)
def list_introductions_(
    session: Session, actor: Actor, asked: dict[str, Any], organisation_id: uuid.UUID
) -> dict[str, Any]:
    """List what one's organisation was asked, who has waited longest first."""
    found = list_introductions_of_organisation(session, actor, [organisation_id], **asked)
    items = [_show(one, actor) for one in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@blueprint.route("/introductions/<uuid:introduction_id>/reply", methods=["POST"])
@door("introductions.reply", writes=True)
@blueprint.arguments(Reply)
@blueprint.response(200, IntroductionShown)
def reply_to_introduction_(
    session: Session, actor: Actor, body: dict[str, Any], introduction_id: uuid.UUID
) -> dict[str, Any]:
    """Answer a question."""
    at = session.info["at"]
    return _shown(session, actor, reply_to_introduction(session, actor, introduction_id, body["text"], at=at))


@blueprint.route("/introductions/<uuid:introduction_id>/cancel", methods=["POST"])
@door("introductions.cancel", writes=True)
@blueprint.response(200, IntroductionShown)
def cancel_introduction_(session: Session, actor: Actor, introduction_id: uuid.UUID) -> dict[str, Any]:
    """Say that a question that still waits, a visit or a call will not be."""
    return _shown(session, actor, cancel_introduction(session, actor, introduction_id, at=session.info["at"]))


@blueprint.route("/organisations/<uuid:organisation_id>/introduction-slots", methods=["GET"])
@door("introductions.list_offered")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, SlotList)
def list_slots_(
    session: Session, actor: Actor, page: dict[str, Any], organisation_id: uuid.UUID
) -> dict[str, Any]:
    """List the times for visits and calls that an organisation offers from now on."""
    organisation = get_organisation(session, actor, organisation_id)
    found = list_slots(session, actor, organisation.id, at=session.info["at"], **page)
    full = list_full_slots(session, actor, found.items)
    items = [show_slot(one, full=one.id in full) for one in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


@blueprint.route("/organisations/<uuid:organisation_id>/introduction-slots", methods=["POST"])
@door("introductions.offer", writes=True)
@blueprint.arguments(SlotNew)
@blueprint.response(201, SlotShown)
def offer_slot_(
    session: Session, actor: Actor, body: dict[str, Any], organisation_id: uuid.UUID
) -> dict[str, Any]:
    """Offer a time for a visit or a call."""
    return show_slot(offer_slot(session, actor, organisation_id, body, at=session.info["at"]), full=False)


@blueprint.route("/introduction-slots/<uuid:slot_id>/cancel", methods=["POST"])
@door("introductions.offer", writes=True)
@blueprint.response(200, SlotShown)
def cancel_slot_(session: Session, actor: Actor, slot_id: uuid.UUID) -> dict[str, Any]:
    """Take an offered time back; whoever had taken it sees that."""
    return show_slot(cancel_slot(session, actor, slot_id, at=session.info["at"]), full=False)


@blueprint.route("/organisations/<uuid:organisation_id>/answer-time", methods=["GET"])
@door("introductions.list_offered")
@blueprint.response(200, AnswerTime)
def tell_answer_time(session: Session, actor: Actor, organisation_id: uuid.UUID) -> dict[str, Any]:
    """Say how fast an organisation answers."""
    organisation = get_organisation(session, actor, organisation_id)
    return {"median_hours": tell_answer_hours(session, actor, organisation.id)}


def _shown(session: Session, actor: Actor, introduction: Introduction) -> dict[str, Any]:
    return _show(see_introductions(session, actor, [introduction])[0], actor)


def _show(seen: IntroductionSeen, actor: Actor) -> dict[str, Any]:
    own = actor.kind is ActorKind.VOLUNTEER
    return show_introduction(seen.introduction, seen.need, seen.organisation, seen.slot, own=own)
