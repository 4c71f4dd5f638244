"""Proposals over HTTP: a volunteer's own list, and their answers."""

from __future__ import annotations

import uuid
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.proposing import refresh_proposals
from service.queries.proposal_lists import get_proposal, list_proposals
from service.schemas.proposals import ProposalList, ProposalsAsked, ProposalShown, show_proposal

blueprint = ApiBlueprint(
    "proposals", __name__, url_prefix="/v1", description="Proposals; only their volunteer answers them"
)


def _show_list(session: Session, actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    found = list_proposals(session, actor, **asked)
    return {
        "items": [show_proposal(one, g.language) for one in found.items],
        "next_cursor": found.next_cursor,
    }


@blueprint.route("/volunteers/<uuid:volunteer_id>/proposals", methods=["GET"])
@door("proposals.list")
@blueprint.arguments(ProposalsAsked, location="query")
@blueprint.response(200, ProposalList)
def list_proposals_(
    session: Session, actor: Actor, asked: dict[str, Any], volunteer_id: uuid.UUID
) -> dict[str, Any]:
    """List one's own proposals, best first."""
    actor.must_be_volunteer(volunteer_id)
    return _show_list(session, actor, asked)


@blueprint.route("/volunteers/<uuid:volunteer_id>/proposals/refresh", methods=["POST"])
@door("proposals.refresh", writes=True)
@blueprint.response(200, ProposalList)
def refresh_proposals_(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> dict[str, Any]:
    """Rank again now."""
    refresh_proposals(session, actor, volunteer_id, at=session.info["at"])
    return _show_list(session, actor, {})


@blueprint.route("/proposals/<uuid:proposal_id>", methods=["GET"])
@door("proposals.read")
@blueprint.etag
@blueprint.response(200, ProposalShown)
def read_proposal(session: Session, actor: Actor, proposal_id: uuid.UUID) -> dict[str, Any]:
    """Read one of one's own proposals."""
    row = get_proposal(session, actor, proposal_id)
    blueprint.set_etag([str(row.id), row.version, row.need_version, row.organisation_version, g.language])
    return show_proposal(row, g.language)
