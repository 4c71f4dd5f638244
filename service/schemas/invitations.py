"""Invitations and share codes as they look outside; an organisation is told nothing of what became of one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from models import Invitation, InvitationSettings, Need, Organisation, ShareCode
from models.proposals import ProposalStatus
from service.schemas.fields import Flag, Id, Moment, OneOf, Part, Schema, Several, Text, Whole
from service.schemas.introductions import AskedAbout
from service.schemas.lists import list_of

MOST_DAYS = 365


class InvitationNew(Schema):
    """Whom a coordinator invites: either behind a placement at their organisation, or a share code."""

    placement_id = Id(allow_none=True, metadata={"description": "A placement at the need's organisation"})
    share_code = Text(least=1, most=100, allow_none=True, metadata={"description": "As it was given"})


class InvitationSent(Schema):
    """An invitation as its organisation sees it: that it was sent."""

    id = Id(required=True)
    need_id = Id(required=True)
    placement_id = Id(allow_none=True, required=True)
    created_at = Moment(required=True)


InvitationSentList = list_of("InvitationSentList", InvitationSent)


class InvitationShown(Schema):
    """An invitation as its volunteer sees it."""

    id = Id(required=True)
    need = Part(AskedAbout, required=True)
    organisation = Part(AskedAbout, required=True)
    proposal_id = Id(
        allow_none=True,
        required=True,
        metadata={"description": "Null where the need does not suit what the volunteer said of themselves"},
    )
    status = OneOf(ProposalStatus, allow_none=True, required=True)
    created_at = Moment(required=True)


InvitationList = list_of("InvitationList", InvitationShown)


class ShareCodeNew(Schema):
    """A code that a volunteer wants."""

    organisation_id = Id(allow_none=True, metadata={"description": "For this one only; else for any"})
    expires_in_days = Whole(least=1, most=MOST_DAYS, load_default=30)


class ShareCodeShown(Schema):
    """A code, without itself."""

    id = Id(required=True)
    organisation = Part(AskedAbout, allow_none=True, required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True)


class ShareCodeMade(ShareCodeShown):
    """A code, shown this once."""

    share_code = Text(most=100, required=True)


ShareCodeList = list_of("ShareCodeList", ShareCodeShown)


class InvitationSettingsShown(Schema):
    """From whom a volunteer takes invitations."""

    welcome = Flag(required=True, metadata={"description": "False: from nobody"})
    refused_organisation_ids = Several(Id(), most=1000, required=True)


class InvitationSettingsChanged(Schema):
    """What a volunteer chooses."""

    welcome = Flag()
    refused_organisation_ids = Several(Id(), most=1000)


def show_sent(row: Invitation) -> dict[str, Any]:
    """Show an invitation to the organisation that sent it."""
    return {name: getattr(row, name) for name in ("id", "need_id", "placement_id", "created_at")}


def show_invitation(
    row: Invitation,
    need: Need,
    organisation: Organisation,
    proposal_id: uuid.UUID | None,
    status: ProposalStatus | None,
) -> dict[str, Any]:
    """Show an invitation to its volunteer."""
    return {
        "id": row.id,
        "need": {"id": need.id, "name": need.title},
        "organisation": {"id": organisation.id, "name": organisation.name},
        "proposal_id": proposal_id,
        "status": status,
        "created_at": row.created_at,
    }


def show_share_code(row: ShareCode, names: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    """Show a share code without itself; `names` are of organisations."""
    of = row.organisation_id
    return {
        **{name: getattr(row, name) for name in ("id", "created_at", "expires_at")},
        "organisation": None if of is None else {"id": of, "name": names.get(of, "")},
    }


def show_invitation_settings(kept: InvitationSettings | None) -> dict[str, Any]:
    """Show what holds for a volunteer, chosen or usual."""
    return {
        "welcome": kept.welcome if kept else True,
        "refused_organisation_ids": list(kept.refused) if kept else [],
    }
