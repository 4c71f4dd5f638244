"""Needs over HTTP: searched by anyone, written by those who write for an organisation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import current_app, g
from sqlalchemy.orm import Session

from models import Shift
from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.needs import cancel_need, change_need, close_need, create_need, publish_need
from service.queries.advice import get_advice
from service.queries.need_lists import NeedFilters, list_needs
from service.queries.needs import NeedSeen, get_need, get_need_for_change, see_need
from service.queries.shifts import list_next_shifts
from service.schemas.advice import AdviceShown, show_advice
from service.schemas.needs import NeedChange, NeedList, NeedNew, NeedsAsked, NeedShown, show_need

blueprint = ApiBlueprint(
    "needs", __name__, url_prefix="/v1/needs", description="What organisations ask volunteers for"
)


@blueprint.route("", methods=["GET"])
@door("needs.list")
@blueprint.arguments(NeedsAsked, location="query")
@blueprint.response(200, NeedList)
def list_needs_(session: Session, actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """List open needs of verified organisations, and all of one's own.

    The newest come first; with `q` those that suit the words best; with `updated_since` those that
    changed longest ago, full ones too, so that a copy can be kept in step.
    """
    filters = NeedFilters(**asked.pop("filters"))
    page = list_needs(session, actor, filters, **asked, at=session.info["at"])
    shifts = _shifts(session, actor, page.items)
    items = [show_need(one.need, one.organisation, shifts.get(one.need.id, ())) for one in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


@blueprint.route("", methods=["POST"])
@door("needs.create", writes=True)
@blueprint.etag
@blueprint.arguments(NeedNew)
@blueprint.response(201, NeedShown)
@blueprint.alt_response(404, "NOT_FOUND")
def create_need_(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Add a need to an organisation; it is a draft until it is published."""
    need = create_need(session, actor, body, at=session.info["at"])
    return _shown(session, actor, see_need(session, actor, need))


@blueprint.route("/<uuid:need_id>", methods=["GET"])
@door("needs.read")
@blueprint.etag
@blueprint.response(200, NeedShown)
def get_need_(session: Session, actor: Actor, need_id: uuid.UUID) -> dict[str, Any]:
    """Show a need."""
    return _shown(session, actor, get_need(session, actor, need_id, at=session.info["at"]))


@blueprint.route("/<uuid:need_id>", methods=["PATCH"])
@door("needs.change", writes=True)
@blueprint.etag
@blueprint.arguments(NeedChange)
@blueprint.response(200, NeedShown)
def change_need_(session: Session, actor: Actor, body: dict[str, Any], need_id: uuid.UUID) -> dict[str, Any]:
    """Change a need of one's organisation; held places are never taken away."""
    need = get_need_for_change(session, actor, need_id)
    blueprint.check_etag(_tag(see_need(session, actor, need)))
    change_need(session, actor, need, body, at=session.info["at"])
    return _shown(session, actor, see_need(session, actor, need))


@blueprint.route("/<uuid:need_id>/publish", methods=["POST"])
@door("needs.publish", writes=True)
@blueprint.etag
@blueprint.response(200, NeedShown)
def publish_need_(session: Session, actor: Actor, need_id: uuid.UUID) -> dict[str, Any]:
    """Open a draft or a closed need; others see it once its organisation is verified."""
    need = publish_need(session, actor, need_id, at=session.info["at"])
    return _shown(session, actor, see_need(session, actor, need))


@blueprint.route("/<uuid:need_id>/close", methods=["POST"])
@door("needs.close", writes=True)
@blueprint.etag
@blueprint.response(200, NeedShown)
def close_need_(session: Session, actor: Actor, need_id: uuid.UUID) -> dict[str, Any]:
    """Take a need off the lists; those who hold a place keep it."""
    need = close_need(session, actor, need_id, at=session.info["at"])
    return _shown(session, actor, see_need(session, actor, need))


@blueprint.route("/<uuid:need_id>/cancel", methods=["POST"])
@door("needs.cancel", writes=True)
@blueprint.etag
@blueprint.response(200, NeedShown)
def cancel_need_(session: Session, actor: Actor, need_id: uuid.UUID) -> dict[str, Any]:
    """Say that a need will not happen."""
    need = cancel_need(session, actor, need_id, at=session.info["at"])
    return _shown(session, actor, see_need(session, actor, need))


@blueprint.route("/<uuid:need_id>/advice", methods=["GET"])
@door("needs.advice")
@blueprint.response(200, AdviceShown)
def get_advice_(session: Session, actor: Actor, need_id: uuid.UUID) -> dict[str, Any]:
    """Say what keeps a need, a draft too, from finding people.

    Each hint is a code with words, and with how many more volunteers the change would reach. Numbers are
    at least so many, never fewer than five, never exact; and they are told to verified organisations only.
    """
    secret = str(current_app.secret_key)
    found = get_advice(session, actor, need_id, secret=secret, at=session.info["at"])
    return show_advice(found.need, found.advice, g.language)


def _shown(session: Session, actor: Actor, seen: NeedSeen) -> dict[str, Any]:
    blueprint.set_etag(_tag(seen))
    shifts = _shifts(session, actor, [seen])
    return show_need(seen.need, seen.organisation, shifts.get(seen.need.id, ()))


def _shifts(session: Session, actor: Actor, needs: Sequence[NeedSeen]) -> dict[uuid.UUID, list[Shift]]:
    have = [one.need.id for one in needs if one.need.shift_count]
    return list_next_shifts(session, actor, have, at=session.info["at"])


def _tag(seen: NeedSeen) -> list[Any]:
    # The organisation is read beside its need; what of it can be seen there changes the tag too.
    need = seen.need
    return [str(need.id), need.version, need.updated_at.isoformat(), seen.organisation["name"]]
