"""Organisations: their public page, the coordinator's own with its needs, and what waits for staff."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models.organisations import OrganisationStatus
from service.access.actors import Actor
from service.errors import N_
from service.operations.introductions import tell_answer_hours
from service.operations.organisations import verify_organisation
from service.queries.feedback import rate_organisation
from service.queries.need_lists import NeedFilters, list_needs
from service.queries.organisations import get_organisation, list_organisations
from service.schemas.organisations import Verification
from service.web.door import page
from service.web.forms import posted, read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("organisations", __name__)
MOST_SHOWN = 100


@blueprint.get("/organisations/<uuid:organisation_id>")
@page("pages.read")
def show(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Response:
    """Show an organisation and its open needs to anybody."""
    organisation = get_organisation(session, actor, organisation_id)
    asked = NeedFilters(organisation=[organisation_id], status=["open", "full"])
    needs = list_needs(session, actor, asked, limit=MOST_SHOWN, at=session.info["at"])
    answer_hours = tell_answer_hours(session, actor, organisation_id)
    return render(
        "organisations/public.html",
        organisation=organisation,
        needs=needs.items,
        answer_hours=answer_hours,
        rating=rate_organisation(session, actor, organisation_id, at=session.info["at"]),
    )


@blueprint.get("/organisation")
@page("pages.coordinator")
def show_own(session: Session, actor: Actor) -> Response:
    """Show a coordinator their organisations, and of each need how many have accepted."""
    own = sorted(actor.organisation_ids)
    organisations = [get_organisation(session, actor, one) for one in own]
    asked, cursor = NeedFilters(organisation=own), request.args.get("cursor")
    needs = list_needs(session, actor, asked, cursor=cursor, at=session.info["at"]) if own else None
    return render("organisations/own.html", organisations=organisations, needs=needs)


@blueprint.get("/staff/organisations")
@page("organisations.verify")
def list_waiting(session: Session, actor: Actor) -> Response:
    """List the centre's organisations that nobody has verified yet."""
    found = list_organisations(session, actor, status=["unverified"], cursor=request.args.get("cursor"))
    return render("organisations/waiting.html", page=found)


@blueprint.post("/staff/organisations/<uuid:organisation_id>/verification")
@page("organisations.verify", again=list_waiting)
def verify(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Response:
    """Vouch for an organisation: its open needs are shown and proposed from now on."""
    body = read_form(Verification, {"status": "verified", "note": posted("note") or ""})
    status = OrganisationStatus(body["status"])
    found = verify_organisation(session, actor, organisation_id, status, body["note"], at=session.info["at"])
    tell(N_("%(name)s is verified. Its open needs are proposed from now on."), name=found.name)
    return go("/staff/organisations")
