"""Getting to know each other: the volunteer's page of a proposal, and the organisation's of its questions."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models import IntroductionSlot
from models.introductions import IntroductionStatus
from service.access.actors import Actor
from service.errors import N_, FieldError, Invalid
from service.operations.introductions import (
    ask_introduction,
    cancel_introduction,
    cancel_slot,
    offer_slot,
    reply_to_introduction,
    tell_answer_hours,
)
from service.queries.introductions import (
    find_timezone,
    list_full_slots,
    list_introductions_of_organisation,
    list_introductions_of_proposal,
    list_slots,
)
from service.queries.organisations import get_organisation
from service.queries.proposal_lists import get_proposal
from service.schemas.introductions import IntroductionNew, Reply, SlotNew
from service.web.cards import make_card
from service.web.door import page
from service.web.forms import posted, read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("introductions", __name__)
MOST_SHOWN = 100
WAITING = (IntroductionStatus.ASKED, IntroductionStatus.BOOKED)


@blueprint.get("/proposals/<uuid:proposal_id>/introductions")
@page("introductions.list_own")
def show(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Response:
    """Show a volunteer what they asked, what was answered, and the times that the organisation offers."""
    card, at = make_card(get_proposal(session, actor, proposal_id)), session.info["at"]
    found = list_introductions_of_proposal(session, actor, proposal_id, limit=MOST_SHOWN)
    slots = list_slots(session, actor, card.organisation.id, at=at, limit=MOST_SHOWN).items
    full = list_full_slots(session, actor, slots)
    return render(
        "introductions/own.html",
        card=card,
        introductions=found.items,
        slots=[one for one in slots if one.id not in full],
        answer_hours=tell_answer_hours(session, actor, card.organisation.id),
    )


@blueprint.post("/proposals/<uuid:proposal_id>/introductions")
@page("introductions.ask", again=show)
def ask(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Response:
    """Ask a question, or take a time."""
    body = read_form(IntroductionNew)
    ask_introduction(session, actor, proposal_id, body, at=session.info["at"])
    if body["kind"] == "question":
        tell(N_("Your question is on its way. The organisation does not learn who you are."))
    else:
        tell(N_("That time is yours. The organisation expects somebody, and does not learn who."))
    return go(f"/proposals/{proposal_id}/introductions")


@blueprint.post("/proposals/<uuid:proposal_id>/introductions/<uuid:introduction_id>/cancel")
@page("introductions.cancel", again=show)
def cancel(session: Session, actor: Actor, proposal_id: uuid.UUID, introduction_id: uuid.UUID) -> Response:
    """Take a question, a visit or a call back."""
    cancel_introduction(session, actor, introduction_id, at=session.info["at"])
    tell(N_("Cancelled."))
    return go(f"/proposals/{proposal_id}/introductions")


@blueprint.get("/organisation/questions")
@page("introductions.list")
def show_waiting(session: Session, actor: Actor) -> Response:
    """Show a coordinator the questions that wait, oldest first, and the times that are offered."""
    own, at = sorted(actor.organisation_ids), session.info["at"]
    cursor = request.args.get("cursor")
    found = list_introductions_of_organisation(session, actor, own, status=WAITING, cursor=cursor)
    offered: list[IntroductionSlot] = []
    for one in own:
        offered += list_slots(session, actor, one, at=at, limit=MOST_SHOWN).items
    return render(
        "introductions/waiting.html",
        page=found,
        offered=offered,
        organisations=[(str(one), get_organisation(session, actor, one).name) for one in own],
    )


@blueprint.post("/organisation/questions/<uuid:introduction_id>/reply")
@page("introductions.reply", again=show_waiting)
def reply(session: Session, actor: Actor, introduction_id: uuid.UUID) -> Response:
    """Answer a question."""
    text = read_form(Reply)["text"]
    reply_to_introduction(session, actor, introduction_id, text, at=session.info["at"])
    tell(N_("Answered. The volunteer sees it with their proposal."))
    return go("/organisation/questions")


@blueprint.post("/organisation/questions/<uuid:introduction_id>/cancel")
@page("introductions.cancel", again=show_waiting)
def cancel_ours(session: Session, actor: Actor, introduction_id: uuid.UUID) -> Response:
    """Say that a visit or a call will not be."""
    cancel_introduction(session, actor, introduction_id, at=session.info["at"])
    tell(N_("Cancelled."))
    return go("/organisation/questions")


@blueprint.post("/organisation/slots")
@page("introductions.offer", again=show_waiting)
def offer(session: Session, actor: Actor) -> Response:
    """Offer a time, written in the time zone of the organisation's centre."""
    organisation_id = _which(actor)
    zone = find_timezone(session, actor, organisation_id)
    body: dict[str, Any] = {"kind": posted("kind"), "timezone": zone, **_times(zone)}
    if place := posted("place"):
        body["place"] = place
    offer_slot(session, actor, organisation_id, read_form(SlotNew, body), at=session.info["at"])
    tell(N_("Offered. Volunteers whom you were proposed to can take it."))
    return go("/organisation/questions")


@blueprint.post("/organisation/slots/<uuid:slot_id>/cancel")
@page("introductions.offer", again=show_waiting)
def take_back(session: Session, actor: Actor, slot_id: uuid.UUID) -> Response:
    """Take an offered time back."""
    cancel_slot(session, actor, slot_id, at=session.info["at"])
    tell(N_("Cancelled."))
    return go("/organisation/questions")


def _which(actor: Actor) -> uuid.UUID:
    """Say for which of the coordinator's organisations the form was; the only one needs no naming."""
    own = {str(one): one for one in sorted(actor.organisation_ids)}
    found = own.get(posted("organisation_id") or next(iter(own), ""))
    if found is None:
        raise Invalid(FieldError("organisation_id", "unknown", N_("This is not one of yours.")))
    return found


def _times(zone: str) -> dict[str, str]:
    try:
        local = datetime.fromisoformat(posted("starts_at") or "")
        minutes = int(posted("minutes") or "60")
        begin = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        end = begin + timedelta(minutes=minutes)
    except (ValueError, OverflowError):
        raise Invalid(FieldError("starts_at", "invalid", N_("This cannot be read."))) from None
    return {"starts_at": begin.isoformat(), "ends_at": end.isoformat()}
