"""Invitations: a volunteer's page of codes and wishes, and a coordinator's of whom to invite to a need."""

from __future__ import annotations

import uuid
from typing import Any, cast

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.errors import N_
from service.operations.invitations import send_invitation
from service.operations.share_codes import (
    change_invitation_settings,
    end_share_code,
    make_share_code,
    refuse_organisation,
)
from service.queries.invitations import (
    find_invitation_settings,
    get_need_to_invite,
    list_own_invitations,
    list_placements_at,
    list_sent_invitations,
    list_share_codes,
    name_organisations,
)
from service.queries.organisations import get_organisation
from service.queries.placements import see_placements
from service.schemas.invitations import InvitationNew, ShareCodeNew, show_invitation_settings, show_share_code
from service.web.door import page
from service.web.forms import posted, read_form
from service.web.rendering import go, render, tell

blueprint = Blueprint("invitations", __name__)
MOST_SHOWN = 100
DAYS = ("7", "30", "90", "365")


@blueprint.get("/invitations")
@page("invitations.own")
def show(session: Session, actor: Actor) -> Response:
    """Show who invited the volunteer, their codes, and from whom they take invitations."""
    return _show(session, actor)


@blueprint.post("/invitations/codes")
@page("invitations.own", again=show)
def make(session: Session, actor: Actor) -> Response:
    """Show a new code; it is not kept, so it stands on this one answer only."""
    body: dict[str, Any] = {"expires_in_days": int(days) if (days := posted("days")) in DAYS and days else 30}
    if organisation_id := posted("organisation_id"):
        body["organisation_id"] = organisation_id
    fields = read_form(ShareCodeNew, body)
    _, code = make_share_code(
        session, actor, _own(actor),
        organisation_id=fields.get("organisation_id"), days=fields["expires_in_days"],
        at=session.info["at"],
    )  # fmt: skip
    return _show(session, actor, code=code)


@blueprint.post("/invitations/codes/<uuid:share_code_id>/end")
@page("invitations.own", again=show)
def end(session: Session, actor: Actor, share_code_id: uuid.UUID) -> Response:
    """End a code."""
    end_share_code(session, actor, share_code_id, at=session.info["at"])
    tell(N_("The code opens nothing any more."))
    return go("/invitations")


@blueprint.post("/invitations/settings")
@page("invitations.own", again=show)
def choose(session: Session, actor: Actor) -> Response:
    """Take invitations, or none at all."""
    wanted = {"welcome": posted("welcome") == "yes"}
    change_invitation_settings(session, actor, _own(actor), wanted, at=session.info["at"])
    tell(N_("Saved."))
    return go("/invitations")


@blueprint.post("/invitations/organisations/<uuid:organisation_id>")
@page("invitations.own", again=show)
def choose_organisation(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Response:
    """Take no more invitations from one organisation, or take them again."""
    refused, at = posted("refused") == "yes", session.info["at"]
    refuse_organisation(session, actor, _own(actor), organisation_id, refused=refused, at=at)
    tell(N_("Saved."))
    return go("/invitations")


@blueprint.get("/needs/<uuid:need_id>/invitations")
@page("invitations.send")
def show_of_need(session: Session, actor: Actor, need_id: uuid.UUID) -> Response:
    """Show a coordinator whom they can invite: past placements without a name, or by a code."""
    organisation, need = get_need_to_invite(session, actor, need_id)
    found = list_placements_at(session, actor, organisation.id, cursor=request.args.get("cursor"))
    known = see_placements(session, actor, [one for one, _ in found.items])
    sent = list_sent_invitations(session, actor, need_id, limit=MOST_SHOWN).items
    return render(
        "invitations/of_need.html",
        need=need,
        placements=[
            {
                "placement": placement,
                "need": held,
                "first_name": seen.volunteer.name.split()[0] if seen.volunteer else None,
            }
            for (placement, held), seen in zip(found.items, known, strict=True)
            if held.id != need_id
        ],
        next_cursor=found.next_cursor,
        sent=sent,
        invited={one.placement_id for one in sent},
    )


@blueprint.post("/needs/<uuid:need_id>/invitations")
@page("invitations.send", again=show_of_need)
def send(session: Session, actor: Actor, need_id: uuid.UUID) -> Response:
    """Invite one volunteer."""
    send_invitation(session, actor, need_id, read_form(InvitationNew), at=session.info["at"])
    tell(N_("Invited. You will hear of it if they accept; otherwise it stays with them."))
    return go(f"/needs/{need_id}/invitations")


def _own(actor: Actor) -> uuid.UUID:
    return cast(uuid.UUID, actor.volunteer_id)


def _show(session: Session, actor: Actor, code: str | None = None) -> Response:
    at = session.info["at"]
    found = list_own_invitations(session, actor, cursor=request.args.get("cursor"))
    settings = show_invitation_settings(find_invitation_settings(session, actor, _own(actor)))
    codes = list_share_codes(session, actor, at=at, limit=MOST_SHOWN).items
    refused = [uuid.UUID(str(one)) for one in settings["refused_organisation_ids"]]
    of_codes = [one.organisation_id for one in codes if one.organisation_id is not None]
    names = name_organisations(session, actor, [*refused, *of_codes])
    wanted = request.args.get("organisation")
    return render(
        "invitations/own.html",
        page=found,
        code=code,
        codes=[show_share_code(one, names) for one in codes],
        welcome=settings["welcome"],
        refused_ids=set(refused),
        refused_organisations=[(one, names[one]) for one in refused if one in names],
        wanted=_wanted(session, actor, wanted) if wanted else None,
    )


def _wanted(session: Session, actor: Actor, text: str) -> Any:
    """Give the organisation for which the volunteer came to make a code."""
    try:
        return get_organisation(session, actor, uuid.UUID(text))
    except ValueError:
        return None
