"""Invitations over HTTP: sent by a coordinator, seen by a volunteer, who makes share codes and chooses."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.invitations import send_invitation
from service.operations.share_codes import change_invitation_settings, end_share_code, make_share_code
from service.queries.invitations import (
    find_invitation_settings,
    list_own_invitations,
    list_sent_invitations,
    list_share_codes,
    name_organisations,
)
from service.schemas.invitations import (
    InvitationList,
    InvitationNew,
    InvitationSent,
    InvitationSentList,
    InvitationSettingsChanged,
    InvitationSettingsShown,
    ShareCodeList,
    ShareCodeMade,
    ShareCodeNew,
    show_invitation,
    show_invitation_settings,
    show_sent,
    show_share_code,
)
from service.schemas.lists import PageAsked

blueprint = ApiBlueprint(
    "invitations", __name__, url_prefix="/v1", description="Asking volunteers whom one knows already"
)


@blueprint.route("/needs/<uuid:need_id>/invitations", methods=["POST"])
@door("invitations.send", writes=True)
@blueprint.arguments(InvitationNew)
@blueprint.response(202, InvitationSent)
def send_invitation_(
    session: Session, actor: Actor, body: dict[str, Any], need_id: uuid.UUID
) -> dict[str, Any]:
    """Invite a past volunteer, or one who gave a share code; what becomes of it is theirs to say."""
    return show_sent(send_invitation(session, actor, need_id, body, at=session.info["at"]))


@blueprint.route("/needs/<uuid:need_id>/invitations", methods=["GET"])
@door("invitations.send")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, InvitationSentList)
def list_sent(session: Session, actor: Actor, page: dict[str, Any], need_id: uuid.UUID) -> dict[str, Any]:
    """List what was sent for a need, newest first."""
    found = list_sent_invitations(session, actor, need_id, **page)
    return {"items": [show_sent(one) for one in found.items], "next_cursor": found.next_cursor}


@blueprint.route("/volunteers/<uuid:volunteer_id>/invitations", methods=["GET"])
@door("invitations.own")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, InvitationList)
def list_own(session: Session, actor: Actor, page: dict[str, Any], volunteer_id: uuid.UUID) -> dict[str, Any]:
    """List what one was invited to, newest first."""
    actor.must_be_volunteer(volunteer_id)
    found = list_own_invitations(session, actor, **page)
    items = [
        show_invitation(one.invitation, one.need, one.organisation, one.proposal_id, one.status)
        for one in found.items
    ]
    return {"items": items, "next_cursor": found.next_cursor}


@blueprint.route("/volunteers/<uuid:volunteer_id>/share-codes", methods=["GET"])
@door("invitations.own")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, ShareCodeList)
def list_codes(
    session: Session, actor: Actor, page: dict[str, Any], volunteer_id: uuid.UUID
) -> dict[str, Any]:
    """List one's share codes that still open something, newest first."""
    actor.must_be_volunteer(volunteer_id)
    found = list_share_codes(session, actor, at=session.info["at"], **page)
    ids = [one.organisation_id for one in found.items if one.organisation_id is not None]
    names = name_organisations(session, actor, ids)
    return {"items": [show_share_code(one, names) for one in found.items], "next_cursor": found.next_cursor}


@blueprint.route("/volunteers/<uuid:volunteer_id>/share-codes", methods=["POST"])
@door("invitations.own", writes=True)
@blueprint.arguments(ShareCodeNew)
@blueprint.response(201, ShareCodeMade)
def make_code(
    session: Session, actor: Actor, body: dict[str, Any], volunteer_id: uuid.UUID
) -> dict[str, Any]:
    """Make a share code, shown this once: whoever has it can invite one, and learns nothing else."""
    made, text = make_share_code(
        session, actor, volunteer_id,
        organisation_id=body.get("organisation_id"), days=body["expires_in_days"], at=session.info["at"],
    )  # fmt: skip
    ids = [made.organisation_id] if made.organisation_id else []
    return {**show_share_code(made, name_organisations(session, actor, ids)), "share_code": text}


@blueprint.route("/share-codes/<uuid:share_code_id>", methods=["DELETE"])
@door("invitations.own", writes=True)
@blueprint.response(204)
def end_code(session: Session, actor: Actor, share_code_id: uuid.UUID) -> None:
    """End a share code: it opens nothing any more."""
    end_share_code(session, actor, share_code_id, at=session.info["at"])


@blueprint.route("/volunteers/<uuid:volunteer_id>/invitation-settings", methods=["GET"])
@door("invitations.own")
@blueprint.etag
@blueprint.response(200, InvitationSettingsShown)
def read_settings(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> dict[str, Any]:
    """Read from whom one takes invitations."""
    return _settings(session, actor, volunteer_id)


@blueprint.route("/volunteers/<uuid:volunteer_id>/invitation-settings", methods=["PATCH"])
@door("invitations.own", writes=True)
@blueprint.etag
@blueprint.arguments(InvitationSettingsChanged)
@blueprint.response(200, InvitationSettingsShown)
def change_settings(
    session: Session, actor: Actor, body: dict[str, Any], volunteer_id: uuid.UUID
) -> dict[str, Any]:
    """Choose from whom one takes invitations."""
    kept = find_invitation_settings(session, actor, volunteer_id, lock=True)
    blueprint.check_etag([str(volunteer_id), kept.version if kept else 0])
    change_invitation_settings(session, actor, volunteer_id, body, at=session.info["at"])
    return _settings(session, actor, volunteer_id)


def _settings(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> dict[str, Any]:
    kept = find_invitation_settings(session, actor, volunteer_id)
    blueprint.set_etag([str(volunteer_id), kept.version if kept else 0])
    return show_invitation_settings(kept)
