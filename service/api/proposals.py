"""Proposals over HTTP: a volunteer's own list, and their answers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import g
from sqlalchemy import Row
from sqlalchemy.orm import Session

from models import Shift
from models.proposals import DeclineReason, ProposalStatus
from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.choosing import choose_need
from service.operations.proposals import (
    accept_or_wait,
    accept_proposal,
    decline_proposal,
    reconsider_proposal,
    snooze_proposal,
    withdraw_proposal,
)
from service.operations.proposing import refresh_proposals
from service.queries.proposal_lists import get_proposal, list_proposals
from service.queries.shifts import list_next_shifts
from service.queries.waitlists import list_shifts_of_waiting
from service.schemas.answers import Acceptance, Decline, Snooze, Withdrawal
from service.schemas.proposals import ProposalList, ProposalsAsked, ProposalShown, show_proposal

blueprint = ApiBlueprint(
    "proposals", __name__, url_prefix="/v1", description="Proposals; only their volunteer answers them"
)


def _show_list(session: Session, actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    found = list_proposals(session, actor, **asked)
    shifts, waits = _shifts(session, actor, found.items), _waits(session, actor, found.items)
    items = [
        show_proposal(one, g.language, shifts.get(one.need_id, ()), waits.get(one.id, ()))
        for one in found.items
    ]
    return {"items": items, "next_cursor": found.next_cursor}


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
    return _show(session, actor, proposal_id)


def _show(session: Session, actor: Actor, proposal_id: uuid.UUID) -> dict[str, Any]:
    row = get_proposal(session, actor, proposal_id)
    waiting = [row.waitlist_position, row.waitlist_length]
    versions = [row.version, row.need_version, row.organisation_version]
    blueprint.set_etag([str(row.id), *versions, *waiting, g.language])
    shifts, waits = _shifts(session, actor, [row]), _waits(session, actor, [row])
    return show_proposal(row, g.language, shifts.get(row.need_id, ()), waits.get(row.id, ()))


def _shifts(session: Session, actor: Actor, rows: Sequence[Row[Any]]) -> dict[uuid.UUID, list[Shift]]:
    have = [one.need_id for one in rows if one.need_shift_count]
    return list_next_shifts(session, actor, have, at=session.info["at"])


def _waits(session: Session, actor: Actor, rows: Sequence[Row[Any]]) -> dict[uuid.UUID, list[Shift]]:
    waiting = (ProposalStatus.WAITLISTED, ProposalStatus.OFFERED)
    those = [one.id for one in rows if one.need_shift_count and one.status in waiting]
    return list_shifts_of_waiting(session, actor, those)


@blueprint.route("/proposals/<uuid:proposal_id>/accept", methods=["POST"])
@door("proposals.accept", writes=True, needs_key=True)
@blueprint.etag
@blueprint.arguments(Acceptance)
@blueprint.response(200, ProposalShown)
def accept_proposal_(
    session: Session, actor: Actor, body: dict[str, Any], proposal_id: uuid.UUID
) -> dict[str, Any]:
    """Say yes: a place of the need, or one in each of the shifts, is one's own from now on.

    With `waitlist` one waits where it is full.
    """
    accept = accept_or_wait if body.get("waitlist") else accept_proposal
    accept(
        session,
        actor,
        proposal_id,
        message=body.get("message"),
        shift_ids=body.get("shift_ids") or (),
        confirm_overlap=bool(body.get("confirm_overlap")),
        at=session.info["at"],
    )
    return _show(session, actor, proposal_id)


@blueprint.route("/proposals/<uuid:proposal_id>/decline", methods=["POST"])
@door("proposals.decline", writes=True)
@blueprint.etag
@blueprint.arguments(Decline)
@blueprint.response(200, ProposalShown)
def decline_proposal_(
    session: Session, actor: Actor, body: dict[str, Any], proposal_id: uuid.UUID
) -> dict[str, Any]:
    """Say no, with a reason if one likes; it is for oneself only, and costs nothing."""
    why = body.get("reason")
    decline_proposal(
        session,
        actor,
        proposal_id,
        reason=DeclineReason(why) if why else None,
        note=body.get("note"),
        at=session.info["at"],
    )
    return _show(session, actor, proposal_id)


@blueprint.route("/proposals/<uuid:proposal_id>/snooze", methods=["POST"])
@door("proposals.snooze", writes=True)
@blueprint.etag
@blueprint.arguments(Snooze)
@blueprint.response(200, ProposalShown)
def snooze_proposal_(
    session: Session, actor: Actor, body: dict[str, Any], proposal_id: uuid.UUID
) -> dict[str, Any]:
    """Say not now: it comes back at that time; until then it can be answered all the same."""
    snooze_proposal(session, actor, proposal_id, until=body["until"], at=session.info["at"])
    return _show(session, actor, proposal_id)


@blueprint.route("/needs/<uuid:need_id>/choose", methods=["POST"])
@door("proposals.choose", writes=True)
@blueprint.etag
@blueprint.response(200, ProposalShown)
def choose_need_(session: Session, actor: Actor, need_id: uuid.UUID) -> dict[str, Any]:
    """Make a need that one found a proposal of one's own; its reasons say what does not fit."""
    proposal = choose_need(session, actor, need_id, at=session.info["at"])
    return _show(session, actor, proposal.id)


@blueprint.route("/proposals/<uuid:proposal_id>/reconsider", methods=["POST"])
@door("proposals.reconsider", writes=True)
@blueprint.etag
@blueprint.response(200, ProposalShown)
def reconsider_proposal_(session: Session, actor: Actor, proposal_id: uuid.UUID) -> dict[str, Any]:
    """Take a no, or a not-now, back."""
    reconsider_proposal(session, actor, proposal_id, at=session.info["at"])
    return _show(session, actor, proposal_id)


@blueprint.route("/proposals/<uuid:proposal_id>/withdraw", methods=["POST"])
@door("proposals.withdraw", writes=True)
@blueprint.etag
@blueprint.arguments(Withdrawal)
@blueprint.response(200, ProposalShown)
def withdraw_proposal_(
    session: Session, actor: Actor, body: dict[str, Any], proposal_id: uuid.UUID
) -> dict[str, Any]:
    """Take a yes back; the place is free again."""
    withdraw_proposal(session, actor, proposal_id, note=body.get("note"), at=session.info["at"])
    return _show(session, actor, proposal_id)
